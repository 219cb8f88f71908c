package v1alpha1

import (
	"fmt"

	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/nearest"
)

// maxSuggestions bounds the work for a document with many errors, because each suggestion compares every name.
const maxSuggestions = 100

// roster contains the clusters of a mesh, to validate references to them.
type roster struct {
	known     map[string]bool
	names     []string // those that can be suggested
	suggested int
}

func newRoster(clusters []Cluster) *roster {
	r := &roster{known: make(map[string]bool, len(clusters))}
	for _, cluster := range clusters {
		r.known[cluster.Name] = true
		if len(validation.IsDNS1123Label(cluster.Name)) == 0 {
			r.names = append(r.names, cluster.Name)
		}
	}
	return r
}

// validate checks a reference to a cluster.
func (r *roster) validate(path *field.Path, name string) []Problem {
	if r.known[name] {
		return nil
	}
	return []Problem{notFound(path, name, "no cluster has this name", r.suggest(name))}
}

func (r *roster) suggest(name string) string {
	if r.suggested++; r.suggested <= maxSuggestions {
		if near, ok := nearest.Name(name, r.names); ok {
			return fmt.Sprintf("did you mean %q?", near)
		}
	}
	return "use the name of a cluster in spec.clusters"
}
