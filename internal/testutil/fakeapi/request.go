package fakeapi

import (
	"io"
	"net/http"
	"strings"

	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
)

// Request of a client, in RBAC's terms.
type Request struct {
	// Verb: get, list, create, apply, update, delete.
	Verb string

	Group, Resource, Namespace, Name, Subresource string

	DryRun, Force bool
	// Body is JSON.
	Body []byte

	selector string
	// manager is the field manager, patch the type of the body's patch.
	manager string
	patch   types.PatchType
}

// String formats "apply secrets istio-system/cacerts" or "dry-run apply namespaces istio-system".
func (r Request) String() string {
	text := r.Verb + " " + r.Resource
	if r.DryRun {
		text = "dry-run " + text
	}
	if r.Subresource != "" {
		text += "/" + r.Subresource
	}
	if name := strings.Trim(r.Namespace+"/"+r.Name, "/"); name != "" {
		text += " " + name
	}
	return text
}

// Changes reports whether it may change something.
func (r Request) Changes() bool {
	isReview := strings.HasSuffix(r.Resource, "reviews")
	return r.Verb != "get" && r.Verb != "list" && !r.DryRun && !isReview
}

// key returns the key of an object in the store.
func (r Request) key() string {
	return strings.Join([]string{r.Group, r.Resource, r.Namespace, r.Name}, "/")
}

func parse(r *http.Request) Request {
	query := r.URL.Query()
	request := Request{
		DryRun:   query.Get("dryRun") == "All",
		Force:    query.Get("force") == "true",
		selector: query.Get("labelSelector"),
		manager:  query.Get("fieldManager"),
		patch:    types.PatchType(r.Header.Get("Content-Type")),
	}
	request.Body, _ = io.ReadAll(r.Body) // a truncated body is not JSON
	parts := strings.Split(strings.Trim(r.URL.Path, "/"), "/")
	switch {
	case parts[0] == "api" && len(parts) > 2:
		parts = parts[2:]
	case parts[0] == "apis" && len(parts) > 3:
		request.Group, parts = parts[1], parts[3:]
	}
	if parts[0] == "namespaces" && len(parts) > 2 {
		request.Namespace, parts = parts[1], parts[2:]
	}
	for i, field := range []*string{&request.Resource, &request.Name, &request.Subresource} {
		if i < len(parts) {
			*field = parts[i]
		}
	}
	request.Verb = map[string]string{http.MethodGet: "get", http.MethodPost: "create", http.MethodPatch: "apply",
		http.MethodPut: "update", http.MethodDelete: "delete"}[r.Method]
	if request.Verb == "get" && request.Name == "" {
		request.Verb = "list"
	}
	return request
}

// GroupResource is for errors of package apierrors.
func (r Request) GroupResource() schema.GroupResource {
	return schema.GroupResource{Group: r.Group, Resource: r.Resource}
}
