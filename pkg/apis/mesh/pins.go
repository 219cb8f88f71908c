package mesh

import (
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
)

// Pins are the roots that mesh.yaml pins and, if there are none, the field to which a list must be added.
func (d *Document) Pins() v1alpha1.Pins {
	if roots := d.Mesh.Spec.Trust.CA.Roots; len(roots) > 0 {
		return v1alpha1.Pins{Roots: roots}
	}
	way := []string{"spec", "trust", "ca"}
	_, found := find(d.trees.of(d.source.Name, d.source.Text), way)
	return v1alpha1.Pins{Below: strings.Join(way[:found], ".")}
}
