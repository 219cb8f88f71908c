package rollout

import (
	"context"
	"errors"
	"slices"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apply"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/render"
)

// makePlan dry-runs the changes and scans the clusters. It finds all conflicts, whatever else is wrong.
func (r *run) makePlan(ctx context.Context, m *member) error {
	overlay, err := r.compile(m.Name)
	if err != nil {
		return err
	}
	objects := overlay.Objects()
	if r.Workspace.Doc.Mesh.Spec.AdmissionPolicy {
		objects, m.guarded = render.SplitRemoteSecrets(objects)
	}
	err = r.planObjects(ctx, m, objects)
	if err != nil && apply.Conflicts(err) == nil {
		return err
	}
	if err := errors.Join(err, r.planCredentials(ctx, m)); err != nil {
		return err
	}
	return r.scanClusters(ctx, m)
}

// planObjects plans what contains no credential. A dry run continues without missing kinds.
func (r *run) planObjects(ctx context.Context, m *member, objects []render.Object) error {
	plan, err := m.session.Plan(ctx, objects)
	missing, ok := apply.OnlyMissingKinds(err)
	if ok && r.DryRun {
		m.needKinds(r, plan, missing)
		err = nil
	}
	m.planned = err == nil
	m.plan = plan
	return err
}

// planCredentials plans the available credentials.
func (r *run) planCredentials(ctx context.Context, m *member) error {
	found := r.tokens.all(ctx, access.TokenPairs(r.Workspace.Graph, m.Name), r.tokens.now)
	if m.unavailable = found.err; ctx.Err() != nil {
		return ctx.Err()
	}
	return errors.Join(r.planSecrets(ctx, m, found), r.planLate(ctx, m, found.late))
}

// scanClusters finds what the plan does not contain: objects that are no longer part of the mesh, unmanaged remote
// secrets, and whether the inventory lists the rest.
func (r *run) scanClusters(ctx context.Context, m *member) (err error) {
	m.session.Hold(append(r.remoteSecrets(m), m.heldBack()...)...)
	if m.orphans, err = m.session.Orphans(ctx, m.plan); err != nil {
		return err
	}
	if m.recorded, err = m.session.Recorded(ctx, slices.Concat(m.plan, m.secrets)); err != nil {
		return err
	}
	if err := r.readDue(ctx, m); err != nil {
		return err
	}
	unmanaged, err := m.session.Unmanaged(ctx)
	m.unmanaged = slices.DeleteFunc(unmanaged, func(secret apply.Unmanaged) bool {
		return secret.Google && m.inFleet(r.Workspace.Doc.Mesh)
	})
	return err
}

// inFleet reports whether Google's control plane discovers the other clusters by its own secrets.
func (m *member) inFleet(mesh *v1alpha1.Mesh) bool {
	return mesh.Spec.Discovery == v1alpha1.DiscoveryFleet && m.Istio.MulticlusterMode != v1alpha1.MulticlusterManual
}

// comesWithNamespace reports whether Istio's namespace is still to be created.
func (m *member) comesWithNamespace() bool {
	return len(m.plan) > 0 && m.plan[0].Action == apply.ActionCreate && m.plan[0].Kind == "Namespace"
}

// applyPlan applies what contains no credential.
func (r *run) applyPlan(ctx context.Context, m *member) (err error) {
	m.made, err = m.session.Apply(ctx, m.plan)
	return err
}

// hasWork reports whether anything would be written to any cluster.
func (r *run) hasWork() bool {
	return slices.ContainsFunc(r.members, func(m *member) bool { return m.err == nil && m.hasWork(r.Prune) })
}

func (m *member) hasWork(prune bool) bool {
	changes := slices.ContainsFunc(slices.Concat(m.plan, m.secrets), func(change apply.Change) bool {
		return change.Action != apply.ActionUnchanged
	})
	return changes || len(m.pending) > 0 || prune && len(m.orphans) > 0 || !m.recorded || m.isDue()
}
