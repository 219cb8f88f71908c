package mesh

import (
	"slices"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
)

// Belongs is where a cluster field belongs that a facts file cannot set.
type Belongs string

// The values of Belongs.
const (
	InMesh         Belongs = "mesh.yaml"
	InState        Belongs = "state"
	BelongsNowhere Belongs = ""
)

// BelongsTo returns where a cluster field belongs that is not a fact, from the steps of its path below spec;
// BelongsNowhere if there is no such field.
func BelongsTo(steps []string) Belongs {
	if len(steps) == 0 {
		return BelongsNowhere
	}
	if slices.Contains([]string{"uid", "readerGenerations", "revokedReaders"}, steps[0]) {
		return InState
	}
	_, err := v1alpha1.Explain(v1alpha1.KindMesh, append([]string{"spec", "clusters"}, steps...))
	if err != nil || steps[0] == "name" {
		return BelongsNowhere
	}
	return InMesh
}

// notAFact explains where a field of mesh.yaml belongs that a facts file cannot set, because another site must not
// decide it.
func notAFact(p *Problem) {
	path := splitPath(p.Field)
	if len(path) < 2 || path[0] != "spec" {
		return
	}
	switch BelongsTo(path[1:]) {
	case InState:
		p.Message = "a facts file cannot set it: only commands in this workspace record it, in " + layout.State()
		p.Hint = "if it is right, move it there: kubectl mesh migrate; otherwise remove it"
	case InMesh:
		p.Message = "a facts file cannot set it: set it in mesh.yaml"
		p.Hint = "if it is right, move it to mesh.yaml: kubectl mesh migrate; otherwise remove it"
	case BelongsNowhere:
	}
}
