package fakeapi

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
)

// store contains objects by Request.key.
type store struct {
	live   map[string]*unstructured.Unstructured
	births map[string]int // how often an object was created
}

// do answers a request with an object, a list or an error.
func (s store) do(r Request) any {
	resource := r.GroupResource()
	there := s.live[r.key()]
	switch {
	case r.Verb == "list":
		return s.list(r)
	case r.Verb == "apply":
		return s.apply(r, there)
	case there == nil:
		return apierrors.NewNotFound(resource, r.Name)
	case r.Verb == "get":
		return there
	case r.Verb == "delete":
		var options metav1.DeleteOptions
		_ = json.Unmarshal(r.Body, &options) // none are none
		if want := options.Preconditions; want != nil && want.UID != nil && *want.UID != there.GetUID() {
			return apierrors.NewConflict(resource, r.Name, errors.New("the UID in the precondition is not that of the object"))
		}
		delete(s.live, r.key())
		return metav1.Status{TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "Status"}, Status: metav1.StatusSuccess}
	}
	return apierrors.NewMethodNotSupported(resource, r.Verb)
}

func (s store) list(r Request) any {
	kind, known := kindOf(r.Group, r.Resource)
	if !known {
		return apierrors.NewNotFound(r.GroupResource(), "")
	}
	selector, err := labels.Parse(r.selector)
	if err != nil {
		return apierrors.NewBadRequest(err.Error())
	}
	prefix := r.key()
	if r.Namespace == "" { // those of all namespaces
		prefix = r.Group + "/" + r.Resource + "/"
	}
	items := []any{}
	for _, key := range slices.Sorted(maps.Keys(s.live)) {
		if object := s.live[key]; strings.HasPrefix(key, prefix) && selector.Matches(labels.Set(object.GetLabels())) {
			items = append(items, object.Object)
		}
	}
	return map[string]any{
		"apiVersion": kind.apiVersion(),
		"kind":       kind.name + "List",
		"metadata":   map[string]any{},
		"items":      items,
	}
}

func (s store) apply(r Request, there *unstructured.Unstructured) any {
	if r.Namespace != "" && s.live[Request{Resource: "namespaces", Name: r.Namespace}.key()] == nil {
		return apierrors.NewNotFound(schema.GroupResource{Resource: "namespaces"}, r.Namespace)
	}
	object, err := patched(r, there)
	if err != nil {
		return err
	}
	if r.DryRun {
		return object
	}
	return s.keep(r, object)
}

// keep stores an object. Its UID contains its key, and how often it was created.
func (s store) keep(r Request, object *unstructured.Unstructured) *unstructured.Unstructured {
	if s.live[r.key()] == nil {
		s.births[r.key()]++
	}
	if object.GetUID() == "" {
		object.SetUID(types.UID(fmt.Sprintf("%s/%s#%d", r.Resource, r.Name, s.births[r.key()])))
	}
	version, _ := strconv.Atoi(object.GetResourceVersion()) // the first has none
	object.SetResourceVersion(strconv.Itoa(version + 1))
	s.live[r.key()] = object
	return object
}
