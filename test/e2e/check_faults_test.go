package e2e

import (
	"os"
	"strings"
	"testing"
	"time"

	authenticationv1 "k8s.io/api/authentication/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
)

// oldToken is a token of the reader of east in west that the API server accepts, and that ends soon.
func (m *checkMesh) oldToken(t *testing.T) string {
	t.Helper()
	west := m.all[2]
	request, err := client(t, west).CoreV1().ServiceAccounts(istioNamespace).CreateToken(t.Context(), "mesh-reader-east",
		&authenticationv1.TokenRequest{}, metav1.CreateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	token, err := west.Reissue(request.Status.Token, func(claims map[string]any) {
		claims["iat"], claims["nbf"] = time.Now().Add(-time.Hour).Unix(), time.Now().Add(-time.Hour).Unix()
		claims["exp"] = time.Now().Add(10 * time.Minute).Unix()
	})
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// testOldToken: the remote secret was rendered with a requested token.
func (m *checkMesh) testOldToken(t *testing.T) {
	m.write(t, "credentials/west/east/token", m.oldToken(t)+"\n")
	m.write(t, "credentials/north/east/token", secretTokenOf(t, m, 1))
	applyObjects(t, m.all[0], m.mustRun(t, "render", "--cluster", "east").stdout)
	if err := os.RemoveAll(m.path("credentials")); err != nil {
		t.Fatal(err)
	}
	r, got := m.wantOpen(t, "CHECK018 warning east west")
	got.wantCode(t, 0)
	remedy := r.wantReason(t, "CHECK018", "east", "west", "its credential expires in ")
	collect, apply, both := strings.Cut(remedy, ", then: ")
	if !both {
		t.Fatalf("remedy: got %q", remedy)
	}
	for _, command := range []string{collect, apply} {
		args, _ := strings.CutPrefix(command, "kubectl mesh ")
		m.applies(t, strings.Fields(args)...)
	}
	for _, made := range []string{"credentials", "clusters"} { // what was collected is for other tests no matter
		if err := os.RemoveAll(m.path(made)); err != nil {
			t.Fatal(err)
		}
	}
	m.wantOpen(t)
}

// secretTokenOf is the token with which east reads another cluster.
func secretTokenOf(t *testing.T, m *checkMesh, i int) string {
	t.Helper()
	return string(secrets(t, m.all[i])["mesh-reader-east-token-1"].Data[corev1.ServiceAccountTokenKey])
}

// testDoubled: somebody has made another remote secret for west.
func (m *checkMesh) testDoubled(t *testing.T) {
	again := &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Name: "by-hand", Labels: map[string]string{"istio/multiCluster": "true"}},
		Data: secrets(t, m.all[0])["istio-remote-secret-west"].Data}
	kube := client(t, m.all[0]).CoreV1().Secrets(istioNamespace)
	must(t)(kube.Create(t.Context(), again, metav1.CreateOptions{}))
	r, got := m.wantOpen(t, "CHECK009 warning east", "CHECK011 failed east")
	got.wantCode(t, 1)
	remedy := r.wantReason(t, "CHECK011", "east", "", "cluster west is in the Secrets by-hand, istio-remote-secret-west: istiod ignores all but one")
	if want := "keep istio-remote-secret-west, and delete what is not needed: kubectl --context=admin@east -n istio-system delete secret by-hand"; remedy != want {
		t.Errorf("remedy: got %q, want %q", remedy, want)
	}
	if err := kube.Delete(t.Context(), again.Name, metav1.DeleteOptions{}); err != nil { // as the hint says
		t.Fatal(err)
	}
	m.wantOpen(t)
}

// testClusterID: the control plane of west has another name than its peers know it by.
func (m *checkMesh) testClusterID(t *testing.T) {
	name := func(id string) {
		t.Helper()
		patch := `{"spec":{"template":{"spec":{"containers":[{"name":"discovery","env":[{"name":"CLUSTER_ID","value":"` + id + `"}]}]}}}}`
		must(t)(client(t, m.all[2]).AppsV1().Deployments(istioNamespace).Patch(t.Context(), "istiod", types.StrategicMergePatchType, []byte(patch), metav1.PatchOptions{}))
	}
	name("gke-west")
	r, got := m.wantOpen(t, "CHECK004 failed west")
	got.wantCode(t, 1)
	remedy := r.wantReason(t, "CHECK004", "west", "", `its control plane has cluster ID "gke-west", but its peers use "west"`)
	if want := "set it in the values of the chart istiod: global.multiCluster.clusterName=west"; remedy != want {
		t.Errorf("remedy: got %q, want %q", remedy, want)
	}
	name("west") // as the chart would
	m.wantOpen(t)
}
