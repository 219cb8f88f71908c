package render

import (
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/summary"
)

// readmeFile says what the mesh means. It has what is desired, and nothing that a cluster merely reports.
func readmeFile(in Input, held []Held) layout.File {
	mesh := summary.New(summary.Input{
		Mesh:    in.Mesh,
		Graph:   in.Graph,
		Bundles: in.Bundles,
		Root:    in.Root,
		Held:    Summarized(held),
	})
	return layout.File{Path: layout.Readme, Content: mesh.Markdown()}
}

// Summarized is what is held back as a summary has it. A file of the tree of credentials goes by its whole path.
func Summarized(held []Held) []summary.Held {
	var all []summary.Held
	for _, h := range held {
		file := h.File + h.Part()
		if h.Secret {
			file = h.Path()
		}
		all = append(all, summary.Held{ID: "held/" + file, Cluster: h.Cluster, File: file, Peer: h.Peer,
			Missing: h.Why, Next: h.Next})
	}
	return all
}
