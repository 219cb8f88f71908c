package istio

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic"

	"github.com/kubectl-mesh/kubectl-mesh/test/istio/istiod"
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
				m.installExternalSecrets(t, consumer.name)
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

func externalSecrets() schema.GroupVersionResource {
	return schema.GroupVersionResource{Group: "external-secrets.io", Version: "v1", Resource: "externalsecrets"}
}

const externalSecretsDefinition = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: externalsecrets.external-secrets.io}
spec:
  group: external-secrets.io
  scope: Namespaced
  names: {kind: ExternalSecret, plural: externalsecrets, singular: externalsecret, listKind: ExternalSecretList}
  versions:
  - name: v1
    served: true
    storage: true
    schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}
`

// installExternalSecrets lets a cluster know the kind.
func (m *mesh) installExternalSecrets(t *testing.T, cluster string) {
	t.Helper()
	client, err := dynamic.NewForConfig(m.clusters[cluster].Config())
	if err != nil {
		t.Fatal(err)
	}
	objects, err := istiod.Decode([]byte(externalSecretsDefinition))
	if err != nil {
		t.Fatal(err)
	}
	definitions := schema.GroupVersionResource{Group: "apiextensions.k8s.io", Version: "v1", Resource: "customresourcedefinitions"}
	options := metav1.ApplyOptions{FieldManager: "test"}
	if _, err := client.Resource(definitions).Apply(t.Context(), objects[0].GetName(), objects[0], options); err != nil {
		t.Fatal(err)
	}
	eventually(t, cluster+" knows ExternalSecrets", func(ctx context.Context) error {
		_, err := client.Resource(externalSecrets()).Namespace("default").List(ctx, metav1.ListOptions{})
		return err
	})
}

// fillSecret does what the owner of a store and External Secrets do: the token of the target is in the store, the template
// of the ExternalSecret is filled with it, and the consumer has the Secret.
func (m *mesh) fillSecret(t *testing.T, consumer, target member) {
	t.Helper()
	source := "mesh-reader-" + consumer.name + "-token-1"
	issued, err := m.client(t, target.name).CoreV1().Secrets(target.istioNamespace()).Get(t.Context(), source, metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	kinds, err := dynamic.NewForConfig(m.clusters[consumer.name].Config())
	if err != nil {
		t.Fatal(err)
	}
	found, err := kinds.Resource(externalSecrets()).Namespace(consumer.istioNamespace()).Get(t.Context(),
		"istio-remote-secret-"+target.name, metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(found.Object)
	if err != nil {
		t.Fatal(err)
	}
	var external struct {
		Spec struct {
			Target struct {
				Name     string
				Template struct {
					Data     map[string]string
					Metadata struct{ Labels, Annotations map[string]string }
				}
			}
		}
	}
	if err := json.Unmarshal(text, &external); err != nil {
		t.Fatal(err)
	}
	made := external.Spec.Target
	secret := &corev1.Secret{
		ObjectMeta: metav1.ObjectMeta{
			Name:        made.Name,
			Labels:      made.Template.Metadata.Labels,
			Annotations: made.Template.Metadata.Annotations,
		},
		StringData: map[string]string{},
	}
	for key, template := range made.Template.Data {
		secret.StringData[key] = strings.Replace(template, "{{.token|trim}}", string(issued.Data[corev1.ServiceAccountTokenKey]), 1)
	}
	secrets := m.client(t, consumer.name).CoreV1().Secrets(consumer.istioNamespace())
	if _, err := secrets.Create(t.Context(), secret, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
}
