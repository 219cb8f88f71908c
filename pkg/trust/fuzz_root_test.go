package trust_test

import (
	"bytes"
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/trust"
)

// FuzzRoots takes two files of roots as two meshes might send them. What is joined has the bytes of the first
// unchanged and all roots of both, each of which can be taken out again; what is refused is refused in
// plain words.
func FuzzRoots(f *testing.F) {
	fam := newFamily(f)
	ours := rootPEM(newRoot(f, 1))
	for _, theirs := range [][]byte{fam.root.pem(), fam.policy.pem(), crlf(fam.root.pem()), ours, append([]byte("# theirs\n"), fam.root.pem()...), []byte("{}"), fam.root.Raw, nil} {
		f.Add(ours, theirs)
		f.Add(theirs, ours)
		f.Add(bytes.TrimSpace(ours), theirs)
	}
	f.Fuzz(func(t *testing.T, ours, theirs []byte) {
		_, err := trust.ReadRotation(ours, map[string]trust.Bundle{"east": {Chain: theirs}})
		wantPlain(t, err)
		pins, err := trust.Fingerprints(theirs)
		wantPlain(t, err)
		joined, err := trust.Join(ours, theirs, pins, noon())
		wantPlain(t, err)
		if err != nil {
			return
		}
		if !bytes.HasPrefix(joined, ours) {
			t.Fatalf("our own roots have changed: %q", joined)
		}
		wantJoined(t, joined, ours, theirs)
		if again, err := trust.Join(joined, theirs, nil, noon()); err != nil || !bytes.Equal(again, joined) {
			t.Fatalf("the second time: %q, %v", again, err)
		}
	})
}

// wantJoined wants every root of both files in a third, where it can be found.
func wantJoined(t *testing.T, joined, ours, theirs []byte) {
	t.Helper()
	for _, text := range [][]byte{ours, theirs} {
		roots, err := trust.ParseCertificates(text)
		if err != nil {
			t.Fatal(err)
		}
		for _, root := range roots {
			kept, err := trust.KeepRoot(joined, root)
			if err != nil {
				t.Fatal(err)
			}
			if alone, err := trust.ParseCertificates(kept); err != nil || len(alone) != 1 || !alone[0].Equal(root) {
				t.Fatalf("%d roots, %v in %q", len(alone), err, kept)
			}
		}
	}
}
