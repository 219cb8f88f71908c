package cluster

import (
	"context"
	"strings"
	"sync"

	authorizationv1 "k8s.io/api/authorization/v1"
)

// Permission is an allowed action. A name limits it to a single object.
type Permission struct {
	Verb, Group, Resource, Namespace, Name string
}

// String formats it like kubectl auth can-i: list gateways.gateway.networking.k8s.io.
func (r Permission) String() string {
	text := r.Verb + " " + r.Resource
	if r.Group != "" {
		text += "." + r.Group
	}
	if r.Name != "" {
		text += "/" + r.Name
	}
	if r.Namespace != "" {
		text += " -n " + r.Namespace
	}
	return text
}

// ReaderPermissions returns those without which istiod never finishes syncing a remote cluster: it lists and watches
// each resource. Measured with a real istiod.
func ReaderPermissions(namespace, meshConfig string) []Permission {
	resources := []string{
		"namespaces", "nodes", "pods", "secrets", "services",
		"customresourcedefinitions.apiextensions.k8s.io",
		"endpointslices.discovery.k8s.io",
		"gateways.gateway.networking.k8s.io",
		"workloadentries.networking.istio.io",
	}
	var permissions []Permission
	for _, resource := range resources {
		name, group, _ := strings.Cut(resource, ".")
		for _, verb := range []string{"list", "watch"} {
			permissions = append(permissions, Permission{Verb: verb, Group: group, Resource: name})
		}
	}
	return append(permissions, Permission{Verb: "get", Resource: "configmaps", Namespace: namespace, Name: meshConfig})
}

// missing checks all permissions concurrently, over one connection.
func missing(ctx context.Context, kube kubernetes, permissions []Permission) ([]Permission, error) {
	allowed, errs := make([]bool, len(permissions)), make([]error, len(permissions))
	var asking sync.WaitGroup
	for i, right := range permissions {
		asking.Go(func() { allowed[i], errs[i] = isAllowed(ctx, kube, right) })
	}
	asking.Wait()
	var lacking []Permission
	for i, right := range permissions {
		switch {
		case errs[i] != nil:
			return nil, errs[i]
		case !allowed[i]:
			lacking = append(lacking, right)
		}
	}
	return lacking, nil
}

func isAllowed(ctx context.Context, kube kubernetes, right Permission) (bool, error) {
	answer, err := kube.accessReview(ctx, authorizationv1.SelfSubjectAccessReviewSpec{
		ResourceAttributes: &authorizationv1.ResourceAttributes{
			Verb:      right.Verb,
			Group:     right.Group,
			Resource:  right.Resource,
			Namespace: right.Namespace,
			Name:      right.Name,
		}})
	if err != nil {
		return false, err
	}
	return answer.Status.Allowed, nil
}
