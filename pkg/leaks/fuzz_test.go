package leaks_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/leaks"
)

// FuzzScan hides a token in any text, in the open and in base64. It is found, and never said.
func FuzzScan(f *testing.F) {
	for _, around := range []string{"", "\n", "token: ", "a\r\n  b: |\n", `{"a":"\n`, "-----BEGIN PRIVATE KEY-----\n", in64(pem("CERTIFICATE")), "\xff\xfe\x00"} {
		f.Add(around, around)
	}
	scanner := leaks.New()
	f.Fuzz(func(t *testing.T, before, after string) {
		scanner.Scan("f", []byte(before+after)) // must only end
		for _, secret := range []string{jwt, in64(jwt)} {
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
	})
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
