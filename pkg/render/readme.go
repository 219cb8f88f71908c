package render

import (
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/shell"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/summary"
)

// readmeFile says what the mesh means. It has what is desired, and nothing that a cluster merely reports.
func readmeFile(in Input) (layout.File, error) {
	held, err := HeldBack(in)
	if err != nil {
		return layout.File{}, err
	}
	mesh := summary.New(summary.Input{Mesh: in.Mesh, Graph: in.Graph, Bundles: in.Bundles, Root: in.Root, Held: held})
	return layout.File{Path: layout.Readme, Content: mesh.Markdown()}, nil
}

// HeldBack are the files of all clusters that cannot be rendered yet, with the next step for each.
func HeldBack(in Input) ([]summary.Held, error) {
	var all []summary.Held
	for _, name := range in.Graph.Names() {
		files, err := Held(in, []string{name})
		if err != nil {
			return nil, err
		}
		for _, file := range files {
			held := summary.Held{ID: "held/" + file, Cluster: name, File: file, Missing: "its ciphertext in sealed/", Next: "kubectl mesh seal --cluster " + shell.Quote(name)}
			if _, certified := in.Bundles[name]; !certified && file == layout.OverlayFile(name, layout.CACerts) {
				held.Missing, held.Next = "the certificates of the cluster in trust/", nextCertificate(in.Mesh)
			}
			all = append(all, held)
		}
	}
	return all, nil
}

// nextCertificate is how a mesh without certificates gets some.
func nextCertificate(mesh *v1alpha1.Mesh) string {
	if mesh.Spec.Trust.CA.Keys == v1alpha1.CAKeysCluster {
		return "kubectl mesh ca request"
	}
	return "kubectl mesh ca init"
}
