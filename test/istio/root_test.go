package istio

import (
	"os"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// testForeignRoot applies from a workspace whose root has nothing to do with the one that the clusters run with: as
// when somebody has made a new one because the files were not at hand.
func (m *mesh) testForeignRoot(t *testing.T) {
	before := m.root(t, "east")
	m.mustRun(t, "collect")
	foreign := workspace{dir: t.TempDir(), kubeconfig: m.kubeconfig}
	if err := os.CopyFS(foreign.dir, os.DirFS(m.dir)); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"trust", "credentials/root-key.pem", "credentials/east/ca-key.pem", "credentials/west/ca-key.pem"} {
		if err := os.RemoveAll(foreign.path(name)); err != nil {
			t.Fatal(err)
		}
	}
	foreign.mustRun(t, "ca", "init", "--insecure-no-passphrase")
	foreign.mustRun(t, "ca", "issue", "--all")
	got := foreign.run(t, "render", "--apply", "--with-sample")
	t.Logf("exit code %d\n%s", got.code, got.stderr)
	if got.code == 0 || m.root(t, "east") != before {
		t.Errorf("a foreign root was applied to running clusters: exit code %d", got.code)
	}
}

// root returns the root in the Secret that istiod reads.
func (m *mesh) root(t *testing.T, cluster string) string {
	t.Helper()
	secret, err := m.client(t, cluster).CoreV1().Secrets(istioNamespace).Get(t.Context(), "cacerts", metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return string(secret.Data["root-cert.pem"])
}
