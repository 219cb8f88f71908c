package leaks

import "slices"

// Rule recognizes one kind of credential.
type Rule struct {
	// ID of the rule in messages, and in the configuration of gitleaks.
	ID string
	// Description of the finding: "a private key".
	Description string
	// Keywords, of which every match contains one. Text without any is skipped. At least three bytes.
	Keywords []string
	// Regexp matches the credential: its last participating group, or else the whole match. It is in RE2 syntax, which
	// gitleaks also requires.
	Regexp string
	// Longest, if set, is the maximum length of a match, which then starts with one of Keywords: only these places are
	// searched. An expression that can start with any of several words is a hundred times slower by itself.
	Longest int
	// Entropy is the minimum entropy of a credential, in bits per character; less is not random text.
	Entropy float64
	// Allowed are regular expressions for placeholders of a credential.
	Allowed []string
	// Guessable credentials have no fingerprint, with which they could be guessed.
	Guessable bool
}

// Parts of regular expressions.
const (
	// keyStart begins a key: in block and flow YAML, in JSON, and in JSON inside of a string.
	keyStart = `(?:^|[\s{,"'\\])`
	// keyEnd ends a key and begins its value, which may stand below it, in a block or not.
	keyEnd = `(?:\\?["'])?[ \t]*:[ \t]*(?:(?:[|>][-+0-9]*[ \t]*)?\r?\n[ \t]*)?(?:\\?["'])?`
	// assigned is keyEnd, or the sign of an assignment.
	assigned = `(?:\\?["'])?[ \t]*[:=][ \t]*(?:(?:[|>][-+0-9]*[ \t]*)?\r?\n[ \t]*)?(?:\\?["'])?`
	// valueEnd is what follows a value. A colon is not: what is before it is a key.
	valueEnd = `(?:[\s"'\\,;}\])<]|$)`
	// colon64 is base64 of what has a colon in its first 120 bytes, as in "user:password": the colon has three
	// places in a group of three bytes, and gives each a mark of its own.
	colon64 = `(?:[A-Za-z0-9+/]{4}){0,40}?(?:O[g-v][A-Za-z0-9+/=]{2}|[A-Za-z0-9+/][DTjz][o-r][A-Za-z0-9+/=]|` +
		`[A-Za-z0-9+/]{2}[048AEIMQUYcgkosw]6)[A-Za-z0-9+/]*={0,2}`
	// notes are what tools and people write instead of a credential: in brackets of some kind, or by
	// kubectl config view (client-go tools/clientcmd/api/helpers.go), or words.
	notes = `^(?:<.*|\$.*|\{\{.*|\[.*|ENC\[.*|REDACTED|DATA\+OMITTED|\*+|x+|X+)$`
	// words, with a number at the end of each at most, are the name of something.
	words = `^[A-Za-z]{0,20}[0-9]{0,4}(?:[-._/:+=][A-Za-z]{0,20}[0-9]{0,4})*$`
	// fingerprint stands for what it is of.
	fingerprint = `^(?:SHA256|sha256):`
	// encoded is base64 of "apiVersion: v1": what it says is looked at by itself. A cluster may be called token, and the
	// admission policy has the beginning of its kubeconfig beside its name.
	encoded = `^YXBpVmVyc2lvbjogdjEK`
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

// Rules returns all rules. Where two match the same text, the first one speaks: those that know a form
// stand before those that know a key.
func Rules() []Rule { return slices.Concat(keys(), tokens(), passwords()) }
