package render_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/render"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/topology"
)

// joiner is the name of the cluster that joins.
const joiner = "zz-joiner"

// extraFiles are what a scenario has beside two files of each cluster and twelve more: the rules
// of each VPC network for Config Connector and Terraform; and what Helm and the owner of an API server read of a
// federated reader.
func extraFiles() map[string]int {
	return map[string]int{"every-field": 1, "federated": 1, "firewalls": 1}
}

// TestJoiningAnyMesh: in every scenario a cluster joins that is like one of the others. What is sealed for it comes later.
func TestJoiningAnyMesh(t *testing.T) {
	eachScenario(t, func(t *testing.T, s scenario) {
		before := deployed(t, s.Input)
		for i, like := range s.Mesh.Spec.Clusters {
			var changed []string
			for file, content := range deployed(t, s.joinedBy(i)) {
				if !bytes.Equal(before[file], content) {
					changed = append(changed, file)
				}
			}
			changed = append(changed, layout.Lock)
			if most := 2*len(s.clusters()) + 12 + extraFiles()[s.name]; len(changed) > most {
				slices.Sort(changed)
				t.Errorf("a cluster like %s changes %d files, want %d at most:\n%s", like.Name, len(changed), most, strings.Join(changed, "\n"))
			}
		}
	})
}

// joinedBy is the mesh of a scenario with one more cluster, which is like one of the others and has the same links.
func (s scenario) joinedBy(like int) render.Input {
	mesh := *s.Mesh
	one := mesh.Spec.Clusters[like]
	name := one.Name
	one.Name, one.ClusterID, one.UID = joiner, joiner, ""
	one.API.Server = "https://192.0.2.77:6443"
	one.ReaderGenerations, one.RevokedReaders = nil, nil
	if one.API.ServiceAccountIssuer != "" {
		one.API.ServiceAccountIssuer = "https://joiner.example.com"
	}
	if one.Gateway != nil {
		gateway := *one.Gateway
		gateway.Addresses = []string{"192.0.2.78"}
		one.Gateway = &gateway
	}
	if one.ControlPlane == name {
		one.ControlPlane = joiner
	}
	mesh.Spec.Clusters = append(slices.Clone(mesh.Spec.Clusters), one)
	mesh.Spec.Links = slices.Clone(mesh.Spec.Links)
	for i := range mesh.Spec.Links {
		link := &mesh.Spec.Links[i]
		mesh.Spec.Links[i] = v1alpha1.Link{Between: withJoiner(link.Between, name), From: withJoiner(link.From, name), To: withJoiner(link.To, name)}
	}
	in := s.Input
	in.Mesh, in.Graph = &mesh, topology.New(&mesh)
	return in
}

// withJoiner has the new cluster beside the one that it is like.
func withJoiner(clusters []string, like string) []string {
	if !slices.Contains(clusters, like) {
		return clusters
	}
	return append(slices.Clone(clusters), joiner)
}

// deployed is the reviewed tree, by path.
func deployed(t testing.TB, in render.Input) map[string][]byte {
	t.Helper()
	tree, err := render.Deploy(in, nil)
	if err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{}
	for _, file := range tree.Files {
		files[file.Path] = file.Content
	}
	return files
}
