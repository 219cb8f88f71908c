package e2e

import (
	"os"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"
)

// TestCheck breaks one thing at a time, and mends it with the remedy that is said.
func TestCheck(t *testing.T) {
	m := newCheckMesh(t, "east", "north", "west")
	t.Run("everything is well", m.testWell)
	t.Run("a revoked token", m.testRevoked)
	t.Run("a remote secret that is gone", m.testSecretGone)
	t.Run("a wrong certificate authority", m.testWrongAuthority)
	t.Run("a remote secret that istiod refuses", m.testRefused)
	t.Run("a reader without its binding", m.testUnbound)
	t.Run("another network", m.testNetwork)
	t.Run("another root", m.testRoot)
	t.Run("what istiod says", m.testIstiodSays)
	t.Run("istiod at a URL", m.testIstiodURL)
	t.Run("a stranger", m.testUnmanaged)
	t.Run("a token near its end", m.testOldToken)
	t.Run("two remote secrets for one cluster", m.testDoubled)
	t.Run("another cluster ID", m.testClusterID)
	t.Run("another UID", m.testUID)
	t.Run("one context only", m.testOneContext)
	t.Run("no context at all", m.testNoContext)
	t.Run("one cluster only", m.testOneCluster)
	t.Run("a dead API server", m.testDead)
	t.Run("a cluster that has left", m.testLeft)
}

func (m *checkMesh) testWell(t *testing.T) {
	r, got := m.wantOpen(t)
	got.wantCode(t, 0)
	if want := "east: - ok ok\nnorth: ok - ok\nwest: ok ok -\n"; r.rows() != want || !r.Healthy {
		t.Errorf("healthy %t, matrix\n%swant\n%s", r.Healthy, r.rows(), want)
	}
	for _, istiod := range m.istiods {
		defer istiod.knows()()
	}
	text := m.mustRun(t, "check")
	want := "CONSUMER  east  north  west\neast      -     ok     ok\nnorth     ok    -      ok\nwest      ok    ok     -\n\n"
	if !strings.HasPrefix(text.stdout, want) || !strings.Contains(text.stdout, " 0 failed, 0 warnings, 0 unknown\n") || text.stderr != "" {
		t.Errorf("stdout:\n%sstderr:\n%s", text.stdout, text.stderr)
	}
	if junit := m.mustRun(t, "check", "-o", "junit"); !strings.Contains(junit.stdout, `failures="0" skipped="0"`) {
		t.Errorf("JUnit:\n%s", junit.stdout)
	}
}

func (m *checkMesh) testRevoked(t *testing.T) {
	if err := client(t, m.all[2]).CoreV1().Secrets(istioNamespace).Delete(t.Context(), "mesh-reader-east-token-1", metav1.DeleteOptions{}); err != nil {
		t.Fatal(err)
	}
	r, got := m.wantOpen(t, "CHECK016 failed east west")
	got.wantCode(t, 1)
	if got.stderr != "" {
		t.Errorf("stderr: %s", got.stderr)
	}
	m.follow(t, r.wantReason(t, "CHECK016", "east", "west", "west rejects the credential"))
}

func (m *checkMesh) testSecretGone(t *testing.T) {
	if err := client(t, m.all[0]).CoreV1().Secrets(istioNamespace).Delete(t.Context(), "istio-remote-secret-west", metav1.DeleteOptions{}); err != nil {
		t.Fatal(err)
	}
	r, _ := m.wantOpen(t, "CHECK012 failed east west")
	m.follow(t, r.wantReason(t, "CHECK012", "east", "west", "no Secret in namespace istio-system has the key west"))
}

// rewrite changes the remote kubeconfig with which east reads west, as a hand would.
func (m *checkMesh) rewrite(t *testing.T, change func(string) string) {
	t.Helper()
	secrets := client(t, m.all[0]).CoreV1().Secrets(istioNamespace)
	secret, err := secrets.Get(t.Context(), "istio-remote-secret-west", metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	secret.Data["west"] = []byte(change(string(secret.Data["west"])))
	must(t)(secrets.Update(t.Context(), secret, metav1.UpdateOptions{FieldManager: "hand"}))
}

func (m *checkMesh) testWrongAuthority(t *testing.T) {
	wrong := secrets(t, m.all[0])["istio-remote-secret-north"].Data["north"]
	m.rewrite(t, func(text string) string {
		return strings.Replace(text, authorityOf(text), authorityOf(string(wrong)), 1)
	})
	r, got := m.wantOpen(t, "CHECK014 failed east west", "CHECK015 failed east west")
	got.wantCode(t, 1)
	r.wantReason(t, "CHECK015", "east", "west", "certificate signed by unknown authority")
	m.follow(t, r.wantReason(t, "CHECK014", "east", "west", "certificate-authority-data"))
}

// authorityOf is the base64 in a kubeconfig.
func authorityOf(kubeconfig string) string {
	_, rest, _ := strings.Cut(kubeconfig, "certificate-authority-data: ")
	text, _, _ := strings.Cut(rest, "\n")
	return text
}

// testRefused: the kubeconfig names a program, which must not run here either.
func (m *checkMesh) testRefused(t *testing.T) {
	m.rewrite(t, func(text string) string {
		head, _, _ := strings.Cut(text, "    token: ")
		return head + "    exec: {apiVersion: client.authentication.k8s.io/v1, command: touch, args: [" + m.path("ran") + "], interactiveMode: Never}\n"
	})
	r, _ := m.wantOpen(t, "CHECK013 failed east west")
	m.missing(t, "ran")
	m.follow(t, r.wantReason(t, "CHECK013", "east", "west", "it runs a program"))
}

func (m *checkMesh) testUnbound(t *testing.T) {
	if err := client(t, m.all[2]).RbacV1().ClusterRoleBindings().Delete(t.Context(), "mesh-reader-east", metav1.DeleteOptions{}); err != nil {
		t.Fatal(err)
	}
	r, _ := m.wantOpen(t, "CHECK019 failed east west")
	m.follow(t, r.wantReason(t, "CHECK019", "east", "west",
		"system:serviceaccount:istio-system:mesh-reader-east has no permission in west for: list namespaces, watch namespaces, list nodes"))
}

func (m *checkMesh) testNetwork(t *testing.T) {
	labelNetwork(t, m.all[0], "vpc-b")
	r, _ := m.wantOpen(t, "CHECK005 failed east")
	m.follow(t, r.wantReason(t, "CHECK005", "east", "", `namespace istio-system has network "vpc-b", but mesh.yaml sets "vpc-a"`))
}

func (m *checkMesh) testRoot(t *testing.T) {
	maps := client(t, m.all[2]).CoreV1().ConfigMaps(istioNamespace)
	before, err := maps.Get(t.Context(), "istio-ca-root-cert", metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if err := maps.Delete(t.Context(), before.Name, metav1.DeleteOptions{}); err != nil {
		t.Fatal(err)
	}
	publishRoots(t, m.all[2], newRoot(t))
	r, _ := m.wantOpen(t, "CHECK020 failed east west", "CHECK020 failed north west", "CHECK020 failed west east", "CHECK020 failed west north")
	r.wantReason(t, "CHECK020", "east", "west", "no common root: east has sha256:")
	other, err := maps.Get(t.Context(), before.Name, metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	other.Data["root-cert.pem"] += before.Data["root-cert.pem"] // as in a rotation
	must(t)(maps.Update(t.Context(), other, metav1.UpdateOptions{}))
	m.wantOpen(t)
}

func (m *checkMesh) testIstiodSays(t *testing.T) {
	defer m.synced("east", "north", "west")
	m.istiods["east"].says("east", map[string]string{"west": "timeout"})
	m.istiods["west"].says("west", map[string]string{"east": "syncing", "north": "synced"})
	r, got := m.wantOpen(t, "CHECK021 failed east north", "CHECK021 failed east west", "CHECK021 warning west east")
	got.wantCode(t, 1)
	r.wantReason(t, "CHECK021", "east", "west", `istiod reports "timeout"`)
	r.wantReason(t, "CHECK021", "east", "north", "istiod does not know the peer")
	m.istiods["east"].pages.Store("/debug/clusterz", "<html>sorry</html>")
	m.istiods["west"].pages.Delete("/debug/clusterz")
	r, got = m.wantOpen(t, "CHECK021 unknown east north", "CHECK021 unknown east west", "CHECK021 unknown west east", "CHECK021 unknown west north")
	got.wantCode(t, 3)
	r.wantReason(t, "CHECK021", "east", "west", "its response at /debug/clusterz cannot be parsed")
	r.wantReason(t, "CHECK021", "west", "east", "404 Not Found")
}

func (m *checkMesh) testUnmanaged(t *testing.T) {
	unmanaged := &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Name: "istio-remote-secret-old", Labels: map[string]string{
		"istio/multiCluster": "true", "istio.io/owned-by": "mesh.googleapis.com"}}, StringData: map[string]string{"old": "x"}}
	must(t)(client(t, m.all[0]).CoreV1().Secrets(istioNamespace).Create(t.Context(), unmanaged, metav1.CreateOptions{}))
	r, got := m.wantOpen(t, "CHECK009 warning east")
	got.wantCode(t, 0)
	remedy := r.wantReason(t, "CHECK009", "east", "", "Secret istio-system/istio-remote-secret-old (clusters old) was created by Google's managed mesh")
	if want := "if it is not needed: kubectl --context=admin@east -n istio-system delete secret istio-remote-secret-old"; remedy != want {
		t.Errorf("remedy: got %q, want %q", remedy, want)
	}
	if err := client(t, m.all[0]).CoreV1().Secrets(istioNamespace).Delete(t.Context(), unmanaged.Name, metav1.DeleteOptions{}); err != nil {
		t.Fatal(err)
	}
	m.wantOpen(t)
}

func (m *checkMesh) testUID(t *testing.T) {
	m.mustRun(t, "render", "--apply", "--pin", "--cluster", "west")
	m.wantOpen(t)
	text := m.read(t, stateFile)
	defer m.write(t, stateFile, text)
	m.write(t, stateFile, strings.ReplaceAll(text, uid(t, m.all[2]), "00000000-0000-0000-0000-000000000000"))
	r, got := m.wantOpen(t, "CHECK003 failed west", "CHECK017 failed east west", "CHECK020 unknown east west",
		"CHECK017 failed north west", "CHECK020 unknown north west", "CHECK012 unknown west east", "CHECK012 unknown west north")
	got.wantCode(t, 1)
	r.wantReason(t, "CHECK003", "west", "", "its UID is "+uid(t, m.all[2])+", but the UID of west is 00000000")
}

// withContexts runs a test with fewer contexts in the kubeconfig.
func (m *checkMesh) withContexts(t *testing.T, names ...string) {
	t.Helper()
	before, err := os.ReadFile(m.kubeconfig)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.WriteFile(m.kubeconfig, before, 0o600); err != nil {
			t.Error(err)
		}
	})
	config := clientcmdapi.NewConfig()
	for _, c := range m.all {
		for _, name := range names {
			if c.Name == name {
				c.AddTo(config, "admin@"+name)
			}
		}
	}
	m.writeKubeconfig(t, config)
}

func (m *checkMesh) testOneContext(t *testing.T) {
	m.withContexts(t, "east")
	r, got := m.wantOpen(t, "CHECK003 unknown north", "CHECK003 unknown west", "CHECK020 unknown east north", "CHECK020 unknown east west",
		"CHECK012 unknown north east", "CHECK012 unknown north west", "CHECK012 unknown west east", "CHECK012 unknown west north")
	got.wantCode(t, 3)
	m.run(t, "check", "--strict").wantCode(t, 1)
	r.wantReason(t, "CHECK003", "west", "", `"admin@west"`)
	if want := "east: - ? ?\nnorth: ? - ?\nwest: ? ? -\n"; r.rows() != want {
		t.Errorf("matrix:\n%s", r.rows())
	}
}

func (m *checkMesh) testNoContext(t *testing.T) {
	m.withContexts(t)
	got := m.run(t, "check")
	got.wantCode(t, 3)
	got.wantStderr(t, "warning: no cluster could be reached", "hint: to check the files only: kubectl mesh check --offline")
	m.mustRun(t, "check", "--offline")
}

func (m *checkMesh) testOneCluster(t *testing.T) {
	r, got := m.check(t, "--cluster", "east", "--context", "admin@east")
	got.wantCode(t, 0)
	if want := "east: - ok ok\nnorth: - - -\nwest: - - -\n"; r.rows() != want || len(r.open()) > 0 {
		t.Errorf("matrix:\n%s%s", r.rows(), r.open())
	}
}

// testDead: north does not answer, and its peers are judged all the same.
func (m *checkMesh) testDead(t *testing.T) {
	m.all[1].Kill()
	r, got := m.wantOpen(t, "CHECK003 unknown north", "CHECK015 unknown east north", "CHECK020 unknown east north",
		"CHECK012 unknown north east", "CHECK012 unknown north west", "CHECK015 unknown west north", "CHECK020 unknown west north")
	got.wantCode(t, 3)
	r.wantReason(t, "CHECK003", "north", "", "connection refused")
	r.wantReason(t, "CHECK015", "east", "north", "does not respond here")
	if want := "east: - ? ok\nnorth: ? - ?\nwest: ok ? -\n"; r.rows() != want {
		t.Errorf("matrix:\n%s", r.rows())
	}
}

// testLeft: north, which is dead, leaves the mesh.
func (m *checkMesh) testLeft(t *testing.T) {
	text := m.read(t, "mesh.yaml")
	start := strings.Index(text, "    - name: north")
	end := start + strings.Index(text[start:], "    - name: west")
	m.write(t, "mesh.yaml", text[:start]+text[end:])
	r, got := m.wantOpen(t, "CHECK010 failed east", "CHECK043 warning east", "CHECK010 failed west", "CHECK043 warning west")
	got.wantCode(t, 1)
	remedy := r.wantReason(t, "CHECK010", "west", "", "Secret istio-system/istio-remote-secret-north is for cluster north")
	if want := "kubectl mesh render --apply --cluster west --prune; or: "; !strings.HasPrefix(remedy, want) {
		t.Errorf("remedy: got %q, want %q", remedy, want)
	}
	m.applies(t, "render", "--apply", "--cluster", "west", "--prune")
	m.wantOpen(t, "CHECK010 failed east", "CHECK043 warning east")
	m.applies(t, "render", "--apply", "--cluster", "east", "--prune")
	m.wantOpen(t)
}
