package e2e

import (
	"context"
	"encoding/base64"
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	authenticationv1 "k8s.io/api/authentication/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"

	"github.com/kubectl-mesh/kubectl-mesh/test/e2e/clusters"
)

// TestFederated has west trust the issuer of east by the rendered configuration and documents, while nobody can reach
// east: the istiod of east reads west without any credential, and nobody else does.
func TestFederated(t *testing.T) {
	all := clusters.Start(t, "east", "west")
	east, west := all[0], all[1]
	w := newWorkspace(t, all)
	documents := httptest.NewTLSServer(http.FileServer(http.Dir(w.path("deploy/authentication/west"))))
	t.Cleanup(documents.Close)
	authority := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: documents.Certificate().Raw})
	w.write(t, "mesh.yaml", `apiVersion: kubectl-mesh.dev/v1alpha1
kind: Mesh
metadata: {name: shop}
spec:
  trust: {ca: {provider: none}}
  reader: {allowNonExpiring: true}
  links: [{from: [east], to: [west]}]
  clusters:
  - {name: east, context: admin@east}
  - name: west
    context: admin@west
    reader: {auth: federated, discoveryURL: "`+documents.URL+`", discoveryCertificateAuthorityData: `+base64.StdEncoding.EncodeToString(authority)+`}
  waivers: [{rule: MESH006, reason: all on one machine}]
`)
	w.mustRun(t, "collect")
	w.mustRun(t, "render", "--output-dir", "deploy")
	w.mustRun(t, "render", "--apply")
	w.mustRun(t, "render", "--apply").wantSaid(t, "east: 0 created, 0 changed")

	w.wantFederated(t, east, west)
}

// wantFederated has west trust what a workspace has rendered for it: the istiod of east reads it, and nobody else does.
func (w workspace) wantFederated(t *testing.T, east, west *clusters.Cluster) {
	t.Helper()
	istiod := accountToken(t, east, "istiod", "kubectl-mesh.dev/shop/east/west")
	elsewhere := accountToken(t, east, "istiod", "kubectl-mesh.dev/shop/east/north")
	other := accountToken(t, east, "default", "kubectl-mesh.dev/shop/east/west")
	secret, err := client(t, east).CoreV1().Secrets(istioNamespace).Get(t.Context(), "istio-remote-secret-west", metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	west.Stop()
	west.Restart(t, "--authentication-config="+w.path("deploy/authentication/west.yaml"))
	east.Kill()

	reader := withTokenFile(t, secret, istiod)
	eventually(t, "west knows the istiod of east", func(ctx context.Context) bool {
		_, err := reader.CoreV1().Pods("").List(ctx, metav1.ListOptions{})
		return err == nil
	})
	checkReader(t, reader)
	for name, token := range map[string]string{"for another reading": elsewhere, "of another account": other} {
		if _, err := withTokenFile(t, secret, token).CoreV1().Pods("").List(t.Context(), metav1.ListOptions{}); !apierrors.IsUnauthorized(err) {
			t.Errorf("a token %s: got %v, want unauthorized", name, err)
		}
	}
}

// checkReader: the rights of a reader, and no more.
func checkReader(t *testing.T, reader *kubernetes.Clientset) {
	t.Helper()
	_, services := reader.CoreV1().Services("").List(t.Context(), metav1.ListOptions{})
	_, namespaces := reader.CoreV1().Namespaces().List(t.Context(), metav1.ListOptions{})
	_, slices := reader.DiscoveryV1().EndpointSlices("").List(t.Context(), metav1.ListOptions{})
	for what, err := range map[string]error{"services": services, "namespaces": namespaces, "endpointslices": slices} {
		if err != nil {
			t.Errorf("list %s: %v", what, err)
		}
	}
	_, configs := reader.CoreV1().ConfigMaps("").List(t.Context(), metav1.ListOptions{})
	_, deployments := reader.AppsV1().Deployments("").List(t.Context(), metav1.ListOptions{})
	_, pods := reader.CoreV1().Pods("default").Create(t.Context(), &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: "p"}}, metav1.CreateOptions{})
	for what, err := range map[string]error{"list configmaps": configs, "list deployments": deployments, "create a pod": pods} {
		if !apierrors.IsForbidden(err) {
			t.Errorf("%s: got %v, want forbidden", what, err)
		}
	}
}

// accountToken is a token as the kubelet would project it.
func accountToken(t *testing.T, c *clusters.Cluster, account, audience string) string {
	t.Helper()
	accounts := client(t, c).CoreV1().ServiceAccounts(istioNamespace)
	_, err := accounts.Create(t.Context(), &corev1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{Name: account}}, metav1.CreateOptions{})
	if err != nil && !apierrors.IsAlreadyExists(err) {
		t.Fatal(err)
	}
	life := int64(3600)
	request, err := accounts.CreateToken(t.Context(), account, &authenticationv1.TokenRequest{
		Spec: authenticationv1.TokenRequestSpec{Audiences: []string{audience}, ExpirationSeconds: &life}}, metav1.CreateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return request.Status.Token
}

// withTokenFile is a client of the remote kubeconfig in a Secret, with the token where the pod of istiod has it.
func withTokenFile(t *testing.T, secret *corev1.Secret, token string) *kubernetes.Clientset {
	t.Helper()
	target := secret.Annotations["networking.istio.io/cluster"]
	config, err := clientcmd.Load(secret.Data[target])
	if err != nil {
		t.Fatal(err)
	}
	if got := config.AuthInfos[target].TokenFile; got != "/var/run/secrets/mesh/"+target+"/token" {
		t.Fatalf("the token is read from %q", got)
	}
	file := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(file, []byte(token), 0o600); err != nil {
		t.Fatal(err)
	}
	config.AuthInfos[target].TokenFile = file
	rest, err := clientcmd.NewDefaultClientConfig(*config, nil).ClientConfig()
	if err != nil {
		t.Fatal(err)
	}
	kube, err := kubernetes.NewForConfig(rest)
	if err != nil {
		t.Fatal(err)
	}
	return kube
}
