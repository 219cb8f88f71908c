package summary

import (
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/topology"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/trust"
)

// Input is everything that a summary follows from.
type Input struct {
	// Mesh is valid and has its defaults.
	Mesh  *v1alpha1.Mesh
	Graph *topology.Graph
	// Bundles are the certificates of clusters, by name.
	Bundles map[string]trust.Bundle
	// Root is the text of trust/root-cert.pem; nil where there is none.
	Root []byte
	// Phases are those of a rotation of the root, as recorded for clusters.
	Phases map[string]*mesh.RootPhase
	// Held are the files that cannot be rendered yet.
	Held []Held
	// Locate finds the file and the line of a field of the mesh; nil leaves places out.
	Locate func(field string) (file string, line int)
}

// New makes the summary of a mesh. Certificates that cannot be read are named, and stop nothing.
func New(in Input) Summary {
	b := newBuilder(in)
	spec := in.Mesh.Spec
	return Summary{
		APIVersion: APIVersion, Kind: KindSummary, Mesh: in.Mesh.Metadata.Name, Discovery: string(spec.Discovery),
		Clusters: b.clusters(), Links: b.links(), RemoteAccess: b.remoteAccess(), Trust: b.trust(), Openings: b.openings(),
		Admission: b.admission(), Waivers: b.waivers(), Held: present(in.Held),
	}
}

// builder makes a summary.
type builder struct {
	Input
	// index is where mesh.yaml has each cluster.
	index  map[string]int
	places map[string]Place
	// origins are the entries of links that make each link.
	origins map[topology.Link]Place
}

func newBuilder(in Input) *builder {
	b := &builder{Input: in, index: map[string]int{}, places: map[string]Place{}}
	for i := range in.Mesh.Spec.Clusters {
		b.index[in.Mesh.Spec.Clusters[i].Name] = i
	}
	b.origins = b.findOrigins()
	return b
}

// present is an empty list rather than none: whoever reads the document need not tell the two apart.
func present[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
