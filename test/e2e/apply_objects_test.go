package e2e

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/yaml"
	"k8s.io/client-go/discovery"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/restmapper"

	"github.com/kubectl-mesh/kubectl-mesh/test/e2e/clusters"
)

// objectClient reaches objects of every kind that a cluster has by now.
type objectClient struct {
	mapper  meta.RESTMapper
	objects dynamic.Interface
}

func newObjectClient(t *testing.T, c *clusters.Cluster) objectClient {
	t.Helper()
	discoverer, err := discovery.NewDiscoveryClientForConfig(c.Config())
	if err != nil {
		t.Fatal(err)
	}
	groups, err := restmapper.GetAPIGroupResources(discoverer)
	if err != nil {
		t.Fatal(err)
	}
	objects, err := dynamic.NewForConfig(c.Config())
	if err != nil {
		t.Fatal(err)
	}
	return objectClient{restmapper.NewDiscoveryRESTMapper(groups), objects}
}

// of is where the cluster keeps an object.
func (o objectClient) of(t *testing.T, object *unstructured.Unstructured) dynamic.ResourceInterface {
	t.Helper()
	kind := object.GroupVersionKind()
	mapping, err := o.mapper.RESTMapping(kind.GroupKind(), kind.Version)
	if err != nil {
		t.Fatal(err)
	}
	return o.objects.Resource(mapping.Resource).Namespace(object.GetNamespace())
}

// remove removes an object that may be gone: the token Secret of an account that Istio's charts would bring goes by itself.
func (o objectClient) remove(t *testing.T, object *unstructured.Unstructured) {
	t.Helper()
	err := o.of(t, object).Delete(t.Context(), object.GetName(), metav1.DeleteOptions{})
	if err != nil && !apierrors.IsNotFound(err) {
		t.Errorf("remove %s %s: %v", object.GetKind(), object.GetName(), err)
	}
}

// applyObjects does what `kubectl apply --server-side --validate=strict -f -` does, and returns the objects.
func applyObjects(t *testing.T, c *clusters.Cluster, text string) []*unstructured.Unstructured {
	t.Helper()
	kinds, objects := newObjectClient(t, c), decodeObjects(t, text)
	force := true
	options := metav1.PatchOptions{FieldManager: "kubectl", Force: &force, FieldValidation: metav1.FieldValidationStrict}
	for _, object := range objects {
		content, err := object.MarshalJSON()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := kinds.of(t, object).Patch(t.Context(), object.GetName(), types.ApplyPatchType, content, options); err != nil {
			t.Fatalf("apply %s %s/%s: %v", object.GetKind(), object.GetNamespace(), object.GetName(), err)
		}
	}
	return objects
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
