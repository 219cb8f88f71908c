package collect_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kubectl-mesh/kubectl-mesh/internal/testutil/testmesh"
)

// begins is a certificate authority that begins in a year.
func begins(t *testing.T, year int) []byte {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	begin := time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC)
	template := &x509.Certificate{SerialNumber: big.NewInt(int64(year)), NotBefore: begin, NotAfter: begin.AddDate(100, 0, 0), IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
}

// TestNextAuthority: who is told to trust the next certificate authority of an API server goes on to trust it,
// whatever the contexts of those who collect trust by then. The last one goes with the contexts.
func TestNextAuthority(t *testing.T) {
	younger, older := begins(t, 2999), begins(t, 1960) // than that of the fake API server
	const noted = "api.certificateAuthorityData: clusters/west.yaml contains a newer CA than the context, which is kept: " +
		"the API server may be about to switch to it; if not, remove it from the file"
	for _, test := range []struct {
		name     string
		recorded func(current []byte) [][]byte
		want     func(current []byte) [][]byte
		noted    bool
	}{
		{"the next one beside the current one", func(current []byte) [][]byte { return [][]byte{current, younger} },
			func(current []byte) [][]byte { return [][]byte{current, younger} }, true},
		{"the last one beside the current one", func(current []byte) [][]byte { return [][]byte{older, current} },
			func(current []byte) [][]byte { return [][]byte{current} }, false},
		{"the next one alone, too early", func([]byte) [][]byte { return [][]byte{younger} },
			func(current []byte) [][]byte { return [][]byte{current, younger} }, true},
		{"the current one", func(current []byte) [][]byte { return [][]byte{current} },
			func(current []byte) [][]byte { return [][]byte{current} }, false},
	} {
		h := newFixture(t, strings.Replace(testmesh.Both, "api: {server: 'WEST', certificateAuthorityData: CA}", "network: a", 1))
		encode := func(all [][]byte) string { return base64.StdEncoding.EncodeToString(slices.Concat(all...)) }
		h.Write(facts, "apiVersion: kubectl-mesh.dev/v1alpha1\nkind: ClusterFacts\nmetadata: {name: west}\nspec:\n  api:\n    server: "+h.West.URL+
			"\n    certificateAuthorityData: "+encode(test.recorded(h.West.CA))+"\n")
		results, err := h.run(named("west"))
		if err != nil || results[0].Err != nil {
			t.Fatalf("%s: %+v, %v", test.name, results, err)
		}
		if got := h.Files()[facts]; !strings.Contains(got, "certificateAuthorityData: "+encode(test.want(h.West.CA))+"\n") {
			t.Errorf("%s: got\n%s", test.name, got)
		}
		var notes []string
		for _, note := range results[0].Notes {
			notes = append(notes, h.Normalize(note.String()))
		}
		if got := slices.Contains(notes, noted); got != test.noted {
			t.Errorf("%s: noted: got %t, want %t: %q", test.name, got, test.noted, notes)
		}
	}
}

// TestAuthorityFile: a file of the workspace that trusts more than the context is right while an authority is
// changed; one that does not trust what the context trusts is not.
func TestAuthorityFile(t *testing.T) {
	const noted = "api of the context: ca.crt contains another CA"
	other := begins(t, 2020)
	for _, test := range []struct {
		name  string
		file  func(current []byte) []byte
		noted bool
	}{
		{"the same", func(current []byte) []byte { return current }, false},
		{"that and another", func(current []byte) []byte { return slices.Concat(other, current) }, false},
		{"another", func([]byte) []byte { return other }, true},
	} {
		h := newFixture(t, strings.Replace(testmesh.Both, "api: {server: 'WEST', certificateAuthorityData: CA}", "network: a", 1))
		h.Write("ca.crt", string(test.file(h.West.CA)))
		h.Write(facts, "apiVersion: kubectl-mesh.dev/v1alpha1\nkind: ClusterFacts\nmetadata: {name: west}\nspec: {api: {server: '"+h.West.URL+"', certificateAuthority: ca.crt}}\n")
		results, err := h.run(named("west"))
		if err != nil || results[0].Err != nil {
			t.Fatalf("%s: %+v, %v", test.name, results, err)
		}
		var notes []string
		for _, note := range results[0].Notes {
			notes = append(notes, h.Normalize(note.String()))
		}
		if got := slices.Contains(notes, noted); got != test.noted {
			t.Errorf("%s: noted: got %t, want %t: %q", test.name, got, test.noted, notes)
		}
	}
}
