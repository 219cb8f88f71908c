package trust_test

import (
	"bytes"
	"crypto/x509"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/trust"
)

// mesh is three clusters and the roots under which they sign.
type mesh struct {
	old, fresh trust.Authority
	bundles    map[string]trust.Bundle
}

func newMesh(t testing.TB, root []byte, old trust.Authority) mesh {
	t.Helper()
	fresh, err := trust.NewRoot("shop", newKey(t, trust.P256), 2, noon())
	if err != nil {
		t.Fatal(err)
	}
	m := mesh{old, fresh, map[string]trust.Bundle{}}
	for _, cluster := range m.clusters() {
		m.bundles[cluster] = newBundle(t, old, cluster)
	}
	m.trustAll(root)
	return m
}

func (mesh) clusters() []string { return []string{"east", "north", "west"} }

func (m mesh) root() []byte { return m.bundles["east"].Root }

func (m mesh) trustAll(root []byte) {
	for cluster, bundle := range m.bundles {
		bundle.Root = root
		m.bundles[cluster] = bundle
	}
}

func (m mesh) signUnder(t testing.TB, authority trust.Authority, clusters ...string) {
	t.Helper()
	for _, cluster := range clusters {
		root := m.bundles[cluster].Root
		m.bundles[cluster] = newBundle(t, authority, cluster)
		bundle := m.bundles[cluster]
		bundle.Root = root
		m.bundles[cluster] = bundle
	}
}

// step changes the mesh and looks at it before, after, and in between, when any of the clusters
// are a step ahead of the others.
func (m mesh) step(t *testing.T, phase trust.Phase, change func()) {
	t.Helper()
	before := maps.Clone(m.bundles)
	change()
	for one, a := range m.bundles {
		wantError(t, a.Check(noon()), "")
		if !trust.AcceptedUpdate(before[one].Root, a.Root) || !trust.AcceptedUpdate(a.Root, before[one].Root) {
			t.Errorf("%s: istiod does not take the roots\n%s\nafter\n%s", one, a.Root, before[one].Root)
		}
		for other, b := range m.bundles {
			if !a.Trusts(b) || !a.Trusts(before[other]) || !before[one].Trusts(b) {
				t.Errorf("%s: %s does not believe %s, or did not before", phase, one, other)
			}
		}
	}
	read, err := trust.ReadRotation(m.root(), m.bundles)
	if err != nil || read.Phase != phase || read.Foreign != nil {
		t.Errorf("the phase is %q, %v, foreign %q; want %q", read.Phase, err, read.Foreign, phase)
	}
}

func (m mesh) keep(t *testing.T, root *x509.Certificate) func() {
	return func() {
		t.Helper()
		text, err := trust.KeepRoot(m.root(), root)
		if err != nil {
			t.Fatal(err)
		}
		m.trustAll(text)
	}
}

// roots are the same root as different people write it.
func roots(text []byte) map[string][]byte {
	return map[string][]byte{
		"as made":             text,
		"comments":            slices.Concat([]byte("# the root of shop\nsubject=CN = shop\n"), text, []byte("# until 2036\n")),
		"no final newline":    bytes.TrimSuffix(text, []byte("\n")),
		"line ends of DOS":    crlf(text),
		"lines of 76 letters": rewrapped(text),
	}
}

func rewrapped(text []byte) []byte {
	lines := bytes.Split(bytes.TrimSpace(text), []byte("\n"))
	body := bytes.Join(lines[1:len(lines)-1], nil)
	out := append(bytes.Clone(lines[0]), '\n')
	for part := range slices.Chunk(body, 76) {
		out = append(append(out, part...), '\n')
	}
	return append(append(out, lines[len(lines)-1]...), '\n')
}

func TestRotationOfThreeClusters(t *testing.T) {
	old := newRoot(t, 1)
	for name, root := range roots(rootPEM(old)) {
		t.Run(name, func(t *testing.T) {
			m := newMesh(t, root, old)
			m.step(t, trust.PhaseSteady, func() {})
			m.step(t, trust.PhaseTrust, func() { m.trustAll(trust.AddRoot(m.root(), m.fresh.Certificate)) })
			for _, cluster := range m.clusters() {
				m.step(t, trust.PhaseSign, func() { m.signUnder(t, m.fresh, cluster) })
			}
			m.step(t, trust.PhaseSteady, m.keep(t, m.fresh.Certificate))
			if !bytes.Equal(m.root(), rootPEM(m.fresh)) {
				t.Errorf("what is left is\n%s", m.root())
			}
		})
	}
}

func TestRotationIsAborted(t *testing.T) {
	old := newRoot(t, 1)
	for name, root := range roots(rootPEM(old)) {
		t.Run(name+", trust", func(t *testing.T) {
			m := newMesh(t, root, old)
			m.step(t, trust.PhaseTrust, func() { m.trustAll(trust.AddRoot(m.root(), m.fresh.Certificate)) })
			m.step(t, trust.PhaseSteady, m.keep(t, old.Certificate))
		})
		t.Run(name+", sign", func(t *testing.T) {
			m := newMesh(t, root, old)
			m.step(t, trust.PhaseTrust, func() { m.trustAll(trust.AddRoot(m.root(), m.fresh.Certificate)) })
			m.step(t, trust.PhaseSign, func() { m.signUnder(t, m.fresh, "east", "north") })
			m.step(t, trust.PhaseSign, func() { m.signUnder(t, old, "east") })
			m.step(t, trust.PhaseTrust, func() { m.signUnder(t, old, "north") })
			m.step(t, trust.PhaseSteady, m.keep(t, old.Certificate))
		})
	}
}

// TestSkippedStepsAreSeen has what the gates are there to prevent.
func TestSkippedStepsAreSeen(t *testing.T) {
	old := newRoot(t, 1)
	m := newMesh(t, rootPEM(old), old)
	before := maps.Clone(m.bundles)
	m.signUnder(t, m.fresh, "east")
	if m.bundles["west"].Trusts(m.bundles["east"]) || !m.bundles["east"].Trusts(before["west"]) {
		t.Error("a root that is not trusted is believed, or one that is is not")
	}
	if trust.AcceptedUpdate(rootPEM(old), rootPEM(m.fresh)) {
		t.Error("istiod would take one root for another")
	}
	m.trustAll(rootPEM(m.fresh))
	read, err := trust.ReadRotation(m.root(), m.bundles)
	if want := []string{"north", "west"}; err != nil || !slices.Equal(read.Foreign, want) {
		t.Errorf("foreign are %q, %v; want %q", read.Foreign, err, want)
	}
}

func TestReadRotationNamesWhoIsBehind(t *testing.T) {
	old := newRoot(t, 1)
	m := newMesh(t, rootPEM(old), old)
	m.trustAll(trust.AddRoot(m.root(), m.fresh.Certificate))
	m.signUnder(t, m.fresh, "north")
	m.bundles["far"] = newBundle(t, newRoot(t, 9), "far")
	read, err := trust.ReadRotation(m.root(), m.bundles)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(read.Behind, []string{"east", "west"}) || !slices.Equal(read.Foreign, []string{"far"}) ||
		!read.Old.Equal(old.Certificate) || !read.New.Equal(m.fresh.Certificate) {
		t.Errorf("got %+v", read)
	}
}

// TestReadRotationLooksOverIntermediates has a chain that reaches the new root in two steps.
func TestReadRotationLooksOverIntermediates(t *testing.T) {
	f := newFamily(t)
	read, err := trust.ReadRotation(append(newRootPEM(t), f.root.pem()...), map[string]trust.Bundle{"east": f.bundle(t)})
	if err != nil || read.Phase != trust.PhaseSign || read.Behind != nil || read.Foreign != nil {
		t.Errorf("got %+v, %v", read, err)
	}
}

func TestReadRotationRefuses(t *testing.T) {
	one := newRootPEM(t)
	_, err := trust.ReadRotation(nil, nil)
	wantError(t, err, "read root-cert.pem: invalid PEM encoded certificate: it is empty")
	_, err = trust.ReadRotation(slices.Concat(one, newRootPEM(t), newRootPEM(t)), nil)
	wantError(t, err, "read root-cert.pem: 3 roots: a rotation has two")
	_, err = trust.ReadRotation(one, map[string]trust.Bundle{"east": {}})
	wantError(t, err, "read cert-chain.pem of east: invalid PEM encoded certificate: it is empty")
	twice, err := trust.ReadRotation(append(one, one...), nil)
	if err != nil || twice.Phase != trust.PhaseSteady {
		t.Errorf("one root that is written twice: %q, %v", twice.Phase, err)
	}
}

func TestAddRootAddsOnce(t *testing.T) {
	root := newRoot(t, 1)
	once := trust.AddRoot(nil, root.Certificate)
	if twice := trust.AddRoot(once, root.Certificate); !bytes.Equal(once, rootPEM(root)) || !bytes.Equal(twice, once) {
		t.Errorf("once\n%s\ntwice\n%s", once, twice)
	}
}

func TestKeepRootRejectsForeignRoot(t *testing.T) {
	_, err := trust.KeepRoot(newRootPEM(t), newRoot(t, 2).Certificate)
	wantError(t, err, "keep root: it is not in the bundle")
}

func TestNothingIsNoUpdate(t *testing.T) {
	root := newRootPEM(t)
	for name, other := range map[string][]byte{"nothing": nil, "a piece": root[:50], "a comment": []byte("#")} {
		if trust.AcceptedUpdate(root, other) || trust.AcceptedUpdate(other, root) {
			t.Errorf("%s is taken for roots", name)
		}
	}
}

// TestRenewedRootIsBelieved has a root with a new certificate for its old key, which is younger
// than what it has signed.
func TestRenewedRootIsBelieved(t *testing.T) {
	root := forge(t, nil, "root", nil)
	renewed := forgeFor(t, nil, root.signer, "root", func(c *x509.Certificate) { c.NotBefore = noon().Add(time.Minute) })
	signing := forge(t, &root, "signing", nil)
	if !under(t, renewed, signing).Trusts(under(t, root, signing)) {
		t.Error("it is not believed")
	}
	young := forge(t, &root, "young", func(c *x509.Certificate) { c.NotBefore = noon() })
	if !under(t, root, signing).Trusts(under(t, root, young)) {
		t.Error("what is younger than its root is not believed")
	}
	late := forgeFor(t, nil, root.signer, "root", func(c *x509.Certificate) {
		c.NotBefore, c.NotAfter = noon().Add(48*time.Hour), noon().Add(96*time.Hour)
	})
	if under(t, late, signing).Trusts(under(t, root, signing)) {
		t.Error("a root is believed that begins after the end of what it has signed")
	}
}
