package istio

import (
	"os"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// testForeignRoot applies from a workspace whose root has nothing to do with the one that the clusters run with: as
// when somebody has made a new one because the files were not available. Where the facts do not tell of
// the old one yet, the clusters do.
func (m *mesh) testForeignRoot(t *testing.T) {
	before := m.root(t, "east")
	refused := func(what string, said ...string) {
		foreign := m.withNewRoot(t)
		got := foreign.run(t, "render", "--apply", "--with-sample")
		if got.code == 0 || m.root(t, "east") != before {
			t.Errorf("%s: a foreign root was applied to a running cluster", what)
		}
		got.wantSaid(t, append(said, "kubectl mesh ca rotate --root")...)
	}
	refused("before the facts tell of it", "east: its workloads trust no root of the certificates to apply: SHA-256 ",
		"west: its workloads trust no root of the certificates to apply: SHA-256 ")
	m.mustRun(t, "collect", "--token=skip")
	refused("when the facts tell of it", "east runs with other roots than those in trust/root-cert.pem: SHA-256 ", "; likewise west [MESH080]")
}

// withNewRoot copies the workspace without its certificates and makes new ones.
func (m *mesh) withNewRoot(t *testing.T) workspace {
	t.Helper()
	foreign := workspace{dir: t.TempDir(), kubeconfig: m.kubeconfig}
	if err := os.CopyFS(foreign.dir, os.DirFS(m.dir)); err != nil {
		t.Fatal(err)
	}
	keys := []string{"credentials/root-key.pem", "credentials/east/ca-key.pem", "credentials/west/ca-key.pem"}
	for _, name := range append(keys, "trust") {
		if err := os.RemoveAll(foreign.path(name)); err != nil {
			t.Fatal(err)
		}
	}
	foreign.mustRun(t, "ca", "init", "--insecure-no-passphrase")
	foreign.mustRun(t, "ca", "issue", "--all")
	return foreign
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
