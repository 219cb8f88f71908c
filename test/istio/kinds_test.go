package istio

import (
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-mesh/kubectl-mesh/test/e2e/clusters"
)

// What the kinds of credentials need beside the program: a server of documents, an API server that is configured with
// them, and External Secrets.

// serveDocuments serves the documents of issuers as they are rendered for a cluster, and returns the fields of its reader.
func (m *mesh) serveDocuments(t *testing.T, cluster string) string {
	t.Helper()
	server := httptest.NewTLSServer(http.FileServer(http.Dir(m.path("deploy/authentication/" + cluster))))
	t.Cleanup(server.Close)
	authority := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	return fmt.Sprintf(", discoveryURL: %q, discoveryCertificateAuthorityData: %s", server.URL,
		base64.StdEncoding.EncodeToString(authority))
}

// prepareReaders prepares what is there before mesh.yaml is: its text depends on it.
func (m *mesh) prepareReaders(t *testing.T) {
	t.Helper()
	for i, member := range m.members {
		switch member.auth {
		case "federated":
			m.members[i].reader = m.serveDocuments(t, member.name)
		case "external":
			m.members[i].reader = ", external: {secretStoreRef: {name: vault}}"
			for _, consumer := range m.members {
				clusters.InstallExternalSecrets(t, m.clusters[consumer.name])
			}
		}
	}
}

// finishReaders does what is left when all objects are applied.
func (m *mesh) finishReaders(t *testing.T) {
	t.Helper()
	for _, target := range m.members {
		switch target.auth {
		case "federated":
			m.clusters[target.name].Stop()
			m.clusters[target.name].Restart(t, "--authentication-config="+m.path("deploy/authentication/"+target.name+".yaml"))
		case "external":
			for _, consumer := range m.members {
				if consumer.name != target.name && consumer.calls(target.name) {
					m.fillSecret(t, consumer, target)
				}
			}
		}
	}
}

// fillSecret brings the token of a target to a consumer.
func (m *mesh) fillSecret(t *testing.T, consumer, target member) {
	t.Helper()
	source := "mesh-reader-" + consumer.name + "-token-1"
	issued, err := m.client(t, target.name).CoreV1().Secrets(target.istioNamespace()).Get(t.Context(), source, metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	clusters.FillSecret(t, m.clusters[consumer.name], consumer.istioNamespace(), "istio-remote-secret-"+target.name,
		issued.Data[corev1.ServiceAccountTokenKey])
}
