// Package rollout applies a mesh to its clusters, in stages.
//
// The identity of all clusters is verified before anything is written. Accounts are applied before the remote secrets
// with their tokens, and each cluster's inventory is announced before its first change, so that an interrupted run
// leaves nothing untracked. Each stage runs in all clusters concurrently; a cluster that fails in a stage is skipped in
// later ones.
package rollout

import (
	"context"
	"errors"
	"time"

	"github.com/kubectl-mesh/kubectl-mesh/internal/live"
	"github.com/kubectl-mesh/kubectl-mesh/internal/parallel"
	"github.com/kubectl-mesh/kubectl-mesh/internal/progress"
	"github.com/kubectl-mesh/kubectl-mesh/internal/proof"
	"github.com/kubectl-mesh/kubectl-mesh/internal/terminal"
	"github.com/kubectl-mesh/kubectl-mesh/internal/workspace"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apply"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/render"
)

// Input of a rollout.
type Input struct {
	Workspace *workspace.Workspace
	Clusters  *live.Clusters
	// Targets are the names of the clusters to change.
	Targets []string
	// Sample also applies the verification workload.
	Sample bool
	// DryRun has the API servers dry-run the changes.
	DryRun bool
	// Prune removes what an earlier rollout applied and is no longer part of the mesh.
	Prune bool
	// Pin records the UID of clusters without a recorded one.
	Pin bool
	// ForceConflicts takes ownership of fields of other field managers.
	ForceConflicts bool
	// AcceptRestart restarts istiod if a changed remote secret triggers a known fault, on which the rollout would
	// otherwise stop.
	AcceptRestart bool
	// Now is written as the time of restarts.
	Now time.Time
	// Confirm is called before the first change; nil if no confirmation is needed.
	Confirm func(ctx context.Context, question string) error
	// Log receives messages, Progress each stage that a cluster has finished. Both may be nil.
	Log      hint.Log
	Progress func(cluster, done string)
	// Proof is how istiods are queried about the endpoints of clusters whose remote secret changes.
	Proof proof.Options
}

type run struct {
	Input
	members []*member
	tokens  *tokenSource
}

// member is the state of one cluster.
type member struct {
	*v1alpha1.Cluster
	live    *live.Cluster
	session *apply.Session
	// recorded is set if the inventory lists everything planned; due is what it lists as left to do.
	recorded bool
	due      due
	// plan contains no credentials, secrets the available ones; pending are the Secrets that can be planned only after
	// other objects are applied.
	plan, secrets, pending []apply.Change
	// planned is set if the plan can be applied.
	planned bool
	// remedies of what could not be checked, by reason.
	remedies map[string][]string
	// guarded are the remote secrets without a credential, if an admission policy must know them first; otherwise they are
	// in the plan.
	guarded []render.Object
	// held is what cannot be rendered yet; unavailable are errors of getting tokens.
	held        []render.Held
	unavailable error
	// danger is nil if no remote secret of a running istiod changes.
	danger *danger
	// proof is nil if none is needed, or if istiod cannot be queried, which unproven explains.
	proof    *proof.Proof
	unproven string
	// lostRoots are the roots that its workloads trust, if none of them would remain.
	lostRoots []string
	orphans   []apply.Orphan
	unmanaged []apply.Unmanaged
	// made and pruned are the changes that were made.
	made   []apply.Change
	pruned []apply.Entry
	err    error
}

// Apply applies the mesh to the clusters. The reports describe what was done in each, also with an error; without
// reports nothing was changed. The error of a dry run is verdict.ErrIncomplete if the only problem is that something
// could not be checked yet.
func Apply(ctx context.Context, in Input) ([]Report, error) {
	r, err := newRun(in)
	if err != nil {
		return nil, err
	}
	// Nothing is written before the identity of every cluster is verified.
	r.runStage(ctx, "", r.open)
	if err := r.failure(); err != nil {
		return nil, hint.Add(err, "nothing was changed in any cluster")
	}
	if err := r.pin(ctx); err != nil {
		return nil, err
	}
	r.runStage(ctx, "", r.makePlan)
	r.logPlan()
	if err := r.conflicts(); err != nil && !in.DryRun {
		return nil, hint.Add(err, "nothing was changed in any cluster")
	}
	if err := errors.Join(r.checkRoots(ctx), r.checkHazards(ctx)); err != nil {
		if !in.DryRun {
			return nil, hint.Add(err, "nothing was changed in any cluster")
		}
		return r.reports(), errors.Join(err, r.outcome(ctx))
	}
	if in.DryRun || !r.hasWork() {
		return r.reports(), r.dryOutcome(ctx)
	}
	if in.Confirm != nil {
		if err := in.Confirm(ctx, "apply this to "+terminal.Count(len(r.members), "cluster")+"?"); err != nil {
			return nil, err
		}
	}
	r.beginProofs(ctx)
	r.runStage(ctx, "", func(_ context.Context, m *member) error { return m.owe() })
	r.runStage(ctx, "applied accounts, permissions and gateways", r.applyPlan)
	r.runStage(ctx, "applied remote secrets", r.applySecrets)
	r.runStage(ctx, "", r.prune)
	r.restart(ctx)
	r.settle(ctx)
	r.prove(ctx)
	r.settle(ctx) // the verification is no longer due
	return r.reports(), r.provenOutcome(ctx)
}

// newRun checks what needs no cluster.
func newRun(in Input) (*run, error) {
	if _, _, err := in.Workspace.ReadKeys(in.Workspace.Bundles, in.Targets); err != nil {
		return nil, err // tokens come from the clusters, keys only from the workspace
	}
	r := &run{Input: in}
	var errs []error
	for _, name := range in.Targets {
		declared, err := in.Workspace.Cluster(name)
		if err != nil {
			return nil, err
		}
		errs = append(errs, r.checkPublic(name), in.Clusters.CheckCluster(declared))
		r.members = append(r.members, &member{Cluster: declared})
	}
	r.tokens = newTokenSource(r)
	return r, errors.Join(errs...)
}

// checkPublic rejects credentials in what everyone can read of an object.
func (r *run) checkPublic(name string) error {
	overlay, err := r.compile(name)
	if err != nil {
		return err
	}
	return overlay.CheckPublic()
}

// compile renders what a cluster gets without credentials.
func (r *run) compile(name string) (render.Overlay, error) {
	ws := r.Workspace
	in := ws.RenderInput()
	in.Sample = r.Sample
	return render.Compile(in, name, render.Options{})
}

// runStage runs a stage in all clusters that have not failed, and reports progress.
func (r *run) runStage(ctx context.Context, done string, stage func(context.Context, *member) error) {
	r.tokens.coming = map[string]bool{}
	for _, m := range r.members {
		r.tokens.coming[m.Name] = m.err == nil
	}
	work := func(ctx context.Context, m *member) error {
		if m.err != nil {
			return m.err
		}
		defer progress.Begin(ctx, m.Name)()
		return stage(ctx, m)
	}
	for m, err := range parallel.InOrder(ctx, r.members, work) {
		if m.err = err; err == nil && done != "" && r.Progress != nil {
			r.Progress(m.Name, done)
		}
	}
}

// scope of a session in a cluster.
func (r *run) scope(m *member) apply.Scope {
	mesh := r.Workspace.Doc.Mesh.Metadata.Name
	return apply.Scope{Mesh: mesh, Namespace: m.Istio.Namespace, Labels: access.Labels(mesh), Force: r.ForceConflicts}
}

// prune deletes orphans.
func (r *run) prune(ctx context.Context, m *member) (err error) {
	if r.Prune {
		m.pruned, err = m.session.Prune(ctx, m.orphans)
	}
	return err
}

// settle records the resulting state, also in a cluster where the rollout stopped.
func (r *run) settle(ctx context.Context) {
	settle := func(ctx context.Context, m *member) error {
		if m.session == nil {
			return nil
		}
		return m.session.Settle(ctx)
	}
	for m, err := range parallel.InOrder(ctx, r.members, settle) {
		if m.err == nil {
			m.err = err
		}
	}
}
