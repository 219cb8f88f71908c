package leaks_test

import (
	"bytes"
	"encoding/hex"
	"strings"
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/leaks"
)

// FuzzScan hides a token in any text, in the open and encoded. It is found, and never said.
func FuzzScan(f *testing.F) {
	for _, around := range []string{
		"", "\n", "token: ", "a\r\n  b: |\n", `{"a":"\n`, "-----BEGIN PRIVATE KEY-----\n", in64(pem("CERTIFICATE")), "\xff\xfe\x00",
		digest + "\n", in64(digest) + "\n", `\x41\x4`, `"a" + `, "%", `\`, in64(zipped(zipped("x"))), "\x1f\x8b\x08",
	} {
		f.Add(around, around)
	}
	scanner := leaks.New()
	secrets := []string{jwt, in64(jwt), hex.EncodeToString([]byte(jwt)), escape(`\x`), escape("%"), in64(zipped(jwt))}
	f.Fuzz(func(t *testing.T, before, after string) {
		scanner.Scan("f", []byte(before+after)) // must only end
		for _, secret := range secrets {
			wantFound(t, scanner, before, secret, after)
		}
	})
}

// FuzzParts breaks a token into parts in all the ways that are known, anywhere in any text.
func FuzzParts(f *testing.F) {
	for _, around := range []string{"", "a: \"", "x' ", "\\\n", "`", "token: >-\n", "a\r\n", "eyJ"} {
		f.Add(around, around, uint(20))
	}
	scanner := leaks.New()
	f.Fuzz(func(t *testing.T, before, after string, at uint) {
		at = 16 + at%(uint(len(jwt))-20) // of less at the end of a line nobody can tell that it goes on
		for _, between := range []string{`" + "`, `" "`, `'"`, "' ..\n  '", "\\\n  ", "\n    ", "\r\n"} {
			left, right := "", ""
			if quotes := strings.Trim(between, ". +\r\n\\"); quotes != "" {
				left, right = quotes[:1], quotes[len(quotes)-1:]
			}
			wantFound(t, scanner, before, left+jwt[:at]+between+jwt[at:]+right, after)
		}
	})
}

func wantFound(t *testing.T, scanner *leaks.Scanner, before, secret, after string) {
	t.Helper()
	text := before + " " + secret + "\n" + after
	found := false
	for _, finding := range scanner.Scan("f", []byte(text)) {
		found = found || finding.Line <= 1+strings.Count(before, "\n") // what is before it may begin a longer one
		if strings.Contains(finding.String(), "eyJ") {
			t.Fatalf("says the token: %s", finding)
		}
	}
	if !found {
		t.Fatalf("not found in %q", text)
	}
}

// BenchmarkScan: a tree of 100 clusters has up to 9,900 remote secrets.
func BenchmarkScan(b *testing.B) {
	ca := in64(pem("CERTIFICATE") + strings.Repeat(keyBody[:60]+"\n", 20))
	secret := "apiVersion: v1\nkind: Secret\nmetadata:\n  name: istio-remote-secret-east\nstringData:\n  east: |\n    certificate-authority-data: " + ca +
		"\n    users:\n    - name: east\n      user:\n        tokenFile: /var/run/secrets/mesh/east/token\n"
	scanner := leaks.New()
	for name, text := range map[string][]byte{
		"remote secret":    []byte(secret),
		"prose":            bytes.Repeat([]byte("what istiod shows to the API server is renewed by the kubelet\n"), 40),
		"tokens":           bytes.Repeat([]byte("token: {{ .token }}\n"), 100),
		"lines of digits":  bytes.Repeat([]byte(strings.Repeat("QUJD", 19)+"\n"), 40),
		"digits and colon": bytes.Repeat([]byte(strings.Repeat("QUJD", 19)+":\n"), 40),
	} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				scanner.Scan("f", text)
			}
		})
	}
}
