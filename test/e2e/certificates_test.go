package e2e

import (
	"encoding/pem"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-mesh/kubectl-mesh/test/e2e/clusters"
)

// TestCertificates gives three clusters one root, and changes it; the tests build on each other.
func TestCertificates(t *testing.T) {
	all := clusters.Start(t, "east", "north", "west")
	w := newWorkspace(t, all)
	w.mustRun(t, "collect", "--token=skip")
	w.certify(t)
	w.mustRun(t, "ca", "init", "--insecure-no-passphrase")
	w.mustRun(t, "ca", "issue", "--all")
	t.Run("a missing key holds back one Secret", func(t *testing.T) { testMissingKey(t, w, all) })
	t.Run("apply leaves what istiod reads", func(t *testing.T) { testCacerts(t, w, all) })
	t.Run("a second apply changes nothing", func(t *testing.T) { testCacertsTwice(t, w, all) })
	t.Run("the root changes when all clusters show it", func(t *testing.T) { testRootGate(t, w, all) })
	t.Run("prune leaves them", func(t *testing.T) { testCacertsPrune(t, w, all) })
	t.Run("an unreachable cluster is a warning", func(t *testing.T) { testRootUnreachable(t, w, all) })
}

func testMissingKey(t *testing.T, w workspace, all []*clusters.Cluster) {
	key := w.path("credentials/east/ca-key.pem")
	if err := os.Rename(key, key+".away"); err != nil {
		t.Fatal(err)
	}
	got := w.run(t, "render", "--apply", "--dry-run=server")
	got.wantCode(t, 3)
	got.wantSaid(t, "warning: east: held back: Secret istio-system/cacerts: east has certificates and no signing key\n",
		"hint: restore the file, or create a new key and certificate: kubectl mesh ca rotate --cluster east; if the key is in the cluster, set spec.trust.ca.keys: cluster\n",
		"north: creates Secret istio-system/cacerts\n")
	for _, c := range all {
		if _, err := client(t, c).CoreV1().Namespaces().Get(t.Context(), istioNamespace, metav1.GetOptions{}); !apierrors.IsNotFound(err) {
			t.Errorf("%s: something was written: %v", c.Name, err)
		}
	}
	if err := os.Rename(key+".away", key); err != nil {
		t.Fatal(err)
	}
}

func testCacerts(t *testing.T, w workspace, all []*clusters.Cluster) {
	got := w.mustRun(t, "render", "--apply")
	got.wantSaid(t, "east: 14 to create, 0 to change, 0 unchanged\n", "east: 14 created, 0 changed, 0 unchanged\n")
	if strings.Contains(got.stdout+got.stderr, "PRIVATE") {
		t.Error("a key was shown")
	}
	for _, c := range all {
		secret := cacerts(t, c)
		want := map[string]string{
			"ca-cert.pem": w.read(t, "trust/"+c.Name+"/ca-cert.pem"), "cert-chain.pem": w.read(t, "trust/"+c.Name+"/cert-chain.pem"),
			"root-cert.pem": w.read(t, "trust/root-cert.pem"), "ca-key.pem": w.read(t, "credentials/"+c.Name+"/ca-key.pem"),
		}
		wantData(t, c, secret, want)
		if secret.Type != corev1.SecretTypeOpaque {
			t.Errorf("%s: cacerts is of type %s", c.Name, secret.Type)
		}
	}
}

func cacerts(t *testing.T, c *clusters.Cluster) corev1.Secret {
	t.Helper()
	secret, found := secrets(t, c)["cacerts"]
	if !found {
		t.Fatalf("%s has no Secret cacerts", c.Name)
	}
	return secret
}

// wantData compares without showing a key.
func wantData(t *testing.T, c *clusters.Cluster, secret corev1.Secret, want map[string]string) {
	t.Helper()
	if got, want := slices.Sorted(maps.Keys(secret.Data)), slices.Sorted(maps.Keys(want)); !slices.Equal(got, want) {
		t.Errorf("%s: cacerts has %q, want %q", c.Name, got, want)
	}
	for name, text := range want {
		if string(secret.Data[name]) != text {
			t.Errorf("%s: %s of cacerts is not that of the workspace", c.Name, name)
		}
	}
}

func testCacertsTwice(t *testing.T, w workspace, all []*clusters.Cluster) {
	before := map[string]string{}
	for _, c := range all {
		before[c.Name] = cacerts(t, c).ResourceVersion
	}
	got := w.mustRun(t, "render", "--apply")
	for _, c := range all {
		got.wantSaid(t, c.Name+": 0 created, 0 changed, ")
		if after := cacerts(t, c).ResourceVersion; after != before[c.Name] {
			t.Errorf("%s: cacerts was written again", c.Name)
		}
	}
}

// testRootGate writes istio-ca-root-cert as istiod would.
func testRootGate(t *testing.T, w workspace, all []*clusters.Cluster) {
	w.mustRun(t, "ca", "rotate", "--root", "--insecure-no-passphrase")
	roots := rootsOf(t, w)
	for _, c := range all {
		publishRoots(t, c, roots[0])
	}
	w.mustRun(t, "render", "--apply")
	trust := w.read(t, "trust/east/ca-cert.pem")
	got := w.run(t, "ca", "rotate", "--root")
	got.wantCode(t, 1)
	got.wantSaid(t, "error: the workloads of east do not trust root ", "the workloads of west do not trust root ", "hint: apply the phase first: kubectl mesh render --apply")
	if w.read(t, "trust/east/ca-cert.pem") != trust {
		t.Error("a refused phase has begun")
	}
	for _, c := range all {
		republishRoots(t, c, roots...)
	}
	got = w.run(t, "ca", "rotate", "--root")
	got.wantCode(t, 1)
	got.wantSaid(t, "error: phase trust is not complete in east, north, west before 20", "--root --workloads-renewed")
	if text := w.read(t, ".kubectl-mesh/state.yaml"); !strings.Contains(text, "phase: trust") {
		t.Errorf("the phase is not recorded:\n%s", text)
	}
	if status := w.run(t, "ca", "status").stdout; !strings.Contains(status, "east: phase trust is complete at 20") {
		t.Errorf("status does not say when the phase is over:\n%s", status)
	}
	w.mustRun(t, "ca", "rotate", "--root", "--workloads-renewed")
	got = w.run(t, "ca", "rotate", "--root")
	got.wantCode(t, 1)
	got.wantSaid(t, "north does not sign with the certificate in trust/north/ca-cert.pem yet")
	got = w.mustRun(t, "ca", "rotate", "--root", "--abort") // the signers
	got.wantSaid(t, `every cluster signs under "shop root CA g1"`)
	got = w.run(t, "ca", "rotate", "--root", "--abort")
	got.wantCode(t, 1)
	got.wantSaid(t, "east does not sign with the certificate in trust/east/ca-cert.pem")
	w.mustRun(t, "render", "--apply")
	w.mustRun(t, "ca", "rotate", "--root", "--workloads-renewed")
	w.mustRun(t, "render", "--apply")
	for _, c := range all {
		if string(cacerts(t, c).Data["ca-cert.pem"]) != w.read(t, "trust/"+c.Name+"/ca-cert.pem") {
			t.Errorf("%s does not sign with its new certificate", c.Name)
		}
	}
}

// rootsOf are the roots of the workspace, as DER.
func rootsOf(t *testing.T, w workspace) [][]byte {
	t.Helper()
	var roots [][]byte
	text := []byte(w.read(t, "trust/root-cert.pem"))
	for {
		block, rest := pem.Decode(text)
		if block == nil {
			return roots
		}
		roots, text = append(roots, block.Bytes), rest
	}
}

func republishRoots(t *testing.T, c *clusters.Cluster, roots ...[]byte) {
	t.Helper()
	if err := client(t, c).CoreV1().ConfigMaps(istioNamespace).Delete(t.Context(), "istio-ca-root-cert", metav1.DeleteOptions{}); err != nil {
		t.Fatal(err)
	}
	publishRoots(t, c, roots...)
}

// testCacertsPrune: the certificates are gone from the workspace, and stay in the clusters.
func testCacertsPrune(t *testing.T, w workspace, all []*clusters.Cluster) {
	if err := os.Rename(w.path("trust"), w.path("trust-away")); err != nil {
		t.Fatal(err)
	}
	w.run(t, "render", "--apply", "--prune").wantCode(t, 3)
	for _, c := range all {
		cacerts(t, c)
	}
	if err := os.Rename(w.path("trust-away"), w.path("trust")); err != nil {
		t.Fatal(err)
	}
	w.mustRun(t, "render", "--apply")
}

func testRootUnreachable(t *testing.T, w workspace, all []*clusters.Cluster) {
	all[1].Kill()
	got := w.run(t, "ca", "rotate", "--root")
	got.wantCode(t, 1)
	got.wantSaid(t, "warning: north: the certificates cannot be read: ", "error: the previous phase is not verified in north",
		"hint: render the tree, commit and apply it: kubectl mesh render --output-dir deploy")
	w.mustRun(t, "render", "--output-dir", "deploy")
	got = w.mustRun(t, "ca", "rotate", "--root", "--workloads-renewed")
	got.wantSaid(t, "warning: north: the certificates cannot be read: ", "phase drop: the old root is no longer trusted")
}

// TestKeysInClusters: the key belongs to the cluster and to another field manager.
func TestKeysInClusters(t *testing.T) {
	all := clusters.Start(t, "east", "west")
	w := newWorkspace(t, all)
	w.mustRun(t, "collect", "--token=skip")
	w.write(t, "mesh.yaml", strings.Replace(w.read(t, "mesh.yaml"), othersCertify, "  trust: {ca: {keys: cluster}}\n", 1))
	w.mustRun(t, "ca", "init", "--insecure-no-passphrase")
	for _, c := range all {
		fingerprint := strings.TrimSpace(w.mustRun(t, "ca", "request", "--cluster", c.Name).stdout)
		w.mustRun(t, "ca", "sign", "--cluster", c.Name, "--fingerprint", fingerprint)
		giveKey(t, w, c)
	}
	w.mustRun(t, "render", "--apply")
	for _, c := range all {
		wantShared(t, w, c)
	}
	w.mustRun(t, "ca", "rotate", "--all")
	got := w.mustRun(t, "render", "--apply")
	got.wantSaid(t, "east: 0 created, 2 changed, ", "west: 0 created, 2 changed, ") // cacerts, and the namespace that tells of it
	for _, c := range all {
		wantShared(t, w, c)
	}
	w.mustRun(t, "render", "--apply", "--prune", "--force-conflicts")
	for _, c := range all {
		wantShared(t, w, c)
	}
}

// giveKey does what `kubectl create secret generic cacerts --from-file=ca-key.pem
// --field-manager=mesh-keygen` does, and takes the key out of the workspace.
func giveKey(t *testing.T, w workspace, c *clusters.Cluster) {
	t.Helper()
	namespace := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: istioNamespace}}
	if _, err := client(t, c).CoreV1().Namespaces().Create(t.Context(), namespace, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	key := "credentials/" + c.Name + "/ca-key.pem"
	secret := &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Name: "cacerts"}, Type: corev1.SecretTypeOpaque, Data: map[string][]byte{"ca-key.pem": []byte(w.read(t, key))}}
	if _, err := client(t, c).CoreV1().Secrets(istioNamespace).Create(t.Context(), secret, metav1.CreateOptions{FieldManager: "mesh-keygen"}); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(w.path(key), w.path(c.Name+"-key")); err != nil {
		t.Fatal(err)
	}
}

func wantShared(t *testing.T, w workspace, c *clusters.Cluster) {
	t.Helper()
	secret := cacerts(t, c)
	wantData(t, c, secret, map[string]string{
		"ca-cert.pem": w.read(t, "trust/"+c.Name+"/ca-cert.pem"), "cert-chain.pem": w.read(t, "trust/"+c.Name+"/cert-chain.pem"),
		"root-cert.pem": w.read(t, "trust/root-cert.pem"), "ca-key.pem": w.read(t, c.Name+"-key"),
	})
	for _, entry := range secret.ManagedFields {
		if has := strings.Contains(entry.FieldsV1.GetRawString(), `"f:ca-key.pem"`); has != (entry.Manager == "mesh-keygen") {
			t.Errorf("%s: %s owns the key: %t", c.Name, entry.Manager, has)
		}
	}
}
