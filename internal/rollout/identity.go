package rollout

import (
	"context"
	"fmt"

	"github.com/kubectl-mesh/kubectl-mesh/internal/live"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
)

// open connects to a cluster, which must be the declared one.
func (r *run) open(ctx context.Context, m *member) (err error) {
	policy := live.RequireProof
	if r.Pin {
		policy = live.Pin
	}
	if m.live, err = r.Clusters.Open(ctx, m.Cluster, policy); err != nil {
		return err
	}
	m.session = m.live.Writer.Session(r.scope(m))
	return nil
}

// pin records first UIDs, once the identity of all clusters is verified.
func (r *run) pin(ctx context.Context) error {
	for _, m := range r.members {
		if !r.Pin || m.UID != "" {
			continue
		}
		if err := r.Workspace.PinUID(ctx, m.Name, m.live.UID); err != nil {
			return hint.Add(fmt.Errorf("record the UID of %s: %w", m.Name, err), "nothing was changed in any cluster")
		}
		r.Log.Info("%s: recorded its UID in %s", m.Name, r.Workspace.Path(layout.State()))
	}
	return nil
}
