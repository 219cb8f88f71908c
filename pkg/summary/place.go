package summary

import (
	"fmt"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/topology"
)

// Place is the location of a value, as far as it is known.
type Place struct {
	// File, relative to the directory of mesh.yaml.
	File string `json:"file,omitempty"`
	// Line in the file, starting at 1.
	Line int32 `json:"line,omitempty"`
	// Field path.
	Field string `json:"field,omitempty"`
}

// at returns the place of a field of the mesh.
func (b *builder) at(format string, args ...any) Place {
	field := fmt.Sprintf(format, args...)
	place, known := b.places[field]
	if known {
		return place
	}
	if b.Locate != nil {
		file, line := b.Locate(field)
		place = Place{File: file, Line: int32(line), Field: field} //nolint:gosec // a file has fewer lines
	}
	b.places[field] = place
	return place
}

// in returns the place of a field of a cluster.
func (b *builder) in(cluster, field string) Place {
	if field != "" {
		field = "." + field
	}
	return b.at("spec.clusters[%d]%s", b.index[cluster], field)
}

// file returns a whole file as a place.
func (b *builder) file(name string) Place {
	if b.Locate == nil {
		return Place{}
	}
	return Place{File: name}
}

// findOrigins finds the first entry of links for each link.
func (b *builder) findOrigins() map[topology.Link]Place {
	origins := map[topology.Link]Place{}
	if b.Locate == nil {
		return origins
	}
	for i, link := range b.Mesh.Spec.Links {
		place := b.at("spec.links[%d]", i)
		b.addOrigins(origins, place, link.Between, link.Between)
		b.addOrigins(origins, place, link.From, link.To)
	}
	return origins
}

func (b *builder) addOrigins(origins map[topology.Link]Place, place Place, from, to []string) {
	for _, caller := range b.members(from) {
		for _, called := range b.members(to) {
			link := topology.Link{From: caller, To: called}
			if _, known := origins[link]; !known {
				origins[link] = place
			}
		}
	}
}

// members returns the clusters in a list of links.
func (b *builder) members(names []string) []string {
	for _, name := range names {
		if name == v1alpha1.AllClusters {
			return b.Graph.Names()
		}
	}
	return names
}

// linked returns the place of a link; if mesh.yaml has no links, where they would be.
func (b *builder) linked(from, to string) Place {
	if place, known := b.origins[topology.Link{From: from, To: to}]; known {
		return place
	}
	return b.at("spec.links")
}
