package render

import (
	"cmp"
	"slices"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/manifest"
)

// Object is a Kubernetes object as an apply configuration, which contains only the fields that were set.
type Object interface {
	GetKind() *string
	GetAPIVersion() *string
	GetName() *string
	GetNamespace() *string
}

// encodeStream encodes objects in the order and format of `kubectl kustomize`.
func encodeStream(objects []Object) ([]byte, error) {
	docs := make([][]byte, len(objects))
	for i, object := range objects {
		doc, err := manifest.Encode(content(object))
		if err != nil {
			return nil, err
		}
		docs[i] = doc
	}
	return manifest.AppendStream(nil, docs...), nil
}

// content returns what to encode: the struct of a sealed object, which is faster.
func content(object Object) any {
	if sealed, ok := object.(*sealedObject); ok {
		return sealed.file.Object()
	}
	return object
}

// sortObjects sorts objects like `kubectl kustomize`, dependencies first (kustomize
// api/internal/builtins/SortOrderTransformer.go, order legacy).
func sortObjects(objects []Object) {
	keys := make(map[Object]string, len(objects))
	for _, object := range objects {
		keys[object] = sortKey(object)
	}
	slices.SortFunc(objects, func(a, b Object) int {
		return cmp.Or(cmp.Compare(rank(*a.GetKind()), rank(*b.GetKind())), strings.Compare(keys[a], keys[b]))
	})
}

// rank returns the position of a kind; unlisted kinds follow the listed ones.
func rank(kind string) int {
	order := [...]string{"Namespace", "CustomResourceDefinition", "ServiceAccount", "Role", "ClusterRole",
		"RoleBinding", "ClusterRoleBinding", "ConfigMap", "Secret", "Service", "Deployment", "PodDisruptionBudget"}
	for i, name := range order {
		if name == kind {
			return i
		}
	}
	return len(order)
}

// sortKey orders objects of one rank like kustomize: by group, version and kind, then by namespace and name, as one
// string; ~G and ~X represent empty values.
func sortKey(object Object) string {
	group, version, found := strings.Cut(*object.GetAPIVersion(), "/")
	if !found {
		group, version = "~G", group
	}
	namespace := "~X"
	if ns := object.GetNamespace(); ns != nil && *ns != "" {
		namespace = *ns
	}
	return group + "_" + version + "_" + *object.GetKind() + "\x00" + namespace + "|" + *object.GetName()
}
