package e2e

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes"

	"github.com/kubectl-mesh/kubectl-mesh/test/e2e/clusters"
)

const istioNamespace = "istio-system"

func client(t testing.TB, c *clusters.Cluster) *kubernetes.Clientset {
	t.Helper()
	set, err := kubernetes.NewForConfig(c.Config())
	if err != nil {
		t.Fatalf("make a client: %v", err)
	}
	return set
}

// istiod is what an installation of Istio leaves of a revision: its Deployment and its mesh configuration.
type istiod struct {
	revision, image, clusterID, meshConfig string
}

func (i istiod) name(of string) string {
	if i.revision == "" {
		return of
	}
	return of + "-" + i.revision
}

func (i istiod) install(t *testing.T, c *clusters.Cluster) {
	t.Helper()
	kube := client(t, c)
	createIstioNamespace(t, c)
	config := &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: i.name("istio")}, Data: map[string]string{"mesh": i.meshConfig}}
	must(t)(kube.CoreV1().ConfigMaps(istioNamespace).Create(t.Context(), config, metav1.CreateOptions{}))
	labels := map[string]string{"app": "istiod"}
	must(t)(kube.AppsV1().Deployments(istioNamespace).Create(t.Context(), &appsv1.Deployment{
		ObjectMeta: metav1.ObjectMeta{Name: i.name("istiod"), Labels: labels},
		Spec: appsv1.DeploymentSpec{
			Selector: &metav1.LabelSelector{MatchLabels: labels},
			Template: corev1.PodTemplateSpec{
				ObjectMeta: metav1.ObjectMeta{Labels: labels},
				Spec: corev1.PodSpec{Containers: []corev1.Container{{
					Name: "discovery", Image: i.image, Env: []corev1.EnvVar{{Name: "CLUSTER_ID", Value: i.clusterID}},
				}}},
			},
		},
	}, metav1.CreateOptions{}))
}

// must returns a function that fails the test when the call in its parentheses failed.
func must(t testing.TB) func(object any, err error) {
	return func(_ any, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
}

func createIstioNamespace(t *testing.T, c *clusters.Cluster) {
	t.Helper()
	object := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: istioNamespace}}
	_, err := client(t, c).CoreV1().Namespaces().Create(t.Context(), object, metav1.CreateOptions{})
	if err != nil && !apierrors.IsAlreadyExists(err) {
		t.Fatal(err)
	}
}

// labelNetwork names the network of a cluster.
func labelNetwork(t *testing.T, c *clusters.Cluster, network string) {
	t.Helper()
	patch := `{"metadata":{"labels":{"topology.istio.io/network":"` + network + `"}}}`
	must(t)(client(t, c).CoreV1().Namespaces().Patch(t.Context(), istioNamespace, types.MergePatchType, []byte(patch), metav1.PatchOptions{}))
}

// publishRoots writes the roots that workloads are to trust.
func publishRoots(t *testing.T, c *clusters.Cluster, roots ...[]byte) {
	t.Helper()
	var text []byte
	for _, root := range roots {
		text = append(text, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: root})...)
	}
	object := &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: "istio-ca-root-cert"}, Data: map[string]string{"root-cert.pem": string(text)}}
	must(t)(client(t, c).CoreV1().ConfigMaps(istioNamespace).Create(t.Context(), object, metav1.CreateOptions{}))
}

// newRoot returns a self-signed certificate as DER.
func newRoot(t *testing.T) []byte {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test root"},
		NotBefore: time.Now(), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true}
	root, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return root
}

func addNode(t *testing.T, c *clusters.Cluster, name string, podCIDRs ...string) {
	t.Helper()
	object := &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: name}, Spec: corev1.NodeSpec{PodCIDR: podCIDRs[0], PodCIDRs: podCIDRs}}
	must(t)(client(t, c).CoreV1().Nodes().Create(t.Context(), object, metav1.CreateOptions{}))
}
