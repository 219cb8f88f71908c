package trust_test

import (
	"crypto/x509"
	"testing"
	"time"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/trust"
)

// TestInspectSaysAll compares it with what each of its parts says.
func TestInspectSaysAll(t *testing.T) {
	f, other := newFamily(t), newFamily(t)
	constrained := forge(t, &f.root, "constrained", func(c *x509.Certificate) { c.PermittedURIDomains = []string{"other.example"} })
	good := f.bundle(t)
	for name, bundle := range map[string]trust.Bundle{
		"good":              good,
		"nothing":           {},
		"no PEM":            {CACert: []byte("{}"), Chain: good.Chain, Root: good.Root},
		"another key":       {CACert: good.CACert, Chain: good.Chain, Root: good.Root, Key: keyOf(t, other.signing.signer)},
		"another root":      {CACert: good.CACert, Chain: good.Chain, Root: other.root.pem()},
		"constrained":       under(t, f.root, constrained),
		"chain upside down": {CACert: good.CACert, Chain: append(f.policy.pem(), f.signing.pem()...), Root: good.Root},
	} {
		t.Run(name, func(t *testing.T) {
			want := bundle.CheckOnce()
			if want == nil {
				want = bundle.CheckNames(names())
			}
			text := ""
			if want != nil {
				text = want.Error()
			}
			found := bundle.Inspect(names())
			wantError(t, found.Problem, text)
			if (found.KeySHA256 == "") != (name == "nothing" || name == "no PEM") {
				t.Errorf("the key is %q", found.KeySHA256)
			}
		})
	}
}

// TestOneKeyIsFoundAgain has two certificates for one key, and one for another.
func TestOneKeyIsFoundAgain(t *testing.T) {
	root := forge(t, nil, "root", nil)
	east := forge(t, &root, "east", nil)
	west := forgeFor(t, &root, east.signer, "west", nil)
	key := func(signing forged) string { return under(t, root, signing).Inspect(names()).KeySHA256 }
	if key(east) != key(west) || key(east) == key(forge(t, &root, "north", nil)) || len(key(east)) != 64 {
		t.Errorf("east has %s, west %s", key(east), key(west))
	}
}

// TestValidityEndsWithTheFirstOnTheWay has a root that ends before what it has signed.
func TestValidityEndsWithTheFirstOnTheWay(t *testing.T) {
	at := func(hours int) time.Time { return noon().Add(time.Duration(hours) * time.Hour) }
	within := func(from, until int) func(*x509.Certificate) {
		return func(c *x509.Certificate) { c.NotBefore, c.NotAfter = at(from), at(until) }
	}
	root := forge(t, nil, "root", within(-3, 20))
	policy := forge(t, &root, "policy", within(-2, 10))
	longer := forgeFor(t, &root, policy.signer, "policy", within(-1, 15))
	signing := forge(t, &policy, "signing", within(-4, 40))
	for name, c := range map[string]struct {
		above       []*x509.Certificate
		from, until time.Time
	}{
		"one way":                   {[]*x509.Certificate{policy.Certificate}, at(-2), at(10)},
		"the longer one of two":     {[]*x509.Certificate{policy.Certificate, longer.Certificate}, at(-1), at(15)},
		"no way, and so no time":    {nil, time.Time{}, time.Time{}},
		"the root in the chain too": {[]*x509.Certificate{policy.Certificate, root.Certificate}, at(-2), at(10)},
	} {
		t.Run(name, func(t *testing.T) {
			found := trust.NewBundle(signing.Certificate, c.above, root.pem(), trust.Key{}).Inspect(names())
			if !found.NotBefore.Equal(c.from) || !found.NotAfter.Equal(c.until) {
				t.Errorf("got %s to %s, want %s to %s (%v)", found.NotBefore, found.NotAfter, c.from, c.until, found.Problem)
			}
		})
	}
}
