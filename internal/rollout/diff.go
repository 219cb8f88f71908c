package rollout

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/kubectl-mesh/kubectl-mesh/internal/terminal"
	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apply"
)

// Difference is what applying would change in one cluster, and what pruning would remove.
type Difference struct {
	Cluster string
	// Text is a unified diff for each object, with values of Secrets masked; empty when nothing differs.
	Text string
}

// Diff compares what the clusters have with what Apply would bring. It changes nothing. Differences come
// also with an error: those of the clusters that could be asked.
func Diff(ctx context.Context, in Input) ([]Difference, error) {
	in.DryRun = true
	r, err := newRun(in)
	if err != nil {
		return nil, err
	}
	r.each(ctx, "", r.open)
	r.each(ctx, "", r.makePlan)
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
		r.tellLater(m)
	}
	if ctx.Err() != nil {
		return found, verdict.ErrInterrupted
	}
	return found, r.failure()
}

// tellLater says what cannot be compared yet.
func (r *run) tellLater(m *member) {
	if m.later == 0 {
		return
	}
	reason := "tokens are missing"
	if m.policyChanges() {
		reason = "the admission policy comes first"
	}
	r.Tell.Warn("", "%s: %s cannot be compared yet: %s", m.Name, terminal.Count(m.later, "remote secret"), reason)
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
	for _, left := range m.leftovers {
		if left.Keep == "" && !left.Gone {
			text += fmt.Sprintf("- %s is not in the mesh any more (render --apply --prune removes it)\n", left.Ref)
		}
	}
	return text, nil
}
