package apply

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// TestUnmanaged lists what istiod reads and the mesh did not create, and nothing of another namespace.
func TestUnmanaged(t *testing.T) {
	server := newCluster(t)
	for _, text := range []string{
		"{namespace: istio-system, name: ours, labels: {istio/multiCluster: 'true', app.kubernetes.io/managed-by: kubectl-mesh, kubectl-mesh.dev/mesh: shop}}}",
		"{namespace: istio-system, name: of-another-mesh, labels: {istio/multiCluster: 'true', app.kubernetes.io/managed-by: kubectl-mesh, " +
			"kubectl-mesh.dev/mesh: bank}}, data: {west: '', east: ''}}",
		"{namespace: istio-system, name: google, labels: {istio/multiCluster: 'true', istio.io/owned-by: mesh.googleapis.com}}, data: {north: ''}}",
		"{namespace: istio-system, name: empty, labels: {istio/multiCluster: 'true'}}}",
		"{namespace: istio-system, name: no-remote-secret}}",
		"{namespace: other, name: elsewhere, labels: {istio/multiCluster: 'true'}}}",
	} {
		server.Put("{apiVersion: v1, kind: Secret, metadata: " + text)
	}
	found, err := begin(t, server).Unmanaged(t.Context())
	want := []Unmanaged{
		{Ref: secret("empty")}, {Ref: secret("google"), Google: true, Clusters: []string{"north"}},
		{Ref: secret("of-another-mesh"), Clusters: []string{"east", "west"}},
	}
	if diff := cmp.Diff(want, found); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	server.On(apierrors.NewForbidden(schema.GroupResource{Resource: "secrets"}, "", errors.New("no")), "list secrets istio-system")
	if _, err := begin(t, server).Unmanaged(t.Context()); said(err) != "list remote secrets: secrets is forbidden: no" {
		t.Errorf("got %v", err)
	}
}
