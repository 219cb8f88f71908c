package reader

import (
	"context"
	"errors"

	"github.com/kubectl-mesh/kubectl-mesh/internal/proof"
	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/cluster"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
)

// beginProof reads what the consumer's istiod knows about the target, before the first change. A federated reader's
// remote secret does not change, and after a revocation there is no old credential to protect.
func (r *rotation) beginProof(ctx context.Context) error {
	if !r.kind().Traits().Rotates() || r.grants {
		return nil
	}
	if r.Offline {
		r.Log.Warn("", "not verified: %s's istiod keeps the endpoints of %s", r.Pair.Consumer, r.Pair.Target)
		return nil
	}
	if managed := r.from.Istio.Managed; managed != nil && *managed {
		return r.withoutIstiod(errors.New("the control plane of " + r.Pair.Consumer + " is managed by Google, " +
			"and cannot be asked for endpoints"))
	}
	target := proof.NewTarget(r.Workspace.Graph, r.Pair.Consumer, r.access.Target)
	in, err := r.Proof.Input(r.from.Cluster, r.Clusters.Kubectl(r.from.Context), target)
	if err != nil {
		return err
	}
	runs, err := r.runsIstiod(ctx, in.Istiods)
	if err != nil {
		return r.withoutIstiod(r.Clusters.Explain(err, r.from.Context))
	}
	if !runs {
		return r.withoutIstiod(nil)
	}
	if err := r.takeBaseline(ctx, in); err != nil {
		forward := r.Clusters.Kubectl(r.from.Context) + " -n " + r.from.Istio.Namespace + " port-forward POD 15014"
		return r.withoutIstiod(hint.Add(err, "this must work first, for each istiod pod: "+forward))
	}
	return nil
}

// runsIstiod reports whether the consumer has an istiod, ready or not.
func (r *rotation) runsIstiod(ctx context.Context, istiods proof.Istiods) (bool, error) {
	found, err := r.from.Client.Istiod(ctx, cluster.Ask{
		Namespace: r.from.Istio.Namespace,
		Revision:  r.from.Istio.Revision,
	})
	if err != nil || !found.Seen || found.Deployment != "" {
		return true, err
	}
	ready, err := istiods.Ready(ctx)
	return len(ready) > 0, err
}

// withoutIstiod is the error of an istiod that cannot be queried; nil if none runs.
func (r *rotation) withoutIstiod(err error) error {
	if err != nil {
		return hint.Add(err, "to continue without asking istiod: "+r.unproven())
	}
	r.Log.Info("%s: no istiod runs in namespace %s", r.Pair.Consumer, r.from.Istio.Namespace)
	return nil
}

// unproven returns the command that does not query istiod. A separate step changes only the workspace, and opens only
// the consumer.
func (r *rotation) unproven() string {
	if r.to == nil {
		return r.command("--step drop --offline")
	}
	return r.command("--apply --offline")
}

// proveNow returns the proof for an already changed remote secret: istiod must keep what it knows now.
func (r *rotation) proveNow(ctx context.Context) error {
	err := r.beginProof(ctx)
	if err == nil {
		err = r.prove(ctx)
	}
	if ctx.Err() != nil {
		err = verdict.ErrInterrupted
	}
	return err
}

// prove verifies that each istiod of the consumer still knows the target. Only then is the old credential revoked.
func (r *rotation) prove(ctx context.Context) error {
	if r.proof == nil {
		return nil
	}
	if len(r.proof.Unknown()) == 0 {
		r.from.info("waiting until istiod has been synced for %s, to compare its endpoints", proof.Period)
	}
	if err := r.proof.Await(ctx); err != nil {
		err = hint.Add(err, "to return to the old credential: "+r.command("--abort"))
		if r.resumedBaseline {
			err = hint.Add(err, "if workloads were scaled down since the change: "+r.unproven())
		}
		return err
	}
	if r.lostBaseline {
		r.Log.Warn("if istiod in "+r.Pair.Consumer+" knows all endpoints of "+r.Pair.Target+": "+r.unproven(),
			"%s: inconclusive: an earlier run changed the remote secret, and the endpoints of %s that istiod knew before are "+
				"not recorded here; istiod keeps its current endpoints; the old credential is unchanged",
			r.Pair.Consumer, r.Pair.Target)
		return verdict.ErrIncomplete
	}
	if len(r.proof.Unknown()) > 0 {
		r.Log.Warn("if that is expected, because "+r.Pair.Target+" runs no service that the mesh calls: "+r.unproven(),
			"%s: inconclusive: istiod is synced, but knew no endpoint of %s before the change; the old credential is unchanged",
			r.Pair.Consumer, r.Pair.Target)
		return verdict.ErrIncomplete
	}
	r.from.info("%s", r.proof)
	return nil
}
