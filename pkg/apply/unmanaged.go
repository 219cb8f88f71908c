package apply

import (
	"context"
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// Unmanaged is a remote secret that istiod reads and that this mesh did not create.
type Unmanaged struct {
	Ref `json:",inline"`
	// Google is set if Google's managed mesh created it.
	Google bool `json:"createdByGoogle,omitempty"`
	// Clusters are its cluster IDs.
	Clusters []string `json:"clusters"`
}

// Unmanaged lists the remote secrets in Istio's namespace without the mesh's labels. They are never changed.
func (s *Session) Unmanaged(ctx context.Context) ([]Unmanaged, error) {
	resource, err := s.client.resource(corev1.SchemeGroupVersion.WithKind("Secret"), s.Namespace)
	if err != nil {
		return nil, err
	}
	list, err := resource.List(ctx, metav1.ListOptions{LabelSelector: "istio/multiCluster=true"})
	if err != nil {
		return nil, fmt.Errorf("list remote secrets: %w", err)
	}
	var found []Unmanaged
	for i := range list.Items {
		if s.missingLabel(&list.Items[i]) != "" {
			found = append(found, unmanaged(&list.Items[i]))
		}
	}
	slices.SortFunc(found, func(a, b Unmanaged) int { return strings.Compare(a.Name, b.Name) })
	return found, nil
}

func unmanaged(secret *unstructured.Unstructured) Unmanaged {
	data, _, _ := unstructured.NestedMap(secret.Object, "data")
	return Unmanaged{
		Ref:      refOf(secret),
		Google:   secret.GetLabels()["istio.io/owned-by"] == "mesh.googleapis.com",
		Clusters: sortedKeys(data),
	}
}
