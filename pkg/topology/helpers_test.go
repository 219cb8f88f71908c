package topology_test

import (
	"fmt"
	"iter"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/topology"
)

// meshOf makes a mesh with its defaults: a cluster is a name, or remote@primary.
func meshOf(links []v1alpha1.Link, clusters ...string) *v1alpha1.Mesh {
	mesh := &v1alpha1.Mesh{Spec: v1alpha1.MeshSpec{Links: links}}
	for _, text := range clusters {
		name, primary, _ := strings.Cut(text, "@")
		mesh.Spec.Clusters = append(mesh.Spec.Clusters,
			v1alpha1.Cluster{Name: name, ClusterSpec: v1alpha1.ClusterSpec{ControlPlane: primary}})
	}
	v1alpha1.SetDefaults(mesh)
	return mesh
}

// numbered makes the names c000, c001 and so on.
func numbered(count int) []string {
	names := make([]string, count)
	for i := range names {
		names[i] = fmt.Sprintf("c%03d", i)
	}
	return names
}

func between(names ...string) v1alpha1.Link { return v1alpha1.Link{Between: names} }

func oneWay(from, to []string) v1alpha1.Link { return v1alpha1.Link{From: from, To: to} }

func list(names ...string) []string { return names }

// linksOf lists links as "from>to", in the order in which the graph has them.
func linksOf(g *topology.Graph) []string {
	var links []string
	for link := range g.Links() {
		links = append(links, link.From+">"+link.To)
	}
	return links
}

// readsOf lists who reads whom as "consumer>target", in the order in which the graph has them.
func readsOf(g *topology.Graph) []string {
	var reads []string
	for consumer := range g.Clusters() {
		for target := range g.Targets(consumer.Name) {
			reads = append(reads, consumer.Name+">"+target.Name)
		}
	}
	return reads
}

func namesOf(clusters iter.Seq[*v1alpha1.Cluster]) []string {
	var names []string
	for cluster := range clusters {
		names = append(names, cluster.Name)
	}
	return names
}
