package reader

import (
	"context"
	"time"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/cluster"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hazard"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
)

// change returns what a rotation does to the consumer's remote secret. A federated reader's never changes.
func (r *rotation) change() hazard.Change {
	change := hazard.Change{
		Consumer:     r.access.Consumer,
		Waivers:      r.Workspace.Doc.Mesh.Spec.Waivers,
		OtherNetwork: r.Workspace.Graph.CrossNetwork(r.Pair.Consumer, r.Pair.Target),
	}
	if r.kind().Traits().Rotates() {
		change.Changed = []string{r.Pair.Target}
	}
	return change
}

// warn describes the effect of the changed remote secret, if the release is known without querying.
func (r *rotation) warn() {
	found := hazard.Of(r.change())
	if found.Blocks() {
		r.Log.Warn(found.ByHand(), "%s: %s", r.Pair.Consumer, found.Err())
	}
	if warning := found.Warning(); warning != "" {
		r.Log.Warn("", "%s: %s", r.Pair.Consumer, warning)
	}
}

// checkHazard refuses changes that would break calls, before the first one. An accepted restart becomes a step.
func (r *rotation) checkHazard(ctx context.Context) error {
	change := r.change()
	istiod, err := r.from.Client.Istiod(ctx, cluster.Ask{
		Namespace: r.from.Istio.Namespace,
		Revision:  r.from.Istio.Revision,
	})
	if err != nil {
		return r.Clusters.Explain(err, r.from.Context)
	}
	if istiod.Seen && istiod.Deployment == "" {
		return nil // no istiod runs here
	}
	change.Running = istiod.Release
	found := hazard.Of(change)
	if warning := found.Warning(); warning != "" {
		r.Log.Warn("", "%s: %s", r.Pair.Consumer, warning)
	}
	switch {
	case found.Unknown():
		r.Log.Warn("set istio.version of "+r.Pair.Consumer,
			"%s: the version of istiod is unknown, so known faults were not checked", r.Pair.Consumer)
	case !found.Blocks():
	case !r.AcceptRestart:
		return hint.Prefix(found.Err(), r.Pair.Consumer+": ")
	case istiod.Deployment == "":
		return hint.New("give the context permission to list and patch Deployments, or upgrade istiod first",
			r.Pair.Consumer+": istiod cannot be restarted: its Deployment was not found")
	default:
		r.restarts = istiod.Deployment
		r.Log.Info("%s: %s", r.Pair.Consumer, found.Restart())
	}
	return nil
}

// restartWait bounds the wait for a restarted istiod.
const restartWait = 5 * time.Minute

// restart restarts the consumer's istiod and waits for it. If a run is interrupted before, the next one does it.
func (r *rotation) restart(ctx context.Context) error {
	if r.restarts == "" {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, restartWait)
	defer cancel()
	if err := r.from.restart(ctx, r.restarts, r.Now); err != nil {
		return err
	}
	r.from.info("istiod is restarted and available")
	return nil
}
