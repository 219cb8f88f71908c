package leaks

// passwords are the rules for what people choose.
func passwords() []Rule {
	return []Rule{
		{
			ID: "url-password", Description: "a password in a URL",
			// As in proxy-url: scheme://user:password@host. After the host a digest of an image is no port.
			Keywords: []string{"://"},
			Regexp: `://[^\s/?#@"'<>\\:]{0,64}:([^\s/?#@"'<>\\]{2,128})@` +
				`(?:[$<{%]|(?:[A-Za-z0-9_.-]+|\[[0-9A-Fa-f:.%]+\])(?::[0-9]{1,5})?(?:[^A-Za-z0-9_.:@-]|$))`,
			Allowed:   []string{notes, `^x-oauth-basic$`}, // the user is a token then
			Guessable: true,
		},
		{
			ID: "docker-auth", Description: "a login to a container registry",
			// user:password in base64 (docker/cli cli/config/types/authconfig.go).
			Keywords:  []string{"auth:", "auth :", `auth"`, "auth'", `auth\`},
			Regexp:    `auth` + keyEnd + `(` + colon64 + `)` + valueEnd,
			Allowed:   []string{notes, sealed, encoded},
			Guessable: true,
		},
		{
			ID: "basic-auth", Description: "a user's name and password",
			Keywords:  []string{"Basic ", "basic "},
			Regexp:    `[Bb]asic[ \t]+(` + colon64 + `)` + valueEnd, // RFC 7617
			Guessable: true,
		},
		{
			ID: "kubeconfig-password", Description: "a password",
			Keywords: []string{"password:", "password :", `password"`, "password'", `password\`},
			Regexp: keyStart + `(?:username` + keyEnd + `[^\s"',}]+["',\s]+password` + keyEnd + `([^\s"',}]{4,})` +
				`|password` + keyEnd + `([^\s"',}]{4,})["',\s]+username\\?["']?[ \t]*:)`,
			Allowed:   []string{notes, sealed},
			Guessable: true,
		},
		{
			ID: "password", Description: "a password",
			// Without a name beside it: what is no word, and all that its line or its place in a list has.
			Keywords:  []string{"password:", "password :", `password"`, "password'", `password\`},
			Regexp:    `password` + keyEnd + `([^\s"',}\\]{5,127}[^\s"',}\\:])\\?["']?[ \t]*(?:[,}\r\n]|\\n|$)`,
			Entropy:   2.5,
			Allowed:   []string{notes, words, sealed, encoded},
			Guessable: true,
		},
	}
}
