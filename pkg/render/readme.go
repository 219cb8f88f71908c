package render

import (
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/summary"
)

// readmeFile describes the mesh. It contains the desired state, and nothing that only a cluster reports.
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

// Summarized converts held files for a summary. Files of the credentials tree have their whole path.
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
