package render_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"
	"sigs.k8s.io/yaml"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/kubeconfig"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/render"
)

// Apart from our two labels every remote Secret is what `istioctl create-remote-secret` prints
// for the same cluster, and there is none besides.
func TestRemoteSecretsAreThoseOfIstioctl(t *testing.T) {
	eachScenario(t, func(t *testing.T, s scenario) {
		if s.name == "federated" {
			return // istioctl makes no such Secrets
		}
		for _, consumer := range s.clusters() {
			want := []corev1.Secret{}
			for _, target := range wantReads(s, consumer) {
				token := s.Credentials[access.Pair{Target: target, Consumer: consumer}].Token
				want = append(want, istioctlSecret(t, cluster(t, s.Input, target), cluster(t, s.Input, consumer), token))
			}
			stream := yamlOf(t, compile(t, s.Input, consumer, render.Options{Secrets: true}))
			if diff := cmp.Diff(want, remoteSecrets(t, stream)); diff != "" {
				t.Errorf("%s (-istioctl +ours):\n%s", consumer, diff)
			}
		}
	})
}

// wantReads says which API servers a cluster's control plane reads, without asking the graph:
// those of all others, except where a scenario is about something else.
func wantReads(s scenario, consumer string) []string {
	special := map[string]map[string][]string{
		"gke-three-regions":    {"central": {"east", "west"}},
		"shared-control-plane": {"cluster1": {"cluster2"}},
		"mixed-topologies":     {"north": {"edge", "shore", "south"}},
		"gke-fleet":            {},
		"external-readers":     {}, // what a store keeps is not rendered
		"behind-nat":           {}, // the same
		"federated":            {},
		"solo-ambient":         {},
		"solo-flat":            {},
		"every-field":          {"east": {"west"}, "west": {"east"}, "edge": {"east"}},
		"firewalls":            {"north": {"shop", "south"}, "south": {"north", "shop"}, "shop": {"north", "south"}, "edge": {"shop"}, "abroad": {"north"}},
		"hub-and-spoke":        {"hub": {"spoke-a", "spoke-b", "spoke-c"}, "spoke-a": {"hub"}, "spoke-b": {"hub"}, "spoke-c": {"hub"}},
		"admission-policy":     {"east": {"edge", "west"}, "west": {"east", "edge"}},
		"rotation":             {"west": {"east"}},
		"one-way":              {"shop-a": {"core"}, "shop-b": {"core"}, "core": {"vault"}},
	}
	if reads, ok := special[s.name]; ok {
		return reads[consumer]
	}
	return slices.DeleteFunc(s.clusters(), func(name string) bool { return name == consumer })
}

func cluster(t testing.TB, in render.Input, name string) *v1alpha1.Cluster {
	t.Helper()
	cluster, ok := in.Graph.Cluster(name)
	if !ok {
		t.Fatalf("no cluster %s", name)
	}
	return cluster
}

// istioctlSecret is made by hand after istio istioctl/pkg/multicluster/remote_secret.go: no type,
// and the kubeconfig as text, as clientcmd writes it.
func istioctlSecret(t testing.TB, target, consumer *v1alpha1.Cluster, token kubeconfig.Token) corev1.Secret {
	t.Helper()
	name, server := target.ID(), target.API.Server
	if server == "" {
		server = "https://" + target.GKE.Endpoints.Private
		if consumer.GKE == nil || consumer.GKE.VPC != target.GKE.VPC { // from where that address is out of reach
			server = "https://" + target.GKE.Endpoints.Public
		}
	}
	text, err := clientcmd.Write(clientcmdapi.Config{
		Clusters: map[string]*clientcmdapi.Cluster{name: {
			Server:                   server,
			CertificateAuthorityData: target.API.CertificateAuthorityData,
			TLSServerName:            target.API.TLSServerName,
			ProxyURL:                 target.API.ProxyURL, // istioctl copies none
		}},
		AuthInfos:      map[string]*clientcmdapi.AuthInfo{name: {Token: token.Reveal()}},
		Contexts:       map[string]*clientcmdapi.Context{name: {Cluster: name, AuthInfo: name}},
		CurrentContext: name,
	})
	if err != nil {
		t.Fatal(err)
	}
	return corev1.Secret{
		TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "Secret"},
		ObjectMeta: metav1.ObjectMeta{
			Name:        "istio-remote-secret-" + target.Name,
			Namespace:   consumer.Istio.Namespace,
			Labels:      map[string]string{"istio/multiCluster": "true"},
			Annotations: map[string]string{"networking.istio.io/cluster": name},
		},
		StringData: map[string]string{name: string(text)},
	}
}

// remoteSecrets returns the Secrets of a stream that istiod would look at, in their order,
// without the labels that are ours.
func remoteSecrets(t testing.TB, stream []byte) []corev1.Secret {
	t.Helper()
	found := []corev1.Secret{}
	for _, doc := range documents(stream) {
		if objects(t, doc)[0].at("metadata", "labels", "istio/multiCluster") == nil {
			continue
		}
		var secret corev1.Secret
		if err := yaml.UnmarshalStrict(doc, &secret); err != nil {
			t.Fatal(err)
		}
		delete(secret.Labels, access.LabelManagedBy)
		delete(secret.Labels, access.LabelMesh)
		found = append(found, secret)
	}
	return found
}

// The text that istiod gets, spelled out.
func TestRemoteSecretText(t *testing.T) {
	in := pair(t)
	in.Credentials[access.Pair{Target: "west", Consumer: "east"}] = kubeconfig.Credential{Token: parseToken(t, "FAKE")}
	overlay := compile(t, in, "east", render.Options{Secrets: true})
	want := `apiVersion: v1
kind: Secret
metadata:
  annotations:
    networking.istio.io/cluster: west
  labels:
    app.kubernetes.io/managed-by: kubectl-mesh
    istio/multiCluster: "true"
    kubectl-mesh.dev/mesh: test
  name: istio-remote-secret-west
  namespace: istio-system
stringData:
  west: |
    apiVersion: v1
    clusters:
    - cluster:
        server: https://203.0.113.20
      name: west
    contexts:
    - context:
        cluster: west
        user: west
      name: west
    current-context: west
    kind: Config
    users:
    - name: west
      user:
        token: FAKE
`
	docs := documents(yamlOf(t, overlay))
	for _, doc := range docs {
		if objects(t, doc)[0].at("metadata", "name") == "istio-remote-secret-west" {
			if diff := cmp.Diff(want, string(doc)); diff != "" {
				t.Error(diff)
			}
			return
		}
	}
	t.Errorf("none among %d documents", len(docs))
}

// istiod skips an entry with its own ID; one that is there anyway says that somebody mixed up
// clusters.
func TestNoClusterReadsItself(t *testing.T) {
	in := load(t, `
  links:
  - from: [remote, other]
    to: ["*"]
  - between: ["*"]
  clusters:
  - {name: primary, api: {server: "https://203.0.113.1"}, gateway: {addresses: [203.0.113.9]}}
  - {name: remote, controlPlane: primary, api: {server: "https://203.0.113.2"}}
  - {name: other, controlPlane: other, api: {server: "https://203.0.113.3"}}
`)
	want := map[string][]string{"primary": {"other", "remote"}, "remote": nil, "other": {"primary", "remote"}}
	for consumer, targets := range want {
		var got []string
		for _, secret := range remoteSecrets(t, yamlOf(t, compile(t, in, consumer, render.Options{Secrets: true}))) {
			for key := range secret.StringData {
				got = append(got, key)
			}
		}
		if diff := cmp.Diff(targets, got); diff != "" {
			t.Errorf("%s reads (-want +got):\n%s", consumer, diff)
		}
	}
}
