package summary

import (
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/topology"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/trust"
)

// Summary describes a mesh. It is computed from files alone and contains no secret. Lists are
// sorted, and the same mesh has the same summary. The ID of an item stays the same while its
// details change.
type Summary struct {
	// APIVersion of this format: kubectl-mesh.dev/v1alpha1.
	// +required
	APIVersion string `json:"apiVersion"`
	// Kind of the document: Summary.
	// +required
	Kind string `json:"kind"`
	// Mesh is the mesh ID.
	// +required
	Mesh string `json:"mesh"`
	// Discovery is how control planes discover endpoints in other clusters: remoteSecret, peering
	// or fleet.
	// +required
	Discovery string `json:"discovery"`
	// Clusters of the mesh, by name.
	// +required
	Clusters []Cluster `json:"clusters"`
	// Links between two clusters, both directions in one.
	// +required
	Links []Link `json:"links"`
	// RemoteAccess lists which control plane reads which API server, by target and consumer.
	// +required
	RemoteAccess []RemoteAccess `json:"remoteAccess"`
	// Trust defines which certificates the clusters trust.
	// +required
	Trust Trust `json:"trust"`
	// Openings are what firewalls between the clusters must allow, by target, kind and caller.
	// +required
	Openings []Opening `json:"openings"`
	// Admission is the policy for remote secrets; omitted if mesh.yaml sets none.
	Admission *Admission `json:"admission,omitempty"`
	// Waivers of rules, by rule and clusters.
	// +required
	Waivers []Waiver `json:"waivers"`
	// Held are the files that cannot be rendered yet.
	// +required
	Held []Held `json:"held"`
}

// Held is a file of the rendered tree that cannot be rendered yet.
type Held struct {
	// ID of the item: held/FILE.
	// +required
	ID string `json:"id"`
	// Cluster that needs the file.
	Cluster string `json:"cluster,omitempty"`
	// File in the rendered tree, with the missing object if the file contains others.
	// +required
	File string `json:"file"`
	// Peer is the cluster that the missing part of the file is about; empty if the whole file is
	// held back.
	Peer string `json:"peer,omitempty"`
	// Missing is the input that does not exist yet.
	Missing string `json:"missing,omitempty"`
	// Next is the command or edit that provides the input.
	Next string `json:"next,omitempty"`
}

// Input of a summary.
type Input struct {
	// Mesh is valid and has its defaults set.
	Mesh  *v1alpha1.Mesh
	Graph *topology.Graph
	// Bundles are the certificates of clusters, by name.
	Bundles map[string]trust.Bundle
	// Root is the content of trust/root-cert.pem; nil if it does not exist.
	Root []byte
	// Phases of a root rotation, as recorded for clusters.
	Phases map[string]*mesh.RootPhase
	// Held are the files that cannot be rendered yet.
	Held []Held
	// Locate returns the file and line of a field of the mesh; nil omits places.
	Locate func(field string) (file string, line int)
}

// New returns the summary of a mesh. Unreadable certificates are listed and are no error.
func New(in Input) Summary {
	b := newBuilder(in)
	spec := in.Mesh.Spec
	return Summary{
		APIVersion: APIVersion, Kind: KindSummary, Mesh: in.Mesh.Metadata.Name, Discovery: string(spec.Discovery),
		Clusters: b.clusters(), Links: b.links(), RemoteAccess: b.remoteAccess(), Trust: b.trust(), Openings: b.openings(),
		Admission: b.admission(), Waivers: b.waivers(), Held: present(in.Held),
	}
}

type builder struct {
	Input
	// index of each cluster in mesh.yaml.
	index  map[string]int
	places map[string]Place
	// origins are the entries of links that define each link.
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

// present returns an empty list instead of nil, so that readers of the document need not distinguish the two.
func present[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
