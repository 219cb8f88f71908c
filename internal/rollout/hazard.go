package rollout

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/kubectl-mesh/kubectl-mesh/internal/parallel"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apply"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/cluster"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hazard"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/shell"
)

// danger is how known faults of a cluster's istiod affect the plan.
type danger struct {
	hazard.Hazard
	deployment string
	// rollout is the Deployment's current revision.
	rollout string
	// changed are the targets whose remote secrets change in this run; isPlanned also counts deletions.
	changed   []string
	isPlanned bool
	// left is the restart that an interrupted run did not perform; nil if none.
	left *dueRestart
}

// isOver reports whether the missed restart has happened since, so that istiod only has to become available.
func (d *danger) isOver() bool {
	return d.left != nil && !d.isPlanned && d.left.Rollout != "" && d.left.Rollout != d.rollout
}

// checkHazards refuses changes that would break calls, before the first write to any cluster. An accepted restart
// becomes part of the plan.
func (r *run) checkHazards(ctx context.Context) error {
	r.runStage(ctx, "", r.judge)
	var errs []error
	for _, m := range r.members {
		if m.err != nil || m.danger == nil {
			continue
		}
		if err := r.hazardOf(m); err != nil {
			errs = append(errs, hint.Prefix(err, m.Name+": "))
		}
	}
	return errors.Join(errs...)
}

// hazardOf returns the hazard of a plan. The error is what stops it.
func (r *run) hazardOf(m *member) error {
	if warning := m.danger.Warning(); warning != "" {
		r.Log.Warn("", "%s: %s", m.Name, warning)
	}
	switch {
	case m.danger.Unknown():
		r.Log.Warn("set istio.version of "+m.Name,
			"%s: the version of istiod is unknown, so known faults were not checked", m.Name)
	case !m.danger.Blocks():
	case m.danger.isOver():
		r.Log.Info("%s: istiod was restarted after an interrupted run changed its remote secrets: waiting until it is "+
			"available",
			m.Name)
	case !r.AcceptRestart && m.danger.left != nil:
		return hint.Add(hint.Prefix(m.danger.Err(), "an interrupted run did not restart istiod: "),
			"restart it by hand: "+r.restartCommand(m))
	case !r.AcceptRestart:
		return m.danger.Err()
	case m.danger.deployment == "":
		return hint.New("give the context permission to list and patch Deployments, or upgrade istiod first",
			"istiod cannot be restarted: its Deployment was not found")
	case m.danger.left != nil:
		r.Log.Info("%s: continuing an interrupted run: %s", m.Name, m.danger.Restart())
	default:
		r.Log.Info("%s: %s", m.Name, m.danger.Restart())
	}
	return nil
}

// judge finds the istiod that a changed remote secret would affect, if any.
func (r *run) judge(ctx context.Context, m *member) error {
	change := hazard.Change{Consumer: m.Cluster, Waivers: r.Workspace.Doc.Mesh.Spec.Waivers}
	for target := range r.Workspace.Graph.Targets(m.Name) {
		if changesRemoteSecret(slices.Concat(m.plan, m.secrets, m.pending), access.RemoteSecret(target.Name)) {
			change.Changed = append(change.Changed, target.Name)
			change.OtherNetwork = change.OtherNetwork || r.Workspace.Graph.CrossNetwork(m.Name, target.Name)
		}
	}
	if r.Prune {
		for _, orphan := range m.orphans {
			target, remote := strings.CutPrefix(orphan.Name, access.RemoteSecretPrefix)
			if remote && orphan.Kind == "Secret" && isPrunable(orphan) {
				change.Removed = append(change.Removed, target)
				change.OtherNetwork = true // nothing is known about clusters that left the mesh
			}
		}
	}
	d := &danger{
		changed:   slices.Clone(change.Changed),
		isPlanned: len(change.Changed)+len(change.Removed) > 0,
		left:      m.due.restart,
	}
	if d.left != nil {
		change.Changed, change.Removed = union(change.Changed, d.left.Changed), union(change.Removed, d.left.Removed)
		change.OtherNetwork = change.OtherNetwork || len(d.left.Removed) > 0 || r.anySeparate(m, d.left.Changed)
	}
	if len(change.Changed)+len(change.Removed) == 0 {
		return nil
	}
	istiod, err := m.live.Client.Istiod(ctx, cluster.Ask{Namespace: m.Istio.Namespace, Revision: m.Istio.Revision})
	if err != nil {
		return err
	}
	if istiod.Seen && istiod.Deployment == "" {
		return nil
	}
	change.Running = istiod.Release
	d.Hazard, d.deployment, d.rollout = hazard.Of(change), istiod.Deployment, istiod.Rollout
	m.danger = d
	return nil
}

// anySeparate reports whether any cluster is in another network. One that left the mesh may be.
func (r *run) anySeparate(m *member, targets []string) bool {
	return slices.ContainsFunc(targets, func(target string) bool {
		_, known := r.Workspace.Graph.Cluster(target)
		return !known || r.Workspace.Graph.CrossNetwork(m.Name, target)
	})
}

// restartCommand returns the command that restarts a cluster's istiod.
func (r *run) restartCommand(m *member) string {
	return r.Clusters.Kubectl(m.live.Context) + " -n " + m.Istio.Namespace +
		" rollout restart " + shell.Name("deployment/"+m.danger.deployment)
}

// changesRemoteSecret reports whether the content of an existing remote secret changes: istiod compares only that
// (istio pkg/kube/multicluster/secretcontroller.go). What cannot be planned yet counts as a change.
func changesRemoteSecret(changes []apply.Change, name string) bool {
	return slices.ContainsFunc(changes, func(c apply.Change) bool {
		return c.Kind == "Secret" && c.Name == name && c.Action == apply.ActionConfigure &&
			(c.Live == nil || c.Merged == nil || !reflect.DeepEqual(secretData(c.Live), secretData(c.Merged)))
	})
}

func secretData(secret *unstructured.Unstructured) any { return secret.Object["data"] }

// restartWait bounds the wait for a restarted istiod.
const restartWait = 5 * time.Minute

// restart restarts istiod if its remote secrets changed, in this run or in the one that it resumes, and waits for it;
// also if something else failed in the cluster.
func (r *run) restart(ctx context.Context) {
	for m, err := range parallel.InOrder(ctx, r.members, r.restartIn) {
		if m.err = errors.Join(m.err, err); err != nil {
			m.proof = nil // its failure is already reported
		}
	}
}

func (r *run) restartIn(ctx context.Context, m *member) error {
	if !m.restarts() {
		return nil
	}
	restart := apply.Restart{Namespace: m.Istio.Namespace, Name: m.danger.deployment, At: r.Now}
	switch {
	case m.changedRemoteSecrets(): // an earlier restart by another user
	case m.danger.left != nil:
		restart.Rollout = m.danger.left.Rollout
	default:
		if m.err == nil {
			m.session.Finish(taskRestart) // nothing was changed
		}
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, restartWait)
	defer cancel()
	if err := m.session.Restart(ctx, restart); err != nil {
		return hint.Add(err, "its remote secrets changed, which requires a restart: "+r.restartCommand(m))
	}
	m.session.Finish(taskRestart)
	r.progress(m, "istiod is restarted")
	return nil
}

func (r *run) progress(m *member, done string) {
	if r.Progress != nil {
		r.Progress(m.Name, done)
	}
}

// changedRemoteSecrets reports whether this run changed or removed any.
func (m *member) changedRemoteSecrets() bool {
	remote := func(ref apply.Ref) bool {
		return ref.Kind == "Secret" && strings.HasPrefix(ref.Name, access.RemoteSecretPrefix)
	}
	changed := func(c apply.Change) bool { return remote(c.Ref) && c.Action == apply.ActionConfigure }
	removed := func(e apply.Entry) bool { return remote(e.Ref) }
	return slices.ContainsFunc(m.made, changed) || slices.ContainsFunc(m.pruned, removed)
}
