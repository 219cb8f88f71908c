package istio

import (
	"bytes"
	"encoding/json"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"
)

// istioctlAccount is the account of Istio's charts, with whose token istioctl create-remote-secret has a cluster
// read.
const istioctlAccount = "istio-reader-service-account"

// handOver replaces a remote secret by the one that istioctl makes, as kubectl apply leaves it. The istiod that reads
// it starts after that.
func (m *mesh) handOver(t *testing.T, consumer, target string) {
	t.Helper()
	secret := m.istioctlSecret(t, target)
	copied, err := json.Marshal(secret)
	if err != nil {
		t.Fatal(err)
	}
	secret.Annotations[corev1.LastAppliedConfigAnnotation] = string(copied)
	all := m.client(t, "west").CoreV1().Secrets(istioNamespace)
	if err := all.Delete(t.Context(), secret.Name, metav1.DeleteOptions{}); err != nil {
		t.Fatal(err)
	}
	if _, err := all.Create(t.Context(), secret, metav1.CreateOptions{FieldManager: "kubectl-client-side-apply"}); err != nil {
		t.Fatal(err)
	}
	m.restart(t, consumer)
	m.wantSynced(t, m.members...)
	m.wantSeen(t, m.members...)
}

// istioctlSecret is what istioctl create-remote-secret prints (istio istioctl/pkg/multicluster/remote_secret.go).
func (m *mesh) istioctlSecret(t *testing.T, target string) *corev1.Secret {
	t.Helper()
	tokens := m.client(t, target).CoreV1().Secrets(istioNamespace)
	token, err := tokens.Get(t.Context(), istioctlAccount+"-istio-remote-secret-token", metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	text, err := clientcmd.Write(clientcmdapi.Config{
		Clusters: map[string]*clientcmdapi.Cluster{
			target: {Server: m.clusters[target].Server, CertificateAuthorityData: token.Data[corev1.ServiceAccountRootCAKey]},
		},
		AuthInfos: map[string]*clientcmdapi.AuthInfo{
			target: {Token: string(token.Data[corev1.ServiceAccountTokenKey])},
		},
		Contexts:       map[string]*clientcmdapi.Context{target: {Cluster: target, AuthInfo: target}},
		CurrentContext: target,
	})
	if err != nil {
		t.Fatal(err)
	}
	return &corev1.Secret{
		TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "Secret"},
		ObjectMeta: metav1.ObjectMeta{
			Name: "istio-remote-secret-" + target, Namespace: istioNamespace,
			Labels:      map[string]string{"istio/multiCluster": "true"},
			Annotations: map[string]string{"networking.istio.io/cluster": target},
		},
		StringData: map[string]string{target: string(text)},
	}
}

// testSameContent applies a mesh over a remote secret that istioctl create-remote-secret and kubectl apply have made: nothing changes that istiod looks at, so no fault is in the way. The copy with the token in clear,
// which kubectl apply has left, goes with the next apply.
func (m *mesh) testSameContent(t *testing.T) {
	m.handOver(t, "west", "east")
	before, starts := m.remoteSecret(t), m.istiods["west"].Starts()
	stop := m.watch(t, m.members...)
	m.apply(t).wantSaid(t, "west: 0 created, 1 changed, ")
	m.apply(t)
	after := m.remoteSecret(t)
	if !bytes.Equal(before.Data["east"], after.Data["east"]) {
		t.Error("the kubeconfig has changed")
	}
	if after.Labels["app.kubernetes.io/managed-by"] != "kubectl-mesh" {
		t.Errorf("labels: got %v", after.Labels)
	}
	if _, copied := after.Annotations[corev1.LastAppliedConfigAnnotation]; copied {
		t.Error("a copy of the token stands in an annotation")
	}
	hold(t)
	wantNone(t, stop())
	if got := m.istiods["west"].Starts(); got != starts {
		t.Errorf("starts of istiod: got %d, want %d", got, starts)
	}
}

// testOtherContent: the remote secret, which is somebody else's again, gets the token of an account of its own.
func (m *mesh) testOtherContent(t *testing.T) {
	m.members[0].account = ""
	m.handOver(t, "west", "east")
	m.writeMesh(t, m.members...)
	before := m.remoteSecret(t)
	refused := func(said []string, args ...string) {
		t.Helper()
		got := m.run(t, append([]string{"render", "--apply", "--with-sample"}, args...)...)
		if got.code != 1 {
			t.Errorf("exit code: got %d, want 1", got.code)
		}
		got.wantSaid(t, append(said, "hint: nothing was changed in any cluster\n")...)
		if after := m.remoteSecret(t); after.ResourceVersion != before.ResourceVersion {
			t.Errorf("version of the remote secret: got %s, want %s", after.ResourceVersion, before.ResourceVersion)
		}
	}
	refused([]string{
		"west: Secret istio-system/istio-remote-secret-east: ", `conflict with "kubectl-client-side-apply"`, "--force-conflicts",
	})
	if faulty(m.line) {
		said := []string{"west: changing the remote secret of east triggers known faults", "--accept-restart"}
		refused(said, "--force-conflicts")
	}
	starts := m.istiods["west"].Starts()
	stop := m.watch(t, m.members...)
	m.apply(t, append(m.acceptRestart(), "--force-conflicts")...).
		wantSaid(t, "west: 1 pod of istiod synced, with at least the ", " in east known before, for 1m0s\n")
	if after := m.remoteSecret(t); bytes.Equal(before.Data["east"], after.Data["east"]) {
		t.Error("the kubeconfig has not changed")
	}
	wantNone(t, stop())
	m.wantSynced(t, m.members...)
	m.wantSeen(t, m.members...)
	if restarted := m.istiods["west"].Starts() > starts; restarted != faulty(m.line) {
		t.Errorf("istiod was restarted: got %t, want %t", restarted, faulty(m.line))
	}
}

// remoteSecret is the one that west has for east.
func (m *mesh) remoteSecret(t *testing.T) *corev1.Secret {
	t.Helper()
	all := m.client(t, "west").CoreV1().Secrets(istioNamespace)
	secret, err := all.Get(t.Context(), "istio-remote-secret-east", metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return secret
}
