package rollout

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/internal/parallel"
	"github.com/kubectl-mesh/kubectl-mesh/internal/proof"
	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
)

// beginProofs reads what istiods know about the clusters whose remote secrets change, before the first write. A failure
// does not stop the rollout, because it revokes nothing irrecoverably.
func (r *run) beginProofs(ctx context.Context) {
	begin := func(ctx context.Context, m *member) error {
		targets := r.proofTargets(m)
		if len(targets) == 0 {
			return nil
		}
		in, err := r.Proof.Input(m.live, r.Clusters.Kubectl(m.live.Context), targets...)
		if err != nil {
			return err
		}
		in.Recorded = m.due.proof
		m.proof, err = proof.Begin(ctx, in)
		return err
	}
	for m, err := range parallel.InOrder(ctx, r.members, begin) {
		if err != nil {
			m.unproven = err.Error()
		}
	}
}

// proofTargets returns the clusters whose remote secrets change, or were changed by a run that was interrupted before
// the verification.
func (r *run) proofTargets(m *member) []proof.Target {
	if m.err != nil {
		return nil
	}
	var targets []proof.Target
	for target := range r.Workspace.Graph.Targets(m.Name) {
		_, isDue := m.due.proof[target.Name]
		if isDue || m.danger != nil && slices.Contains(m.danger.changed, target.Name) {
			targets = append(targets, proof.NewTarget(r.Workspace.Graph, m.Name, target))
		}
	}
	return targets
}

// prove verifies that istiods whose remote secrets changed kept the endpoints; also if something else failed in the
// cluster.
func (r *run) prove(ctx context.Context) {
	for _, m := range r.members {
		if m.isProven() && len(m.due.proof) > 0 {
			r.Log.Info("%s: an interrupted run did not verify that istiod keeps the endpoints of the clusters whose remote "+
				"secrets it changed",
				m.Name)
		}
		if m.isProven() && len(m.proof.Unknown()) == 0 {
			r.Log.Info("%s: waiting until istiod has been synced for %s, to compare its endpoints", m.Name, proof.Period)
		}
	}
	work := func(ctx context.Context, m *member) error {
		if !m.isProven() {
			return nil
		}
		return m.proof.Await(ctx)
	}
	for m, err := range parallel.InOrder(ctx, r.members, work) {
		isAnswered := m.isProven() && ctx.Err() == nil // whatever the result
		isNeedless := m.proof != nil && !m.isProven() && m.err == nil
		if isAnswered || isNeedless {
			m.session.Finish(taskProof)
		}
		switch {
		case !m.changedRemoteSecrets() && len(m.due.proof) == 0:
			m.unproven = ""
		case err != nil:
			m.err = errors.Join(m.err, err)
		case m.proof != nil && len(m.proof.Unknown()) > 0:
			m.unproven = fmt.Sprintf("istiod is synced, but knew no endpoint of %s before the change",
				strings.Join(m.proof.Unknown(), ", "))
		case m.proof != nil:
			r.Log.Info("%s: %s", m.Name, m.proof)
		}
		if m.unproven != "" {
			r.Log.Warn("kubectl mesh check"+r.Workspace.FilenameFlag(), "%s: inconclusive: %s", m.Name, m.unproven)
		}
	}
}

// isProven reports whether there is something to verify, and an istiod that can be queried.
func (m *member) isProven() bool {
	return m.proof != nil && (m.changedRemoteSecrets() || len(m.due.proof) > 0)
}

// provenOutcome returns what failed, or otherwise that an istiod could not be verified.
func (r *run) provenOutcome(ctx context.Context) error {
	if err := r.outcome(ctx); err != nil {
		return err
	}
	for _, m := range r.members {
		if m.unproven != "" {
			return verdict.ErrIncomplete
		}
	}
	return r.incomplete()
}
