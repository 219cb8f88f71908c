package handshake_test

import (
	"crypto/x509"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/handshake"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/trust"
)

// TestJudge: a mesh of east and west under one root. What a gateway of west shows to callers in east.
func TestJudge(t *testing.T) {
	root, other := authority(t, "root", nil), authority(t, "other root", nil)
	east, west := authority(t, "east", root), authority(t, "west", root)
	sum := func(h *holder) string { return trust.Fingerprint(h.certificate) }
	expired := func(c *x509.Certificate) { c.NotAfter = now().Add(-time.Minute) }
	healthy := func() handshake.Expected {
		return handshake.Expected{TrustDomains: []string{"cluster.local"}, Callers: map[string][]string{"east": {sum(root)}},
			Known: []*x509.Certificate{root.certificate}, Signers: map[string][]string{"east": {sum(east)}, "west": {sum(west)}},
			Behind: []string{"west"}, Now: now()}
	}
	old := issue(t, root, func(c *x509.Certificate) {
		c.Subject.CommonName, c.IsCA, c.BasicConstraintsValid, c.KeyUsage = "old west", true, true, x509.KeyUsageCertSign
		expired(c)
	})
	for name, test := range map[string]struct {
		server *holder
		// shows is how many certificates the server shows; 0: all.
		shows  int
		change func(*handshake.Expected)
		want   handshake.Verdict
		names  string
		at     string
	}{
		"right":                       {workload(t, west, as), 0, func(*handshake.Expected) {}, handshake.VerdictOK, "", ""},
		"right, root left out":        {workload(t, west, as), 2, func(*handshake.Expected) {}, handshake.VerdictOK, "", ""},
		"no identity":                 {workload(t, west, func(c *x509.Certificate) { c.URIs = nil }), 0, func(*handshake.Expected) {}, handshake.VerdictNoMesh, "", ""},
		"an identity of another kind": {workload(t, west, func(c *x509.Certificate) { c.URIs = []*url.URL{{Scheme: "https", Host: "x.example"}} }), 0, func(*handshake.Expected) {}, handshake.VerdictNoMesh, "", ""},
		"another root":                {workload(t, authority(t, "west", other), as), 0, func(*handshake.Expected) {}, handshake.VerdictForeignRoot, "east", "CN=other root"},
		"another root, left out":      {workload(t, authority(t, "west", other), as), 2, func(*handshake.Expected) {}, handshake.VerdictForeignRoot, "east", "CN=west"},
		"a self-signed istiod":        {workload(t, other, as), 0, func(*handshake.Expected) {}, handshake.VerdictForeignRoot, "east", "CN=other root"},
		"one caller of two": {workload(t, west, as), 0, func(e *handshake.Expected) { e.Callers["north"] = []string{sum(other)} },
			handshake.VerdictForeignRoot, "north", "CN=root"},
		"two roots in a rotation": {workload(t, authority(t, "west", other), as), 0, func(e *handshake.Expected) {
			e.Callers["east"] = []string{sum(root), sum(other)}
		}, handshake.VerdictOK, "", ""},
		"fingerprints alone, root shown": {workload(t, west, as), 0, func(e *handshake.Expected) { e.Known = nil }, handshake.VerdictOK, "", ""},
		"fingerprints alone, root left out": {workload(t, west, as), 2, func(e *handshake.Expected) { e.Known = nil },
			handshake.VerdictUnknownRoot, "east", "CN=west"},
		"nothing to compare with": {workload(t, west, as), 0, func(e *handshake.Expected) { e.Callers = map[string][]string{"east": nil} },
			handshake.VerdictUnknownRoot, "", "CN=root"},
		"signed for east":       {workload(t, east, as), 0, func(*handshake.Expected) {}, handshake.VerdictForeignIntermediate, "east", "CN=east"},
		"east is behind it too": {workload(t, east, as), 0, func(e *handshake.Expected) { e.Behind = []string{"east", "west"} }, handshake.VerdictOK, "", ""},
		"one key for both": {workload(t, east, as), 0, func(e *handshake.Expected) { e.Signers["west"] = e.Signers["east"] },
			handshake.VerdictOK, "", ""},
		"an earlier intermediate":   {workload(t, authority(t, "former west", root), as), 0, func(*handshake.Expected) {}, handshake.VerdictOK, "", ""},
		"expired":                   {workload(t, west, expired), 0, func(*handshake.Expected) {}, handshake.VerdictExpired, "", ""},
		"an expired intermediate":   {workload(t, old, as), 0, func(*handshake.Expected) {}, handshake.VerdictExpired, "", "CN=old west"},
		"not valid yet":             {workload(t, west, func(c *x509.Certificate) { c.NotBefore = now().Add(time.Minute) }), 0, func(*handshake.Expected) {}, handshake.VerdictNotYetValid, "", ""},
		"another trust domain":      {workload(t, west, func(c *x509.Certificate) { c.URIs[0].Host = "other.example" }), 0, func(*handshake.Expected) {}, handshake.VerdictTrustDomain, "other.example", ""},
		"trust domains not known":   {workload(t, west, func(c *x509.Certificate) { c.URIs[0].Host = "other.example" }), 0, func(e *handshake.Expected) { e.TrustDomains = nil }, handshake.VerdictOK, "", ""},
		"not for servers":           {workload(t, west, func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth} }), 0, func(*handshake.Expected) {}, handshake.VerdictInvalid, "", ""},
		"expired and of other root": {workload(t, other, expired), 0, func(*handshake.Expected) {}, handshake.VerdictForeignRoot, "east", "CN=other root"},
	} {
		t.Run(name, func(t *testing.T) {
			expected := healthy()
			test.change(&expected)
			chain := test.server.chain()
			if test.shows > 0 {
				chain = chain[:test.shows]
			}
			found := handshake.Judge(chain, expected)
			if found.Verdict != test.want || strings.Join(found.Names, " ") != test.names {
				t.Errorf("got %q, %q (%s); want %q, %q", found.Verdict, found.Names, found.Why, test.want, test.names)
			}
			if test.at != "" && found.At.Subject.String() != test.at {
				t.Errorf("it is about %s, want %s", found.At.Subject, test.at)
			}
		})
	}
}

// TestCrossSigned: a root that was issued again with its key has another fingerprint, and callers may trust either.
func TestCrossSigned(t *testing.T) {
	root := authority(t, "root", nil)
	west := authority(t, "west", root)
	again := *root
	renewed := *root.certificate
	renewed.NotAfter = now().Add(48 * time.Hour)
	again.certificate = resign(t, root, &renewed)
	for name, trusted := range map[string]*x509.Certificate{"the first": root.certificate, "the second": again.certificate} {
		found := handshake.Judge(workload(t, west, as).chain(), handshake.Expected{Now: now(),
			Callers: map[string][]string{"east": {trust.Fingerprint(trusted)}}, Known: []*x509.Certificate{root.certificate, again.certificate}})
		if found.Verdict != handshake.VerdictOK {
			t.Errorf("%s: got %q", name, found.Verdict)
		}
	}
}

// TestJudgeEnds: certificates that sign each other in a circle, and one that comes twice, have an end.
func TestJudgeEnds(t *testing.T) {
	root := authority(t, "root", nil)
	pod := workload(t, root, as)
	chain := slices.Concat(pod.chain(), pod.chain(), pod.chain())
	if found := handshake.Judge(chain, handshake.Expected{Now: now(), Callers: map[string][]string{"east": {trust.Fingerprint(root.certificate)}}}); found.Verdict != handshake.VerdictOK || len(found.Chain) != 2 {
		t.Errorf("got %q, %d certificates", found.Verdict, len(found.Chain))
	}
	if found := handshake.Judge(nil, handshake.Expected{}); found.Verdict != handshake.VerdictNoMesh {
		t.Errorf("no certificate: got %q", found.Verdict)
	}
}
