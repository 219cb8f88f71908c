package leaks

// keys are the rules for private keys.
func keys() []Rule {
	return []Rule{
		{
			ID: "pem-private-key", Description: "a private key",
			Keywords: []string{"PRIVATE"},
			// The label (RFC 7468, RFC 4716, OpenPGP), which YAML may fold into two lines, then the headers of
			// older forms, and letters of the key; comment signs and escapes as they come with YAML, JSON and
			// diffs.
			Regexp: `-----BEGIN[A-Z0-9 \r\n\t]{1,40}PRIVATE[ \r\n\t]{1,20}KEY(?: BLOCK)?-----` +
				`(?:[\s#>|"'+,]|\\+[nr]|[A-Za-z-]{2,20}: [^\n\\]{1,80})*[A-Za-z0-9+/]{16,}[A-Za-z0-9+/=\s\\]*`,
		},
		{
			ID: "age-identity", Description: "an age identity",
			Keywords: []string{"AGE-SECRET-KEY-"}, // age takes no small letters here (x25519.go, pq.go)
			Regexp:   `AGE-SECRET-KEY-(?:PQ-)?1[QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L]{58}`,
		},
		{
			ID: "jwk-private-key", Description: "a private key in a JSON Web Key",
			Keywords: []string{`"d"`, `"d\`, `'d'`},
			// Member d of keys on curves and of RSA keys (RFC 7518 6.2.2.1, 6.3.2.1).
			Regexp: `["']d\\?["'][ \t\r\n]*:[ \t\r\n]*\\?["']([A-Za-z0-9_-]{42,})`,
		},
		{
			ID: "kubeconfig-client-key", Description: "the key of a client certificate",
			Keywords: []string{"client-key-data"},
			Regexp:   `client-key-data` + keyEnd + `([A-Za-z0-9+/_-]{16,}={0,2})`,
			Allowed:  []string{notes, words, sealed, encoded},
		},
		{
			ID: "pem-private-key-base64", Description: "a private key in base64",
			// "PRIVATE KEY" at each of the three places that base64 has for it. A scan that decodes finds
			// it too; not every scanner does.
			Keywords: []string{"UFJJVkFURSBLRV", "BSSVZBVEUgS0VZ", "QUklWQVRFIEtFW"},
			Regexp:   `(?:UFJJVkFURSBLRV|BSSVZBVEUgS0VZ|QUklWQVRFIEtFW)[A-Za-z0-9+/]{20,}={0,2}`,
		},
	}
}
