package cluster

import (
	"context"
	"fmt"
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/appliedcopy"
)

// AppliedCopies lists the Secrets with these labels that contain a copy of their values: client-side kubectl apply
// keeps its input in an annotation. The names are sorted.
func (c *Client) AppliedCopies(ctx context.Context, namespace string, of map[string]string) ([]string, error) {
	list, err := c.kube.secrets(ctx, namespace, metav1.ListOptions{LabelSelector: labels.SelectorFromSet(of).String()})
	if err != nil {
		return nil, fmt.Errorf("list secrets: %w", err)
	}
	var names []string
	for _, secret := range list.Items {
		if appliedcopy.HoldsValues(secret.Annotations[appliedcopy.Annotation]) {
			names = append(names, secret.Name)
		}
	}
	slices.Sort(names)
	return names, nil
}
