// Package rollout brings a mesh to its clusters, in stages.
//
// Every cluster proves its identity before anything is written anywhere. Then accounts come before the
// remote secrets that hold their tokens, and each cluster's inventory is announced before its first change,
// so that a run that is cut off leaves nothing unknown. In each stage all clusters work at once; one that
// fails in a stage is left out of those that follow.
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

// Input is what a rollout depends on.
type Input struct {
	Workspace *workspace.Workspace
	Clusters  *live.Clusters
	// Targets are the names of the clusters to change.
	Targets []string
	// Sample brings the verification workload too.
	Sample bool
	// DryRun asks the API servers what would happen, and changes nothing.
	DryRun bool
	// Prune removes what an earlier rollout brought and the mesh no longer has.
	Prune bool
	// Pin records the UID of clusters for which none is recorded.
	Pin bool
	// ForceConflicts takes ownership of fields of other field managers.
	ForceConflicts bool
	// AcceptRestart has istiod restarted where it would otherwise stop on a known fault: a changed remote secret.
	AcceptRestart bool
	// Now is noted where istiod is restarted.
	Now time.Time
	// Confirm is asked before the first change; nil if nobody must be asked.
	Confirm func(ctx context.Context, question string) error
	// Log takes what is said on the way, Progress the stage that a cluster has finished. Both may be nil.
	Log      hint.Log
	Progress func(cluster, done string)
	// Proof says how istiods are asked whether they keep the endpoints of a cluster whose remote secret changes.
	Proof proof.Options
}

// run is one rollout.
type run struct {
	Input
	members []*member
	tokens  *tokenSource
}

// member is one cluster and how far it has come.
type member struct {
	*v1alpha1.Cluster
	live    *live.Cluster
	session *apply.Session
	// recorded says that the inventory lists all that was planned, due what it says is left to do.
	recorded bool
	due      due
	// plan is for what holds no credential, secrets for the credentials that are available; pending are the
	// Secrets that can be planned only when something else was applied.
	plan, secrets, pending []apply.Change
	// planned says that the plan can be carried out.
	planned bool
	// remedies help against what could not be checked, by its reason.
	remedies map[string][]string
	// guarded are the remote secrets that hold no credential, where an admission policy has to know of
	// them first; elsewhere they are in the plan.
	guarded []render.Object
	// held is what cannot be rendered yet; unavailable is what went wrong where a token was to come from.
	held        []render.Held
	unavailable error
	// danger is nil if no remote secret changes that a running istiod has.
	danger *danger
	// proof is nil if none is needed, or where istiod cannot be asked: unproven says why it shows nothing.
	proof    *proof.Proof
	unproven string
	// lostRoots are the roots that its workloads trust, where none of them would stay.
	lostRoots []string
	orphans   []apply.Orphan
	unmanaged []apply.Unmanaged
	// made and pruned is what was done.
	made   []apply.Change
	pruned []apply.Entry
	err    error
}

// Apply brings the mesh to the clusters. The reports say what was done in each, also when the error says
// that some of it was not; without reports nothing was changed anywhere. A dry run ends with
// verdict.ErrIncomplete when nothing is wrong but that something could not be asked about yet.
func Apply(ctx context.Context, in Input) ([]Report, error) {
	r, err := newRun(in)
	if err != nil {
		return nil, err
	}
	// Nothing is written anywhere before every cluster has proved to be the intended one.
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
	r.settle(ctx) // the proof is no longer due
	return r.reports(), r.provenOutcome(ctx)
}

// newRun looks at what can be seen before a cluster is asked.
func newRun(in Input) (*run, error) {
	if _, _, err := in.Workspace.ReadKeys(in.Workspace.Bundles, in.Targets); err != nil {
		return nil, err // tokens come from the clusters, keys from nowhere else
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

// checkPublic refuses a credential in what everybody may see of an object.
func (r *run) checkPublic(name string) error {
	overlay, err := r.compile(name)
	if err != nil {
		return err
	}
	return overlay.CheckPublic()
}

// compile makes what a cluster gets and holds no credential.
func (r *run) compile(name string) (render.Overlay, error) {
	ws := r.Workspace
	in := ws.RenderInput()
	in.Sample = r.Sample
	return render.Compile(in, name, render.Options{})
}

// runStage does one stage for all clusters that have not failed, and says where it is done.
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

// scope is what a session in a cluster works for.
func (r *run) scope(m *member) apply.Scope {
	mesh := r.Workspace.Doc.Mesh.Metadata.Name
	return apply.Scope{Mesh: mesh, Namespace: m.Istio.Namespace, Labels: access.Labels(mesh), Force: r.ForceConflicts}
}

// prune deletes what the mesh no longer has.
func (r *run) prune(ctx context.Context, m *member) (err error) {
	if r.Prune {
		m.pruned, err = m.session.Prune(ctx, m.orphans)
	}
	return err
}

// settle records what there is now, also in a cluster where the rollout stopped half way.
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
