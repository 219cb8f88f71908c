package mesh_test

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"testing"
	"unicode"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
)

// FuzzCertificates wants what comes out to be certificates and nothing else, the same when it goes in
// again, and an error to fit on its line.
func FuzzCertificates(f *testing.F) {
	template := &x509.Certificate{SerialNumber: big.NewInt(1)}
	key := ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		f.Fatal(err)
	}
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	for _, seed := range [][]byte{nil, text, append([]byte("\ufeff# root\n"), text...), text[:60], der, append(text, text...), []byte("{}"), []byte("<html>")} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		plain, err := mesh.Certificates(text)
		if err != nil {
			if len(err.Error()) > 300 || bytes.ContainsFunc([]byte(err.Error()), func(r rune) bool { return !unicode.IsPrint(r) }) {
				t.Fatalf("error of %d bytes: %q", len(err.Error()), err)
			}
			return
		}
		again, err := mesh.Certificates(plain)
		if err != nil || !bytes.Equal(again, plain) || len(plain) == 0 {
			t.Fatalf("%v after\n%s", err, plain)
		}
		for block, rest := pem.Decode(plain); block != nil; block, rest = pem.Decode(rest) {
			if _, err := x509.ParseCertificate(block.Bytes); err != nil || block.Type != "CERTIFICATE" || len(block.Headers) > 0 {
				t.Fatalf("a block of type %s with %d headers, %v", block.Type, len(block.Headers), err)
			}
		}
	})
}
