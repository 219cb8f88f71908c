// Package reader looks after the credentials with which control planes read other clusters: it requests,
// approves, shows, rotates and revokes them.
package reader

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/kubectl-mesh/kubectl-mesh/internal/live"
	"github.com/kubectl-mesh/kubectl-mesh/internal/plan"
	"github.com/kubectl-mesh/kubectl-mesh/internal/proof"
	"github.com/kubectl-mesh/kubectl-mesh/internal/tree"
	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
	"github.com/kubectl-mesh/kubectl-mesh/internal/workspace"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/kubeconfig"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/shell"
)

// RotateInput is a credential that is changed.
type RotateInput struct {
	Workspace *workspace.Workspace
	// Clusters are asked, or changed; nil for steps that do neither.
	Clusters *live.Clusters
	Pair     access.Pair
	// Link is how the user names the pair.
	Link string
	// Offline drops the old generation without asking anybody; Rotate does not ask istiod then.
	Offline        bool
	ForceConflicts bool
	// AcceptRestart has istiod of the consumer restarted where a known fault makes that necessary.
	AcceptRestart bool
	// Now is noted where istiod is restarted.
	Now time.Time
	// Validity of a client certificate.
	Validity time.Duration
	// Confirm is asked before the first change; nil if nobody must be asked.
	Confirm func(ctx context.Context, question string) error
	// Show is handed the plan before that question; nil if nobody has to see it.
	Show func(plan.Steps)
	Log  hint.Log
	// Proof says how istiod is asked.
	Proof proof.Options
}

// rotation is the credential of one remote access on its way from one generation to the next. How far it
// has come is recorded in .kubectl-mesh/state.yaml, and nowhere else.
type rotation struct {
	RotateInput
	access access.RemoteAccess
	// from and to are the clusters, once they are open.
	from, to *site
	// restarts is the Deployment that is restarted once the remote secret has changed; empty for none.
	restarts string
	// proof is nil if istiod is not asked.
	proof *proof.Proof
	// lostBaseline: an earlier run changed the remote secret, and what istiod knew before is not recorded.
	lostBaseline bool
	// resumedBaseline: what istiod knew before was recorded by an earlier run.
	resumedBaseline bool
	// fetched is the credential of the newest generation, once it is here.
	fetched kubeconfig.Credential
	// ending: the end of the old credential has begun.
	ending bool
	// grants: the consumer was revoked, so there is no old credential to return to, to compare with or to end.
	grants bool
}

// newRotation refuses what cannot be rotated.
func newRotation(in RotateInput) (*rotation, error) {
	a, err := in.Workspace.Access(in.Pair)
	if err != nil {
		return nil, err
	}
	r := &rotation{RotateInput: in, access: a, grants: in.Workspace.Generations(in.Pair).Current == nil}
	return r, r.check()
}

// IsUnderWay reports whether a rotation has begun and is not finished.
func IsUnderWay(ws *workspace.Workspace, pair access.Pair) bool {
	return len(ws.Generations(pair).Current) > 1
}

// Begin lets a new generation count beside the old one. It changes the workspace alone.
func Begin(ctx context.Context, in RotateInput) error {
	r, err := newRotation(in)
	if err != nil {
		return err
	}
	return r.begin(ctx)
}

// Verify calls the target with the credential that the consumer has now, which must be the newest one.
func Verify(ctx context.Context, in RotateInput) error {
	r, err := newRotation(in)
	if err != nil {
		return err
	}
	return r.verify(ctx, true)
}

// Drop lets the newest generation alone count, after a call with it. It changes the workspace alone.
func Drop(ctx context.Context, in RotateInput) error {
	r, err := newRotation(in)
	if err != nil {
		return err
	}
	return r.drop(ctx)
}

// Abort lets the old generation alone count. It changes the workspace alone.
func Abort(ctx context.Context, in RotateInput) error {
	r, err := newRotation(in)
	if err != nil {
		return err
	}
	return r.abort(ctx)
}

// Rotate does all steps, in both clusters.
func Rotate(ctx context.Context, in RotateInput) error {
	r, err := newRotation(in)
	if err != nil {
		return err
	}
	return r.run(ctx)
}

// kind is the kind of the credential.
func (r *rotation) kind() access.Kind { return r.access.Kind() }

func (r *rotation) now() workspace.Generations { return r.Workspace.Generations(r.Pair) }

func (r *rotation) isUnderWay() bool { return len(r.now().Current) > 1 }

// newest is the generation that is to stay.
func (r *rotation) newest() int32 { return r.access.Newest() }

// check refuses what cannot be rotated.
func (r *rotation) check() error {
	if why, instead := r.kind().Unsupported(r.access.Target); why != "" {
		return verdict.Inputf(instead, "%s", why)
	}
	if why, instead := r.kind().Unrotatable(r.access, r.Workspace.FilenameFlag()); why != "" && r.now().Current != nil {
		return verdict.Inputf(instead, "%s", why)
	}
	return nil
}

// begin lets a new generation count beside the old one. After a revocation there is none beside it.
func (r *rotation) begin(ctx context.Context) error {
	if r.isUnderWay() {
		return verdict.Inputf("finish it: "+r.command("")+"; or return to the old generation: "+r.command("--abort"),
			"a rotation of %s is in progress: generations %s are valid",
			r.Workspace.LinkName(r.Pair), workspace.Numbers(r.now().Current))
	}
	if err := r.start(ctx); err != nil {
		return err
	}
	r.warn()
	advice := r.Workspace.CommitTree(layout.State()) + "; " + r.deliverCommands()
	switch {
	case !r.grants:
		advice += "; then: " + r.command("")
	case r.kind().Traits().Rotates(): // the next step would be to begin once more
		advice += "; then: " + r.command("--step verify")
	}
	r.Log.Advise(advice)
	return nil
}

func (r *rotation) start(ctx context.Context) error {
	next, err := r.next()
	if err != nil {
		return err
	}
	if err := r.record(ctx, next); err != nil {
		return err
	}
	r.Log.Info("begin: %s reads %s with generation %s", r.Pair.Consumer, r.Pair.Target, workspace.Numbers(r.now().Current))
	return nil
}

// drop lets the newest generation alone count.
func (r *rotation) drop(ctx context.Context) error {
	if !r.isUnderWay() {
		return verdict.Inputf("begin one: "+r.command(""),
			"no rotation of %s is in progress: generation %s is valid",
			r.Workspace.LinkName(r.Pair), workspace.Numbers(r.now().Current))
	}
	if err := r.checkSealed(); err != nil {
		return err
	}
	if r.Offline {
		r.Log.Warn("", "not verified: %s uses generation %d", r.Pair.Consumer, r.newest())
	} else if err := r.verify(ctx, false); err != nil {
		return err
	} else if err := r.proveNow(ctx); err != nil {
		return err
	}
	if err := r.keepOnly(ctx, r.newest()); err != nil {
		return err
	}
	r.Log.Advise(r.Workspace.CommitTree(layout.State()) + "; revoke the old one in " + r.Pair.Target + ": " +
		r.pruneCommand())
	return nil
}

// record writes down which generations count, and goes on with them.
func (r *rotation) record(ctx context.Context, now workspace.Generations, remove ...string) (err error) {
	if err := r.Workspace.KeepGenerations(ctx, r.Pair, now, remove...); err != nil {
		return err
	}
	r.access, err = r.Workspace.Access(r.Pair)
	return err
}

func (r *rotation) keepOnly(ctx context.Context, generation int32, remove ...string) error {
	remove = append(remove, layout.Baseline(r.Pair.Target, r.Pair.Consumer))
	if err := r.record(ctx, workspace.Generations{
		Current: []int32{generation},
		Revoked: r.now().Revoked,
	}, remove...); err != nil {
		return err
	}
	r.Log.Info("drop: %s reads %s with generation %d only", r.Pair.Consumer, r.Pair.Target, generation)
	return nil
}

// abort lets the old generation alone count. FROM may have the new one already, so it gets the old one
// again before the new one ends.
func (r *rotation) abort(ctx context.Context) error {
	if !r.isUnderWay() {
		return verdict.Inputf("kubectl mesh credentials status"+r.Workspace.FilenameFlag()+" shows it",
			"no rotation of %s is in progress", r.Workspace.LinkName(r.Pair))
	}
	if err := r.keepOnly(ctx, r.now().Current[0]); err != nil {
		return err
	}
	r.Log.Advise(r.Workspace.CommitTree(layout.State()) + "; " + r.deliverCommands() + "; only then: " +
		r.pruneCommand())
	return nil
}

// undo is the command that takes the new generation back: the old one alone counts again or, if there is none, the
// new one is revoked.
func (r *rotation) undo() string {
	if r.grants {
		return "kubectl mesh credentials revoke --link " + shell.Name(r.Link) + r.Workspace.FilenameFlag() + " --apply"
	}
	return r.command("--abort")
}

// undoWith is undo, and what is left to do in a cluster after it. A revocation leaves nothing.
func (r *rotation) undoWith(then string) string {
	if r.grants {
		return r.undo()
	}
	return r.undo() + "; then: " + then
}

// pruneCommand revokes in TO what is no longer rendered there.
func (r *rotation) pruneCommand() string {
	return "kubectl mesh render --apply --prune --cluster " + shell.Name(r.Pair.Target) + r.Workspace.FilenameFlag()
}

// command is a run of this command.
func (r *rotation) command(flags string) string {
	command := "kubectl mesh credentials rotate --link " + shell.Name(r.Link) + r.Workspace.FilenameFlag()
	if flags != "" {
		command += " " + flags
	}
	return command
}

// deliverCommands bring the newest generation from TO to FROM.
func (r *rotation) deliverCommands() string {
	var commands []string
	for _, step := range r.kind().Delivery() {
		commands = append(commands, r.byHand(step, r.newest())...)
	}
	return strings.Join(commands, "; ")
}

// byHand are the commands that do a step where no cluster can be reached from here.
func (r *rotation) byHand(step access.Step, generation int32) []string {
	switch step {
	case access.StepApplyTarget:
		return []string{r.targetCommand()}
	case access.StepFetchToken:
		return []string{r.Workspace.FetchCommand(r.Pair)}
	case access.StepSignCertificate:
		consumer, target := r.Pair.Consumer, r.Pair.Target
		approve := "kubectl mesh credentials approve " + shell.Name(consumer+"-"+target+".csr") +
			" --from " + shell.Name(consumer) + " --cluster " + shell.Name(target) + r.Workspace.FilenameFlag()
		return []string{r.Workspace.RequestCommand(r.Pair), "where " + target + " is: " + approve}
	case access.StepApplySecret:
		return []string{r.consumerCommand()}
	case access.StepApplyPublic:
		// It holds no secret, and is not sealed.
		return []string{r.Workspace.ApplyCommand(r.access.Consumer, string(tree.Include))}
	case access.StepFillStore:
		return []string{r.storeStep(generation)}
	}
	return nil
}

// storeStep is for whoever owns a secret store.
func (r *rotation) storeStep(generation int32) string {
	stored, target := r.kind().RemoteUser(r.access).Store, r.access.Target
	return fmt.Sprintf("store the token of Secret %s/%s in %s as property %s of entry %s; External Secrets picks it "+
		"up within 15 minutes",
		target.Istio.Namespace, r.access.TokenSecret(generation), target.Name, stored.Property, stored.Entry)
}
