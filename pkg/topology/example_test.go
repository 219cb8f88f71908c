package topology_test

import (
	"fmt"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/topology"
)

// The control plane of a cluster reads the API servers of those that it calls, to learn their endpoints.
func ExampleNew() {
	edge := v1alpha1.Cluster{Name: "edge"}
	edge.ControlPlane = "east"
	mesh := &v1alpha1.Mesh{Spec: v1alpha1.MeshSpec{
		Clusters: []v1alpha1.Cluster{{Name: "east"}, {Name: "west"}, edge},
		Links:    []v1alpha1.Link{{From: []string{"edge"}, To: []string{"west"}}},
	}}
	v1alpha1.SetDefaults(mesh)
	graph := topology.New(mesh)
	for link := range graph.Links() {
		fmt.Printf("%s calls %s\n", link.From, link.To)
	}
	for cluster := range graph.Clusters() {
		for target := range graph.Targets(cluster.Name) {
			fmt.Printf("the control plane of %s reads %s\n", cluster.Name, target.Name)
		}
	}
	// Output:
	// edge calls west
	// the control plane of east reads edge
	// the control plane of east reads west
}

func ExampleGraph_Get() {
	graph := topology.New(&v1alpha1.Mesh{})
	_, err := graph.Get("east")
	fmt.Println(err)
	// Output: no cluster "east" in the mesh
}
