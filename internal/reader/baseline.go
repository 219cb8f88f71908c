package reader

import (
	"context"
	"fmt"

	"github.com/kubectl-mesh/kubectl-mesh/internal/proof"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
)

// takeBaseline reads what istiod knows about the target before the remote secret changes. If an earlier run changed it,
// that run's record is used instead, because istiod may have lost endpoints since.
func (r *rotation) takeBaseline(ctx context.Context, in proof.Input) (err error) {
	changed := r.isChanged(ctx)
	if changed {
		if r.proof = r.recordedBaseline(in); r.proof != nil {
			r.resumedBaseline = true
			r.from.info("comparing with %s's endpoints from before an earlier run changed the remote secret",
				r.Pair.Target)
			return nil
		}
	}
	if r.proof, err = proof.Begin(ctx, in); err != nil {
		return err
	}
	r.lostBaseline = changed && r.to != nil // a separate step uses istiod's current state
	if !changed && r.to != nil {
		r.recordBaseline(ctx)
	}
	return nil
}

// isChanged reports whether the remote secret already contains the newest generation.
func (r *rotation) isChanged(ctx context.Context) bool {
	if !r.isUnderWay() {
		return false
	}
	remote, err := r.held(ctx)
	return err == nil && r.checkGeneration(remote) == nil
}

// recordedBaseline returns what an earlier run recorded for this generation; nil if nothing.
func (r *rotation) recordedBaseline(in proof.Input) *proof.Proof {
	text, err := r.Workspace.ReadOptional(layout.Baseline(r.Pair.Target, r.Pair.Consumer))
	if err != nil || text == nil {
		return nil
	}
	resumed, err := proof.Resume(in, changeOf(r.newest()), text)
	if err != nil {
		return nil // it is of another change, or this program did not write it
	}
	return resumed
}

// recordBaseline stores the baseline for a run that has to resume this one, which would otherwise be inconclusive.
func (r *rotation) recordBaseline(ctx context.Context) {
	next, err := r.next()
	if err == nil {
		var text []byte
		if text, err = r.proof.Baseline(changeOf(newestOf(next))); err == nil {
			err = r.Workspace.WritePrivate(ctx, layout.Baseline(r.Pair.Target, r.Pair.Consumer), text)
		}
	}
	if err != nil && ctx.Err() == nil {
		r.Log.Warn("", "istiod's endpoints are not recorded: "+
			"if this rotation is interrupted, finishing it is inconclusive: %s", err)
	}
}

// changeOf identifies a change of a remote secret.
func changeOf(generation int32) string { return fmt.Sprintf("generation %d", generation) }
