package pemfile_test

import (
	"bytes"
	"encoding/pem"
	"errors"
	"strings"
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/pemfile"
)

// FuzzCheck wants every refusal to have words and a remedy that are ours, and every file of PEM that passes
// to hold blocks of what was wanted, all of which a parser reads.
func FuzzCheck(f *testing.F) {
	for _, text := range []string{
		certificate, key, request, parameters + relabel(key, "EC PRIVATE KEY"), "\uFEFF" + certificate, utf16(certificate), `{"a": "b"}`,
		strings.ReplaceAll(certificate, "\n", `\n`), "  " + certificate, certificate[:40], encode(certificate), "\x30\x82\x01\x00", "<html>",
		"\x30\x03\x02\x01\x03", "apiVersion: v1\nkind: Secret\n", relabel(certificate, "PKCS7"),
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		for _, want := range []pemfile.Content{pemfile.Certificates, pemfile.PrivateKey, pemfile.Request} {
			err := pemfile.Check(text, want)
			if err != nil {
				refused, ok := errors.AsType[*pemfile.Error](err)
				if !ok || refused.Remedy() == "" || err.Error() == "" || err.Error() == "it is not PEM" {
					t.Fatalf("%q, which is %+v", err, refused)
				}
				continue
			}
			wantBlocks(t, text, want)
		}
	})
}

func wantBlocks(t *testing.T, text []byte, want pemfile.Content) {
	t.Helper()
	begun, read, wanted := bytes.Count(text, []byte("-----BEGIN ")), 0, 0
	for block, rest := pem.Decode(text); block != nil; block, rest = pem.Decode(rest) {
		read++
		switch {
		case want == pemfile.Certificates && block.Type == "CERTIFICATE",
			want == pemfile.Request && strings.HasSuffix(block.Type, "CERTIFICATE REQUEST"),
			want == pemfile.PrivateKey && strings.HasSuffix(block.Type, "PRIVATE KEY"):
			wanted++
		}
	}
	if read < begun || begun > 0 && wanted == 0 || want == pemfile.Certificates && wanted < read {
		t.Fatalf("%d blocks begin, %d can be read, and %d are wanted", begun, read, wanted)
	}
}
