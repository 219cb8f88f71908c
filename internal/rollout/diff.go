package rollout

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apply"
)

// Difference is what applying would change in one cluster, and what pruning would remove.
type Difference struct {
	Cluster string
	// Text is a unified diff for each object, with credentials masked; empty when nothing differs.
	Text string
}

// Diff compares what the clusters have with what Apply would bring. It changes nothing. Differences come
// also with an error: those of the clusters that could be asked. It is verdict.ErrIncomplete when nothing is
// wrong but that something could not be compared yet.
func Diff(ctx context.Context, in Input) ([]Difference, error) {
	in.DryRun = true
	r, err := newRun(in)
	if err != nil {
		return nil, err
	}
	r.runStage(ctx, "", r.open)
	r.runStage(ctx, "", r.makePlan)
	var found []Difference
	for _, m := range r.members {
		if m.err != nil {
			continue
		}
		text, err := m.diff()
		if err != nil {
			return found, errors.Join(err, r.failure())
		}
		found = append(found, Difference{Cluster: m.Name, Text: text})
		r.tellGaps(m, "not compared", m.notCompared())
		r.tellHeld(m)
	}
	if ctx.Err() != nil {
		return found, verdict.ErrInterrupted
	}
	return found, cmp.Or(r.failure(), r.gaps((*member).notCompared), r.incomplete())
}

func (m *member) diff() (string, error) {
	var text string
	for _, change := range slices.Concat(m.plan, m.secrets) {
		if change.Action == apply.ActionUnchanged {
			continue
		}
		diff, err := change.Diff()
		if err != nil {
			return "", err
		}
		text += diff
	}
	for _, orphan := range m.orphans {
		if isPrunable(orphan) {
			text += fmt.Sprintf("- %s is no longer in the mesh (render --apply --prune deletes it)\n", orphan.Ref)
		}
	}
	return text, nil
}
