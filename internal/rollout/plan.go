package rollout

import (
	"context"
	"slices"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apply"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/render"
)

// makePlan asks the API server what would happen, and looks around.
func (r *run) makePlan(ctx context.Context, m *member) error {
	mesh := r.Workspace.Doc.Mesh
	overlay, err := r.compile(m.Name)
	if err != nil {
		return err
	}
	objects := overlay.Objects()
	if mesh.Spec.AdmissionPolicy {
		objects, m.guarded = render.RemoteSecretsApart(objects)
	}
	writer := m.live.Writer
	if m.plan, err = writer.Plan(ctx, objects, r.ForceConflicts); err != nil {
		return err
	}
	tokens, pending, err := r.tokens.all(ctx, access.TokenPairs(r.Workspace.Graph, m.Name), r.tokens.now)
	if err != nil {
		return err
	}
	if err := r.planSecrets(ctx, m, tokens); err != nil {
		return err
	}
	m.later += pending
	if m.before, err = writer.ReadInventory(ctx, r.inventory(m, nil)); err != nil {
		return err
	}
	if m.leftovers, err = writer.Leftovers(ctx, m.before, slices.Concat(m.plan, r.remoteSecrets(m)), r.labels()); err != nil {
		return err
	}
	strangers, err := writer.Strangers(ctx, m.Istio.Namespace, r.labels())
	m.strangers = slices.DeleteFunc(strangers, func(s apply.Stranger) bool { return s.Google && m.inFleet(mesh) })
	return err
}

// inFleet tells whether Google's control plane finds the other clusters by secrets of its own.
func (m *member) inFleet(mesh *v1alpha1.Mesh) bool {
	return mesh.Spec.Discovery == v1alpha1.DiscoveryFleet && m.Istio.MulticlusterMode != v1alpha1.MulticlusterManual
}

// comesWithNamespace tells whether the namespace of Istio is still to be made.
func (m *member) comesWithNamespace() bool {
	return len(m.plan) > 0 && m.plan[0].Action == apply.ActionCreate && m.plan[0].Kind == "Namespace"
}

// applyPlan announces what comes, and applies what holds no credential.
func (r *run) applyPlan(ctx context.Context, m *member) error {
	namespaces := 0
	for namespaces < len(m.plan) && m.plan[namespaces].Kind == "Namespace" {
		namespaces++
	}
	writer := m.live.Writer
	made, err := writer.Apply(ctx, m.plan[:namespaces], r.ForceConflicts)
	if m.made = made; err != nil {
		return err
	}
	m.announced = apply.Announce(m.before, slices.Concat(m.plan, r.remoteSecrets(m)))
	if err := writer.WriteInventory(ctx, r.inventory(m, m.announced)); err != nil {
		return err
	}
	made, err = writer.Apply(ctx, m.plan[namespaces:], r.ForceConflicts)
	m.made = append(m.made, made...)
	return err
}

// hasWork tells whether anything would be written to any cluster.
func (r *run) hasWork() bool {
	return slices.ContainsFunc(r.members, func(m *member) bool { return m.err == nil && m.hasWork(r.Prune) })
}

func (m *member) hasWork(prune bool) bool {
	all := slices.Concat(m.plan, m.secrets)
	changes := slices.ContainsFunc(all, func(change apply.Change) bool { return change.Action != apply.ActionUnchanged })
	settled := slices.Equal(m.before, apply.Settle(m.before, all, nil))
	return changes || m.later > 0 || prune && len(m.leftovers) > 0 || !settled
}
