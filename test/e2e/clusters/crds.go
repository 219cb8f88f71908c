package clusters

import (
	"context"
	"fmt"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/discovery"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/restmapper"
)

// applyCRDs applies the CRDs to a cluster and returns when clients can use them.
func (c *Cluster) applyCRDs(ctx context.Context, crds []*unstructured.Unstructured) error {
	client, err := dynamic.NewForConfig(c.Config())
	if err != nil {
		return fmt.Errorf("make a client for %s: %w", c.Name, err)
	}
	for _, crd := range crds {
		options := metav1.ApplyOptions{FieldManager: "test-clusters", Force: true}
		if _, err := client.Resource(crdResource()).Apply(ctx, crd.GetName(), crd, options); err != nil {
			return fmt.Errorf("apply %s to %s: %w", crd.GetName(), c.Name, err)
		}
	}
	return await(ctx, c.apiServer, func(ctx context.Context) error { return c.offers(ctx, client, crds) })
}

func crdResource() schema.GroupVersionResource {
	return schema.GroupVersionResource{Group: "apiextensions.k8s.io", Version: "v1", Resource: "customresourcedefinitions"}
}

// removeCRDs removes the CRDs from a cluster and returns when clients find none of them.
func (c *Cluster) removeCRDs(ctx context.Context, crds []*unstructured.Unstructured) error {
	client, err := dynamic.NewForConfig(c.Config())
	if err != nil {
		return fmt.Errorf("make a client for %s: %w", c.Name, err)
	}
	for _, crd := range crds {
		if err := client.Resource(crdResource()).Delete(ctx, crd.GetName(), metav1.DeleteOptions{}); err != nil {
			return fmt.Errorf("remove %s from %s: %w", crd.GetName(), c.Name, err)
		}
	}
	group := definedKind(crds[0]).Group
	return await(ctx, c.apiServer, func(context.Context) error { return c.lacks(group) })
}

// lacks reports whether discovery no longer has a group.
func (c *Cluster) lacks(group string) error {
	discoverer, err := discovery.NewDiscoveryClientForConfig(c.Config())
	if err != nil {
		return fmt.Errorf("make a client for %s: %w", c.Name, err)
	}
	groups, err := discoverer.ServerGroups()
	if err != nil {
		return fmt.Errorf("discover the kinds of %s: %w", c.Name, err)
	}
	for _, offered := range groups.Groups {
		if offered.Name == group {
			return fmt.Errorf("%s still offers %s", c.Name, group)
		}
	}
	return nil
}

// offers reports whether discovery has every kind and each can be listed: discovery and handlers learn of a new CRD
// independently.
func (c *Cluster) offers(ctx context.Context, client dynamic.Interface, crds []*unstructured.Unstructured) error {
	discoverer, err := discovery.NewDiscoveryClientForConfig(c.Config())
	if err != nil {
		return fmt.Errorf("make a client for %s: %w", c.Name, err)
	}
	groups, err := restmapper.GetAPIGroupResources(discoverer)
	if err != nil {
		return fmt.Errorf("discover the kinds of %s: %w", c.Name, err)
	}
	mapper := restmapper.NewDiscoveryRESTMapper(groups)
	for _, crd := range crds {
		mapping, err := mapper.RESTMapping(definedKind(crd))
		if err != nil {
			return fmt.Errorf("find %s in %s: %w", crd.GetName(), c.Name, err)
		}
		if _, err := client.Resource(mapping.Resource).List(ctx, metav1.ListOptions{Limit: 1}); err != nil {
			return fmt.Errorf("list %s of %s: %w", crd.GetName(), c.Name, err)
		}
	}
	return nil
}

func definedKind(crd *unstructured.Unstructured) schema.GroupKind {
	group, _, _ := unstructured.NestedString(crd.Object, "spec", "group")
	kind, _, _ := unstructured.NestedString(crd.Object, "spec", "names", "kind")
	return schema.GroupKind{Group: group, Kind: kind}
}
