package istio

import (
	"os"
	"strings"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-mesh/kubectl-mesh/test/istio/istiod"
)

// TestForeignRoot puts a root into the workspace that has nothing to do with the one that the clusters run with.
func TestForeignRoot(t *testing.T) {
	eachLine(t, func(t *testing.T, line istiod.Line) {
		top := flat()
		m := newMesh(t, line, top)
		m.wantSynced(t, top.members...)
		before := m.cacerts(t, "east")
		m.mustRun(t, "collect")
		for _, name := range []string{"trust", "credentials/root-key.pem", "credentials/east/ca-key.pem", "credentials/west/ca-key.pem"} {
			if err := os.RemoveAll(m.path(name)); err != nil {
				t.Fatal(err)
			}
		}
		m.mustRun(t, "ca", "init", "--insecure-no-passphrase")
		m.mustRun(t, "ca", "issue", "--all")

		t.Run("is not applied", func(t *testing.T) {
			got := m.run(t, "render", "--apply", "--with-sample")
			t.Logf("exit code %d\n%s", got.code, got.stderr)
			if got.code == 0 || m.cacerts(t, "east") != before {
				t.Errorf("a foreign root was applied to running clusters: exit code %d", got.code)
			}
		})
	})
}

// cacerts returns the root and the certificate with which a cluster signs.
func (m *mesh) cacerts(t *testing.T, cluster string) string {
	t.Helper()
	secret, err := m.client(t, cluster).CoreV1().Secrets(istioNamespace).Get(t.Context(), "cacerts", metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join([]string{string(secret.Data["root-cert.pem"]), string(secret.Data["ca-cert.pem"])}, "\n")
}
