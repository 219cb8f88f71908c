package istiod

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"testing"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/discovery"
	"k8s.io/client-go/discovery/cached/memory"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/restmapper"

	"github.com/kubectl-mesh/kubectl-mesh/test/e2e/clusters"
)

// InstallRelease installs a chart in a cluster. Nothing starts: as after helm install in a cluster without nodes, only the
// objects are there.
func InstallRelease(t testing.TB, line Line, c *clusters.Cluster, release Release) {
	t.Helper()
	objects, err := line.Template(release)
	if err == nil {
		err = install(t.Context(), c, release.Namespace, objects)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// install applies a release's objects like helm, namespaces and CRDs first. No API server calls istiod, because a
// Service's address does not exist on this machine: validating webhooks are omitted, and injecting ones, which istiod
// completes, get no rules.
func install(ctx context.Context, c *clusters.Cluster, namespace string, objects []*unstructured.Unstructured) error {
	client, err := dynamic.NewForConfig(c.Config())
	if err != nil {
		return fmt.Errorf("make a client for %s: %w", c.Name, err)
	}
	discoverer, err := discovery.NewDiscoveryClientForConfig(c.Config())
	if err != nil {
		return fmt.Errorf("make a client for %s: %w", c.Name, err)
	}
	mapper := restmapper.NewDeferredDiscoveryRESTMapper(memory.NewMemCacheClient(discoverer))
	objects = withoutCalls(objects)
	slices.SortStableFunc(objects, func(a, b *unstructured.Unstructured) int { return cmp.Compare(rank(a), rank(b)) })
	for _, object := range objects {
		if err := installOne(ctx, client, mapper, namespace, object); err != nil {
			return fmt.Errorf("install %s %s in %s: %w", object.GetKind(), object.GetName(), c.Name, err)
		}
	}
	return nil
}

func withoutCalls(objects []*unstructured.Unstructured) []*unstructured.Unstructured {
	var all []*unstructured.Unstructured
	for _, object := range objects {
		switch object.GetKind() {
		case "ValidatingWebhookConfiguration":
			continue
		case "MutatingWebhookConfiguration":
			object = object.DeepCopy()
			webhooks, _, _ := unstructured.NestedSlice(object.Object, "webhooks")
			for _, webhook := range webhooks {
				delete(webhook.(map[string]any), "rules")
			}
			object.Object["webhooks"] = webhooks
		}
		all = append(all, object)
	}
	return all
}

func rank(object *unstructured.Unstructured) int {
	switch object.GetKind() {
	case "Namespace":
		return 0
	case "CustomResourceDefinition":
		return 1
	default:
		return 2
	}
}

func installOne(
	ctx context.Context, client dynamic.Interface, mapper meta.RESTMapper, namespace string, object *unstructured.Unstructured,
) error {
	kind := object.GroupVersionKind()
	mapping, err := mapper.RESTMapping(kind.GroupKind(), kind.Version)
	if err != nil {
		return err
	}
	var resource dynamic.ResourceInterface = client.Resource(mapping.Resource)
	if mapping.Scope.Name() == meta.RESTScopeNameNamespace {
		resource = client.Resource(mapping.Resource).Namespace(cmp.Or(object.GetNamespace(), namespace))
	}
	options := metav1.ApplyOptions{FieldManager: "helm", Force: true}
	_, err = resource.Apply(ctx, object.GetName(), object, options)
	return err
}
