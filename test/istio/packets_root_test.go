package istio

import (
	"context"
	"crypto/x509"
	"errors"
	"strings"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-mesh/kubectl-mesh/test/istio/istiod"
)

// testOwnRoot: west loses its Secret, and its istiod starts under a root of its own, so that every call between the
// clusters fails. What check says to do brings the calls back, and then the root of the mesh alone is left.
func (m *packetMesh) testOwnRoot(t *testing.T) {
	ours := m.rootsOf(t)
	own := m.loseCertificates(t, "west")
	m.wantHarm(t)
	found := m.wantFound(t, "CHECK047 failed west", "--handshake")
	edit, commands, _ := strings.Cut(found.Hint, "; then: ")
	want := "set spec.trust.ca.roots to: [" + fingerprint(ours[0]) + ", " + fingerprint(own) + "]"
	if !strings.HasSuffix(edit, want) {
		t.Errorf("the remedy begins with %q, and not with %q", edit, want)
	}
	m.pin(t, []*x509.Certificate{ours[0], own})
	m.obey(t, commands)
	m.wantHealed(t)
	m.wantLoaded(t, "a certificate under the root of the mesh, and both roots", func(chain, roots []*x509.Certificate) bool {
		return len(chain) > 1 && chain[1].CheckSignatureFrom(ours[0]) == nil && trusts(roots, ours[0], own)
	})
	m.nextPhase(t, "--abort", "--workloads-renewed")
	m.pin(t, ours)
	m.wantLoaded(t, "the root of the mesh alone", func(_, roots []*x509.Certificate) bool { return trusts(roots, ours...) })
	m.wantHealed(t)
	m.wantNothingFound(t, "--handshake")
}

// loseCertificates deletes the Secret cacerts of a cluster and restarts its istiod, and returns its new root.
func (m *packetMesh) loseCertificates(t *testing.T, cluster string) *x509.Certificate {
	t.Helper()
	core := m.client(t, cluster).CoreV1()
	if err := core.Secrets(istioNamespace).Delete(t.Context(), "cacerts", metav1.DeleteOptions{}); err != nil {
		t.Fatal(err)
	}
	m.restart(t, cluster)
	var own *x509.Certificate
	eventually(t, "istiod of "+cluster+" publishes a root of its own", func(ctx context.Context) error {
		published, err := core.ConfigMaps(istioNamespace).Get(ctx, "istio-ca-root-cert", metav1.GetOptions{})
		if err != nil {
			return err
		}
		roots, err := istiod.ParseCertificates(published.Data["root-cert.pem"])
		if err != nil {
			return err
		}
		if own = roots[0]; len(roots) != 1 || own.Equal(m.rootsOf(t)[0]) {
			return errors.New("it publishes the root of the mesh")
		}
		return nil
	})
	return own
}
