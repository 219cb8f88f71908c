package rollout

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/internal/parallel"
	"github.com/kubectl-mesh/kubectl-mesh/internal/proof"
	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
)

// beginProofs asks the istiods whose remote secrets change what they know of those clusters, before the first write. That
// one cannot be asked stops nothing: nothing is ended here that a rollout could not bring back.
func (r *run) beginProofs(ctx context.Context) {
	begin := func(ctx context.Context, m *member) error {
		if !m.changesRemoteSecrets() {
			return nil
		}
		var targets []proof.Target
		for _, name := range m.danger.changed {
			target, _ := r.Workspace.Graph.Cluster(name)
			targets = append(targets, proof.NewTarget(r.Workspace.Graph, m.Name, target))
		}
		in, err := r.Proof.Input(m.live, r.Clusters.Kubectl(m.live.Context), targets...)
		if err == nil {
			m.proof, err = proof.Begin(ctx, in)
		}
		return err
	}
	for m, err := range parallel.InOrder(ctx, r.members, begin) {
		if err != nil {
			m.unproven = err.Error()
		}
	}
}

// prove has the istiods whose remote secrets have changed show that they kept the endpoints; also where something else of
// that cluster has failed.
func (r *run) prove(ctx context.Context) {
	for _, m := range r.members {
		if m.isProven() && len(m.proof.Unknown()) == 0 {
			r.Tell.Say("%s: waits until istiod has been synced for %s, and compares the endpoints that it knows", m.Name, proof.Period)
		}
	}
	work := func(ctx context.Context, m *member) error {
		if !m.isProven() {
			return nil
		}
		return m.proof.Await(ctx)
	}
	for m, err := range parallel.InOrder(ctx, r.members, work) {
		switch {
		case !m.changedRemoteSecrets():
			m.unproven = ""
		case err != nil:
			m.err = errors.Join(m.err, err)
		case m.proof != nil && len(m.proof.Unknown()) > 0:
			m.unproven = fmt.Sprintf("istiod is synced, but knew no endpoint of %s before the change, so that none can be missing", strings.Join(m.proof.Unknown(), ", "))
		case m.proof != nil:
			r.Tell.Say("%s: %s", m.Name, m.proof)
		}
		if m.unproven != "" {
			r.Tell.Warn("kubectl mesh check"+r.Workspace.FilenameFlag(), "%s: inconclusive: %s", m.Name, m.unproven)
		}
	}
}

// isProven tells whether there is something to show, and an istiod to show it.
func (m *member) isProven() bool { return m.proof != nil && m.changedRemoteSecrets() }

// provenOutcome is what went wrong, or else that an istiod could show nothing.
func (r *run) provenOutcome(ctx context.Context) error {
	if err := r.outcome(ctx); err != nil {
		return err
	}
	for _, m := range r.members {
		if m.unproven != "" {
			return verdict.ErrIncomplete
		}
	}
	return nil
}

// changesRemoteSecrets tells whether the plan of a cluster that can still be changed changes a remote secret that a
// running istiod has.
func (m *member) changesRemoteSecrets() bool {
	return m.err == nil && m.danger != nil && len(m.danger.changed) > 0
}
