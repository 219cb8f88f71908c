package e2e

import (
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-mesh/kubectl-mesh/test/e2e/clusters"
)

// TestForeignRoot: certificates of a mesh come to a cluster whose workloads trust another root. They are refused before
// anything is written anywhere; once the change is waived they come, and check sees that istiod has not loaded them.
func TestForeignRoot(t *testing.T) {
	all := clusters.Start(t, "east", "west")
	w := newWorkspace(t, all)
	w.mustRun(t, "collect", "--token=skip")
	w.mustRun(t, "render", "--apply")
	publishRoots(t, all[0], newRoot(t))
	w.certify(t)
	w.mustRun(t, "ca", "init", "--insecure-no-passphrase")
	w.mustRun(t, "ca", "issue", "--all")

	got := w.run(t, "render", "--apply")
	got.wantCode(t, 1)
	got.wantSaid(t, "error: east: its workloads trust no root of the certificates to apply: SHA-256 ",
		"hint: restore its current root in trust/ and rotate it: kubectl mesh ca rotate --root;", "nothing was changed in any cluster")
	for _, c := range all {
		if _, found := secrets(t, c)["cacerts"]; found {
			t.Errorf("%s has got cacerts", c.Name)
		}
	}

	// What collect has found says the same offline.
	w.mustRun(t, "collect", "--token=skip")
	got = w.run(t, "validate")
	got.wantCode(t, 2)
	got.wantSaid(t, "east runs with other roots than those in trust/root-cert.pem: SHA-256 ", "[MESH080]")

	w.write(t, "mesh.yaml", strings.Replace(w.read(t, "mesh.yaml"), "waivers: [", "waivers: [{rule: MESH080, clusters: [east], reason: no workload yet}, ", 1))
	w.mustRun(t, "render", "--apply")
	found := w.run(t, "check").stdout
	if !strings.Contains(found, "CHECK044") || !strings.Contains(found, "rollout restart deployment/istiod") {
		t.Errorf("check does not see that istiod has another root:\n%s", found)
	}
}

// TestUndeclaredReaders: the token that istioctl create-remote-secret makes, and the reader of a link that is gone, are
// named by check and by credentials status.
func TestUndeclaredReaders(t *testing.T) {
	all := clusters.Start(t, "east", "west")
	w := newWorkspace(t, all)
	w.mustRun(t, "collect", "--token=skip")
	w.mustRun(t, "render", "--apply")
	account := &corev1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{Name: "istio-reader-service-account"}}
	must(t)(client(t, all[0]).CoreV1().ServiceAccounts(istioNamespace).Create(t.Context(), account, metav1.CreateOptions{}))
	token := &corev1.Secret{Type: corev1.SecretTypeServiceAccountToken, ObjectMeta: metav1.ObjectMeta{
		Name:        "istio-reader-service-account-istio-remote-secret-token",
		Annotations: map[string]string{corev1.ServiceAccountNameKey: account.Name}}}
	must(t)(client(t, all[0]).CoreV1().Secrets(istioNamespace).Create(t.Context(), token, metav1.CreateOptions{}))
	w.write(t, "mesh.yaml", strings.Replace(w.read(t, "mesh.yaml"), "spec:\n", "spec:\n  links: [{from: [east], to: [west]}]\n", 1))

	for _, args := range [][]string{{"check"}, {"credentials", "status", "--live"}} {
		said := w.run(t, args...)
		for _, want := range []string{"delete secret istio-reader-service-account-istio-remote-secret-token", "delete secret mesh-reader-west-token-1"} {
			if !strings.Contains(said.stdout+said.stderr, want) {
				t.Errorf("%q does not say %q:\n%s%s", args, want, said.stdout, said.stderr)
			}
		}
	}
}
