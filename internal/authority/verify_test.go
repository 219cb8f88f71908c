package authority

import (
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/trust"
)

// atNoon is when these tests happen.
var atNoon = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)

// material is a root, and under it a certificate for cluster east, as files.
type material struct {
	root     trust.Authority
	rootText []byte
	bundle   trust.Bundle
}

func newMaterial(t *testing.T, validity time.Duration) material {
	t.Helper()
	root, err := trust.NewRoot("shop", newTestKey(t), 1, atNoon)
	if err != nil {
		t.Fatal(err)
	}
	key := newTestKey(t)
	certificate, err := root.Issue(key.Public(), trust.Intermediate{
		Mesh: "shop", Cluster: "east", TrustDomain: "cluster.local", Generation: 1, Validity: validity,
	}, atNoon)
	if err != nil {
		t.Fatal(err)
	}
	text := trust.EncodeCertificates(root.Certificate)
	return material{root: root, rootText: text, bundle: trust.NewBundle(certificate, nil, text, key)}
}

func newTestKey(t *testing.T) trust.Key {
	t.Helper()
	key, err := trust.NewKey(trust.P256)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func pemOf(t *testing.T, key trust.Key) []byte {
	t.Helper()
	text, err := key.PEM()
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// files is what a workspace has of the certificates of east.
func (m material) files(t *testing.T) fstest.MapFS {
	t.Helper()
	return fstest.MapFS{
		"trust/root-cert.pem":            {Data: m.rootText},
		"trust/east/ca-cert.pem":         {Data: m.bundle.CACert},
		"trust/east/cert-chain.pem":      {Data: m.bundle.Chain},
		"credentials/east/ca-key.pem":    {Data: pemOf(t, m.bundle.Key)},
		"credentials/root-key.pem":       {Data: pemOf(t, m.root.Key)},
		"credentials/next-root-key.pem":  {Data: pemOf(t, m.root.Key)},
		"trust/east/unrelated-notes.txt": {Data: []byte("nothing")},
	}
}

// TestReadBundle: what was written is read back whole, and every file that is missing or broken is named.
func TestReadBundle(t *testing.T) {
	m := newMaterial(t, 24*time.Hour)
	other := pemOf(t, newTestKey(t))
	for name, test := range map[string]struct {
		change func(fstest.MapFS)
		keyed  bool
		want   []string // parts of the error; none: there is no error
	}{
		"whole":               {change: func(fstest.MapFS) {}, keyed: true},
		"whole without a key": {change: func(files fstest.MapFS) { delete(files, "credentials/east/ca-key.pem") }},
		"the key is missing": {
			change: func(files fstest.MapFS) { delete(files, "credentials/east/ca-key.pem") }, keyed: true,
			want: []string{"credentials/east/ca-key.pem", "file does not exist"},
		},
		"two files are missing": {
			change: func(files fstest.MapFS) {
				delete(files, "trust/east/ca-cert.pem")
				delete(files, "trust/root-cert.pem")
			},
			want: []string{"trust/east/ca-cert.pem", "trust/root-cert.pem"},
		},
		"the key is no key": {
			change: func(files fstest.MapFS) {
				files["credentials/east/ca-key.pem"] = &fstest.MapFile{Data: []byte("hello")}
			},
			keyed: true, want: []string{"invalid PEM-encoded key"},
		},
		"the key of another certificate": {
			change: func(files fstest.MapFS) { files["credentials/east/ca-key.pem"] = &fstest.MapFile{Data: other} },
			keyed:  true, want: []string{"does not match"},
		},
		"a certificate under another root": {
			change: func(files fstest.MapFS) {
				files["trust/root-cert.pem"] = &fstest.MapFile{Data: newMaterial(t, time.Hour).rootText}
			},
			want: []string{"root"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			files := m.files(t)
			test.change(files)
			bundle, err := readBundle(files, "east", test.keyed)
			if err == nil {
				err = bundle.Check(atNoon)
			}
			checkParts(t, err, test.want)
		})
	}
}

// checkParts compares an error with parts of its text; without any there must be none.
func checkParts(t *testing.T, err error, want []string) {
	t.Helper()
	if (err == nil) != (want == nil) {
		t.Fatalf("got error %v, want one with %q", err, want)
	}
	for _, part := range want {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("got %q, want %q in it", err, part)
		}
	}
}

// TestIsKeyOf: a key belongs to the certificate that has its public half, and to no other.
func TestIsKeyOf(t *testing.T) {
	m := newMaterial(t, time.Hour)
	signing, err := m.bundle.Certificate()
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		key  trust.Key
		want bool
	}{
		"its own":        {key: m.bundle.Key, want: true},
		"that of a root": {key: m.root.Key},
		"any other one":  {key: newTestKey(t)},
	} {
		if got := isKeyOf(test.key, signing); got != test.want {
			t.Errorf("%s: got %t, want %t", name, got, test.want)
		}
	}
	if !isKeyOf(m.root.Key, m.root.Certificate) {
		t.Error("the key of the root is not known as its own")
	}
}

// TestCheckRootKey: a root key in clear is that of one of the roots.
func TestCheckRootKey(t *testing.T) {
	m, other := newMaterial(t, time.Hour), newMaterial(t, time.Hour)
	for name, test := range map[string]struct {
		change func(fstest.MapFS)
		want   []string
	}{
		"the key of the root": {change: func(fstest.MapFS) {}},
		"encrypted, or kept elsewhere": {
			change: func(files fstest.MapFS) { delete(files, "credentials/root-key.pem") },
		},
		"the key of the second of two roots": {
			change: func(files fstest.MapFS) {
				both := slices.Concat(other.rootText, m.rootText)
				files["trust/root-cert.pem"] = &fstest.MapFile{Data: both}
			},
		},
		"the key of no root": {
			change: func(files fstest.MapFS) { files["trust/root-cert.pem"] = &fstest.MapFile{Data: other.rootText} },
			want:   []string{"credentials/root-key.pem does not match a root in trust/root-cert.pem"},
		},
		"no roots": {
			change: func(files fstest.MapFS) { delete(files, "trust/root-cert.pem") },
			want:   []string{"trust/root-cert.pem", "file does not exist"},
		},
		"roots that are no certificates": {
			change: func(files fstest.MapFS) { files["trust/root-cert.pem"] = &fstest.MapFile{Data: []byte("hello")} },
			want:   []string{"trust/root-cert.pem: invalid PEM encoded certificate"},
		},
		"a key that is none": {
			change: func(files fstest.MapFS) { files["credentials/root-key.pem"] = &fstest.MapFile{Data: []byte("hello")} },
			want:   []string{"credentials/root-key.pem: invalid PEM-encoded key"},
		},
		"a key that is a directory": {
			change: func(files fstest.MapFS) {
				files["credentials/root-key.pem"] = &fstest.MapFile{Mode: fs.ModeDir | 0o755}
			},
			want: []string{"credentials/root-key.pem"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			files := m.files(t)
			test.change(files)
			checkParts(t, checkRootKey(files, currentRootKey), test.want)
		})
	}
}

// TestRootKeyNames: the two forms of a key have two names, so that one is never taken for the other.
func TestRootKeyNames(t *testing.T) {
	seen := map[string]rootKey{}
	for _, key := range []rootKey{currentRootKey, nextRootKey, formerRootKey} {
		for _, name := range []string{key.clear(), key.sealed()} {
			if other, taken := seen[name]; taken {
				t.Errorf("%s is of %s and of %s", name, key, other)
			}
			if seen[name] = key; !strings.HasPrefix(name, "credentials/") {
				t.Errorf("%s is not where git is kept away from", name)
			}
		}
		if want := key.clear() + ".age"; key.sealed() != want {
			t.Errorf("sealed: got %s, want %s", key.sealed(), want)
		}
	}
}

// TestState: a certificate that ends in the moment has ended, and one that ends with the period is named.
func TestState(t *testing.T) {
	a := &Authority{Input: Input{Now: atNoon}}
	for _, test := range []struct {
		left, within time.Duration
		want         string
	}{
		{left: -time.Second, want: "expired"},
		{left: 0, want: "expired"},
		{left: 0, within: time.Hour, want: "expired"},
		{left: time.Second, want: "ok"},
		{left: time.Hour, within: time.Hour, want: "expiring"},
		{left: time.Hour + 1, within: time.Hour, want: "ok"},
		{left: time.Minute, within: time.Hour, want: "expiring"},
	} {
		if got := a.state(atNoon.Add(test.left), test.within); got != test.want {
			t.Errorf("%s left, within %s: got %s, want %s", test.left, test.within, got, test.want)
		}
	}
}
