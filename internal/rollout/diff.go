package rollout

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apply"
)

// Difference is what applying would change in a cluster, and what pruning would remove.
type Difference struct {
	Cluster string `json:"cluster"`
	// Objects that differ, in the order of an apply; never nil.
	Objects []ObjectDifference `json:"objects"`
}

// ObjectDifference is an object that differs.
type ObjectDifference struct {
	apply.Ref
	// Action is create, configure, or prune, which requires a flag.
	Action string `json:"action"`
	// Diff is a unified diff with credentials masked; empty for an object to prune.
	Diff string `json:"diff,omitempty"`
}

const actionPrune = "prune"

// Text returns the unified diffs of all objects; empty if nothing differs.
func (d Difference) Text() string {
	var text strings.Builder
	for _, object := range d.Objects {
		text.WriteString(object.Diff)
		if object.Action == actionPrune {
			fmt.Fprintf(&text, "- %s is no longer in the mesh (render --apply --prune deletes it)\n", object.Ref)
		}
	}
	return text.String()
}

// Diff compares the clusters with what Apply would do, without changing anything. It also returns the differences with
// an error, for the clusters that could be read. The error is verdict.ErrIncomplete if the only problem is that
// something cannot be compared yet.
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
		objects, err := m.diff()
		if err != nil {
			return found, errors.Join(err, r.failure())
		}
		found = append(found, Difference{Cluster: m.Name, Objects: objects})
		r.logGaps(m, "not compared", m.notCompared())
		r.logHeld(m)
	}
	if ctx.Err() != nil {
		return found, verdict.ErrInterrupted
	}
	return found, cmp.Or(r.failure(), r.gaps((*member).notCompared), r.incomplete())
}

func (m *member) diff() ([]ObjectDifference, error) {
	objects := []ObjectDifference{}
	for _, change := range slices.Concat(m.plan, m.secrets) {
		if change.Action == apply.ActionUnchanged {
			continue
		}
		diff, err := change.Diff()
		if err != nil {
			return nil, err
		}
		if diff != "" {
			objects = append(objects, ObjectDifference{Ref: change.Ref, Action: string(change.Action), Diff: diff})
		}
	}
	for _, orphan := range m.orphans {
		if isPrunable(orphan) {
			objects = append(objects, ObjectDifference{Ref: orphan.Ref, Action: actionPrune})
		}
	}
	return objects, nil
}
