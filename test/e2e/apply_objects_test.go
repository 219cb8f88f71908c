package e2e

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/util/yaml"
	"k8s.io/client-go/discovery"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/restmapper"

	"github.com/kubectl-mesh/kubectl-mesh/test/e2e/clusters"
)

// applyObjects does what `kubectl apply --server-side -f -` does.
func applyObjects(t *testing.T, c *clusters.Cluster, text string) {
	t.Helper()
	discoverer, err := discovery.NewDiscoveryClientForConfig(c.Config())
	if err != nil {
		t.Fatal(err)
	}
	groups, err := restmapper.GetAPIGroupResources(discoverer)
	if err != nil {
		t.Fatal(err)
	}
	mapper := restmapper.NewDiscoveryRESTMapper(groups)
	objects, err := dynamic.NewForConfig(c.Config())
	if err != nil {
		t.Fatal(err)
	}
	for _, object := range decodeObjects(t, text) {
		kind := object.GroupVersionKind()
		mapping, err := mapper.RESTMapping(kind.GroupKind(), kind.Version)
		if err != nil {
			t.Fatal(err)
		}
		options := metav1.ApplyOptions{FieldManager: "kubectl", Force: true}
		must(t)(objects.Resource(mapping.Resource).Namespace(object.GetNamespace()).Apply(t.Context(), object.GetName(), object, options))
	}
}

func decodeObjects(t *testing.T, text string) []*unstructured.Unstructured {
	t.Helper()
	var objects []*unstructured.Unstructured
	for decoder := yaml.NewYAMLOrJSONDecoder(bytes.NewReader([]byte(text)), 4096); ; {
		object := &unstructured.Unstructured{}
		err := decoder.Decode(&object.Object)
		if errors.Is(err, io.EOF) {
			return objects
		}
		if err != nil {
			t.Fatalf("decode objects: %v", err)
		}
		if object.Object != nil {
			objects = append(objects, object)
		}
	}
}

// sendReaders does what collect tells those to do who have no token yet.
func (w workspace) sendReaders(t *testing.T, c *clusters.Cluster) {
	t.Helper()
	got := w.mustRun(t, "render", "--cluster", c.Name, "--secrets=skip")
	if !strings.Contains(got.stdout, "kind: ServiceAccount") {
		t.Fatalf("the overlay of %s has no reader:\n%s", c.Name, got.stdout)
	}
	applyObjects(t, c, got.stdout)
}
