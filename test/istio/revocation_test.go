package istio

import (
	"context"
	"fmt"
	"testing"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"
)

// testRevocation revokes the token of an istiod whose cluster cannot be reached from here, so that it keeps its remote
// secret. No new request gets in with the token; the watches that are open go on, and bring what changes after that.
// This is how Kubernetes is, and what docs/credentials.md has to say.
func (m *mesh) testRevocation(t *testing.T) {
	reader := m.readerOf(t, "west", "east")
	m.withoutContext(t, "admin@west")
	got := m.run(t, "credentials", "revoke", "--link=west-east", "--apply")
	if got.code != 3 {
		t.Errorf("exit code: got %d, want 3", got.code)
	}
	got.wantSaid(t, "warning: west: not done: remove Secret istio-system/istio-remote-secret-east: ",
		"west-east is revoked for new requests; its established watches could not be closed\n")
	eventually(t, "no new request gets in", func(ctx context.Context) error {
		_, err := reader.CoreV1().Namespaces().List(ctx, metav1.ListOptions{})
		if !apierrors.IsUnauthorized(err) {
			return fmt.Errorf("got %w", err)
		}
		return nil
	})

	m.wantReads(t, "192.0.2.11")
}

// readerOf is a client with what the remote secret of a cluster holds now.
func (m *mesh) readerOf(t *testing.T, consumer, target string) *kubernetes.Clientset {
	t.Helper()
	all := m.client(t, consumer).CoreV1().Secrets(istioNamespace)
	secret, err := all.Get(t.Context(), "istio-remote-secret-"+target, metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	config, err := clientcmd.RESTConfigFromKubeConfig(secret.Data[target])
	if err != nil {
		t.Fatal(err)
	}
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// withoutContext takes a context out of the kubeconfig: the cluster is at another site.
func (w workspace) withoutContext(t *testing.T, name string) {
	t.Helper()
	config, err := clientcmd.LoadFromFile(w.kubeconfig)
	if err != nil {
		t.Fatal(err)
	}
	delete(config.Contexts, name)
	if err := clientcmd.WriteToFile(*config, w.kubeconfig); err != nil {
		t.Fatal(err)
	}
}

// addEndpoint adds one to the sample's service.
func (m *mesh) addEndpoint(t *testing.T, cluster, address string) {
	t.Helper()
	all := m.client(t, cluster).DiscoveryV1().EndpointSlices("sample")
	slice, err := all.Get(t.Context(), sliceName("helloworld"), metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	slice.Endpoints = append(slice.Endpoints, newEndpoint(address))
	if _, err := all.Update(t.Context(), slice, metav1.UpdateOptions{}); err != nil {
		t.Fatal(err)
	}
}
