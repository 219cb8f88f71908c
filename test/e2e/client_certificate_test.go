package e2e

import (
	"context"
	"os"
	"strings"
	"testing"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/kubeconfig"
	"github.com/kubectl-mesh/kubectl-mesh/test/e2e/clusters"
)

// TestClientCertificate: the key is made where west is, the certificate where east is, and nothing secret travels.
func TestClientCertificate(t *testing.T) {
	all := clusters.Start(t, "east", "west")
	east := all[0]
	w := newWorkspace(t, all)
	w.write(t, "mesh.yaml", `apiVersion: kubectl-mesh.dev/v1alpha1
kind: Mesh
metadata: {name: shop}
spec:
  trust: {ca: {provider: none}}
  reader: {allowNonExpiring: true}
  links: [{from: [west], to: [east]}]
  clusters:
  - {name: east, context: admin@east, reader: {auth: clientCertificate}}
  - {name: west, context: admin@west}
  waivers: [{rule: MESH006, reason: all on one machine}]
`)
	w.mustRun(t, "collect")

	fingerprint := strings.TrimSpace(w.mustRun(t, "credentials", "request", "--from", "west", "--to", "east").stdout)
	approve := []string{"credentials", "approve", w.path("west-east.csr"), "--from", "west", "--cluster", "east"}
	w.run(t, approve...).wantCode(t, 2)
	w.run(t, append(approve, "--fingerprint", "SHA256:00")...).wantCode(t, 2)
	t.Run("a request for more than a name", func(t *testing.T) { refuseOther(t, w) })
	w.mustRun(t, append(approve, "--fingerprint", fingerprint)...)
	// Somebody else approved it, or the answer was lost: the request is taken up again.
	w.mustRun(t, append(approve, "--fingerprint", fingerprint)...)

	w.mustRun(t, "render", "--apply")
	w.mustRun(t, "render", "--apply").wantSaid(t, "west: 0 created, 0 changed")
	reader := secretClient(t, all[1])
	checkReader(t, reader)
	w.unverified(t)

	if err := client(t, east).RbacV1().ClusterRoleBindings().Delete(t.Context(), "mesh-reader-west", metav1.DeleteOptions{}); err != nil {
		t.Fatal(err)
	}
	// The API server's own view of the bindings follows a moment later.
	eventually(t, "the reader without its binding is refused", func(ctx context.Context) bool {
		_, err := reader.CoreV1().Pods("").List(ctx, metav1.ListOptions{})
		return apierrors.IsForbidden(err)
	})
}

// refuseOther: a certificate for another user would open what that user may do.
func refuseOther(t *testing.T, w workspace) {
	key, err := kubeconfig.NewClientKey()
	if err != nil {
		t.Fatal(err)
	}
	request, err := kubeconfig.NewClientRequest(key, "system:admin")
	if err != nil {
		t.Fatal(err)
	}
	file := w.path("other.csr")
	if err := os.WriteFile(file, request, 0o600); err != nil {
		t.Fatal(err)
	}
	got := w.run(t, "credentials", "approve", file, "--from", "west", "--cluster", "east", "--fingerprint", "SHA256:00")
	got.wantCode(t, 2)
	got.wantSaid(t, `it requests user "system:admin", not "mesh:west"`)
}

// secretClient is a client of the remote kubeconfig that a cluster has of east.
func secretClient(t *testing.T, c *clusters.Cluster) *kubernetes.Clientset {
	t.Helper()
	return remoteClient(t, c, "east")
}

// remoteClient is a client of the remote kubeconfig that a cluster has of another one.
func remoteClient(t *testing.T, c *clusters.Cluster, target string) *kubernetes.Clientset {
	t.Helper()
	secret, err := client(t, c).CoreV1().Secrets(istioNamespace).Get(t.Context(), "istio-remote-secret-"+target, metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	config, err := clientcmd.RESTConfigFromKubeConfig(secret.Data[target])
	if err != nil {
		t.Fatal(err)
	}
	kube, err := kubernetes.NewForConfig(config)
	if err != nil {
		t.Fatal(err)
	}
	return kube
}
