package leaks

// Rule tells one kind of credential from other text.
type Rule struct {
	// ID names the rule in messages, and in the configuration of gitleaks.
	ID string
	// Description says what was found: "a private key".
	Description string
	// Keywords: one of them is in whatever Regexp matches. Text without any is passed by. Three bytes at least.
	Keywords []string
	// Regexp matches the credential: its last group that took part, or else all of it. It is of
	// RE2's language, as gitleaks wants it too.
	Regexp string
	// Entropy is the least of a credential, in bits per character; what has less is no random text.
	Entropy float64
	// Allowed are regular expressions for what stands in the place of a credential and is none.
	Allowed []string
	// Guessable credentials are shown by no fingerprint: it would let one try them out.
	Guessable bool
}

// Parts of regular expressions.
const (
	// keyStart begins a key: in block and flow YAML, in JSON, and in JSON inside of a string.
	keyStart = `(?:^|[\s{,"'\\])`
	// keyEnd ends a key and begins its value, which may stand in a block below it.
	keyEnd = `(?:\\?["'])?[ \t]*:[ \t]*(?:[|>][-+0-9]*[ \t]*\r?\n[ \t]*)?(?:\\?["'])?`
	// valueEnd is what follows a value. A colon is not: what is before it is a key.
	valueEnd = `(?:[\s"'\\,;}\])<]|$)`
	// notes are what tools and people write instead of a credential: in brackets of some kind, or by
	// kubectl config view (client-go tools/clientcmd/api/helpers.go), or words.
	notes = `^(?:<.*|\$.*|\{\{.*|\[.*|ENC\[.*|REDACTED|DATA\+OMITTED|\*+|x+|X+)$`
	// words, with a number at the end of each at most, are the name of something.
	words = `^[A-Za-z]{0,20}[0-9]{0,4}(?:[-._/:+=][A-Za-z]{0,20}[0-9]{0,4})*$`
	// sealed is what Sealed Secrets makes of a value: in two bytes how long the session key is that RSA
	// of 2048 or 4096 bits has encrypted, then that and the rest (bitnami-labs/sealed-secrets
	// pkg/crypto/crypto.go).
	sealed = `^A[Qg][A-D][A-Za-z0-9+/]{300,}={0,2}$`
)

// public are forms of values that other rules of gitleaks take for credentials, and that are none.
func public() []string {
	return []string{
		`^(?:SHA256:|sha256:)?[0-9a-f]{16}(?:[0-9a-f]{48})?$`,             // fingerprints, digests
		`^(?:SHA256:)?(?:[0-9A-Fa-f]{2}:){31}[0-9A-Fa-f]{2}$`,             // those of certificates
		`^(?:ca-cert|cert-chain|root-cert)\.pem:`,                         // what cacerts has beside the key
		`^(?:[\w.-]+:\s*)?["']?LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0t`,      // -----BEGIN CERTIFICATE-----
		`^(?:[\w.-]+:\s*)?["']?A[Qg][A-D][A-Za-z0-9+/]{300,}={0,2}["']?$`, // Sealed Secrets
		`^(?:[\w.-]+:\s*)?["']?ENC\[AES256_GCM,`,                          // SOPS
	}
}

// Rules returns all rules. Where two match the same text, the first one speaks.
func Rules() []Rule {
	return []Rule{
		{
			ID: "pem-private-key", Description: "a private key",
			Keywords: []string{"PRIVATE KEY"},
			// The label (RFC 7468, RFC 4716, OpenPGP), then the headers of older forms, and letters of the
			// key; comment signs and escapes as they come with YAML, JSON and diffs.
			Regexp: `-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----` +
				`(?:[\s#>|"'+,]|\\+[nr]|[A-Za-z-]{2,20}: [^\n\\]{1,80})*[A-Za-z0-9+/]{16,}[A-Za-z0-9+/=\s\\]*`,
		},
		{
			ID: "age-identity", Description: "an age identity",
			Keywords: []string{"AGE-SECRET-KEY-"}, // age takes no small letters here (x25519.go, pq.go)
			Regexp:   `AGE-SECRET-KEY-(?:PQ-)?1[QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L]{58}`,
		},
		{
			ID: "json-web-token", Description: "a bearer token",
			Keywords: []string{".eyJ", ".eyA", ".ewo", ".ew0"},
			// Header and payload are JSON objects in base64url: they begin with {" or { and white space. No
			// word boundary before: what base64 is preceded by may be decoded into a letter.
			Regexp: `e(?:y[JA]|w[o0])[A-Za-z0-9_-]{10,}\.e(?:y[JA]|w[o0])[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]*`,
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
			Allowed:  []string{notes, sealed},
		},
		{
			ID: "pem-private-key-base64", Description: "a private key in base64",
			// "PRIVATE KEY" at each of the three places that base64 has for it. A scan that decodes finds
			// it too; not every scanner does.
			Keywords: []string{"UFJJVkFURSBLRV", "BSSVZBVEUgS0VZ", "QUklWQVRFIEtFW"},
			Regexp:   `(?:UFJJVkFURSBLRV|BSSVZBVEUgS0VZ|QUklWQVRFIEtFW)[A-Za-z0-9+/]{20,}={0,2}`,
		},
		{
			ID: "kubeconfig-token", Description: "a bearer token",
			Keywords: []string{"token:", "token :", `token"`, "token'", `token\`},
			// The members of a user entry and of its auth provider (client-go tools/clientcmd/api/v1/types.go):
			// token, id-token, refresh-token; and other keys that end so. An expression that begins with a
			// word is searched for ten times as fast as one that may begin with any of several characters.
			Regexp: `token` + keyEnd +
				`([A-Za-z0-9._~+/-]{16,}={0,2})` + valueEnd,
			Entropy: 3,
			Allowed: []string{notes, words, sealed},
		},
		{
			ID: "kubeconfig-password", Description: "a password",
			Keywords: []string{"password:", "password :", `password"`, "password'", `password\`},
			Regexp: keyStart + `(?:username` + keyEnd + `[^\s"',}]+["',\s]+password` + keyEnd + `([^\s"',}]{4,})` +
				`|password` + keyEnd + `([^\s"',}]{4,})["',\s]+username\\?["']?[ \t]*:)`,
			Allowed:   []string{notes, sealed},
			Guessable: true,
		},
	}
}
