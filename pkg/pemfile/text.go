package pemfile

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"unicode/utf8"
)

// encoding recognizes encodings that hide PEM from parsers although editors show it.
func encoding(text []byte) Format {
	switch {
	case bytes.HasPrefix(text, []byte("\xff\xfe")), bytes.HasPrefix(text, []byte("\xfe\xff")),
		bytes.HasPrefix(text, []byte("-\x00-\x00")), bytes.HasPrefix(text, []byte("\x00-\x00-")):
		return UTF16
	case bytes.HasPrefix(text, []byte("\uFEFF")):
		return ByteOrderMark
	}
	return ""
}

// wrapped recognizes formats that can contain PEM but must be parsed first.
func wrapped(text []byte) Format {
	trimmed := bytes.TrimSpace(text)
	switch {
	case len(trimmed) == 0:
		return Empty
	case hasAnyPrefix(bytes.ToLower(trimmed[:min(len(trimmed), 16)]), "<!doctype", "<html", "<head", "<?xml"):
		return HTML
	case (trimmed[0] == '{' || trimmed[0] == '[') && json.Valid(trimmed):
		return JSON
	case isObject(trimmed):
		return KubernetesObject
	}
	return ""
}

// notPEM recognizes a text without PEM blocks; empty if it is unknown.
func notPEM(text []byte) Format {
	trimmed := bytes.TrimSpace(text)
	switch {
	case isBinary(text):
		return binary(text)
	case hasAnyPrefix(trimmed, "ssh-", "ecdsa-sha2-", "sk-ssh-", "sk-ecdsa-"):
		return SSHPublicKey
	case hasAnyPrefix(trimmed, "age-encryption.org/"):
		return AgeCiphertext
	}
	return unarmored(trimmed)
}

func isBinary(text []byte) bool { return bytes.IndexByte(text, 0) >= 0 || !utf8.Valid(text) }

func hasAnyPrefix(text []byte, prefixes ...string) bool {
	for _, prefix := range prefixes {
		if bytes.HasPrefix(text, []byte(prefix)) {
			return true
		}
	}
	return false
}

// isObject recognizes objects that contain certificates, in the output of kubectl -o yaml.
func isObject(text []byte) bool {
	version, kind := false, false
	for line := range bytes.Lines(text) {
		version = version || hasAnyPrefix(line, "apiVersion: ")
		kind = kind || hasAnyPrefix(line,
			"kind: Secret", "kind: ConfigMap", "kind: List", "kind: Certificate", "kind: ExternalSecret", "kind: Config")
	}
	return version && kind
}

// unarmored recognizes base64 that is too long to be a word.
func unarmored(text []byte) Format {
	const least = 64
	if len(text) < least {
		return ""
	}
	compact := bytes.Map(func(r rune) rune {
		if r == '\n' || r == '\r' || r == ' ' || r == '\t' {
			return -1
		}
		return r
	}, text)
	decoded := make([]byte, base64.StdEncoding.DecodedLen(len(compact)))
	n, err := base64.StdEncoding.Decode(decoded, compact)
	switch decoded = decoded[:n]; {
	case err != nil:
		return ""
	case bytes.Contains(decoded, []byte(begin)):
		return Base64PEM
	case isBinary(decoded) && binary(decoded) != Binary:
		return Base64DER
	}
	return ""
}
