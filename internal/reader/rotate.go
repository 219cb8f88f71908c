// Package reader manages the credentials with which control planes read other clusters: it requests, approves, lists,
// rotates and revokes them.
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

// RotateInput is a credential to rotate.
type RotateInput struct {
	Workspace *workspace.Workspace
	// Clusters to query or change; nil for steps that do neither.
	Clusters *live.Clusters
	Pair     access.Pair
	// Link is the user's name of the pair.
	Link string
	// Offline drops the old generation without a call; Rotate then does not query istiod.
	Offline        bool
	ForceConflicts bool
	// AcceptRestart restarts the consumer's istiod if a known fault requires it.
	AcceptRestart bool
	// Now is written as the time of restarts.
	Now time.Time
	// Validity of a client certificate.
	Validity time.Duration
	// Confirm is called before the first change; nil if no confirmation is needed.
	Confirm func(ctx context.Context, question string) error
	// Show receives the plan before the confirmation; may be nil.
	Show func(plan.Steps)
	Log  hint.Log
	// Proof is how istiod is queried.
	Proof proof.Options
}

// rotation replaces one generation of a credential with the next. Its state is recorded only in
// .kubectl-mesh/state.yaml.
type rotation struct {
	RotateInput
	access access.RemoteAccess
	// from and to are the clusters, once they are open.
	from, to *site
	// restarts is the Deployment to restart after the remote secret changed; empty for none.
	restarts string
	// proof is nil if istiod is not queried.
	proof *proof.Proof
	// lostBaseline is set if an earlier run changed the remote secret without recording what istiod knew before.
	lostBaseline bool
	// resumedBaseline is set if an earlier run recorded what istiod knew before.
	resumedBaseline bool
	// fetched is the credential of the newest generation, once available.
	fetched kubeconfig.Credential
	// ending is set once the revocation of the old credential has started.
	ending bool
	// grants is set if the consumer was revoked, so that there is no old credential to restore, compare with or revoke.
	grants bool
}

// newRotation rejects credentials that cannot be rotated.
func newRotation(in RotateInput) (*rotation, error) {
	a, err := in.Workspace.Access(in.Pair)
	if err != nil {
		return nil, err
	}
	r := &rotation{RotateInput: in, access: a, grants: in.Workspace.Generations(in.Pair).Current == nil}
	return r, r.check()
}

// IsUnderWay reports whether a rotation has started and is not finished.
func IsUnderWay(ws *workspace.Workspace, pair access.Pair) bool {
	return len(ws.Generations(pair).Current) > 1
}

// Begin makes a new generation valid in addition to the old one. It changes only the workspace.
func Begin(ctx context.Context, in RotateInput) error {
	r, err := newRotation(in)
	if err != nil {
		return err
	}
	return r.begin(ctx)
}

// Verify calls the target with the consumer's current credential, which must be the newest one.
func Verify(ctx context.Context, in RotateInput) error {
	r, err := newRotation(in)
	if err != nil {
		return err
	}
	return r.verify(ctx, true)
}

// Drop makes only the newest generation valid, after a call with it. It changes only the workspace.
func Drop(ctx context.Context, in RotateInput) error {
	r, err := newRotation(in)
	if err != nil {
		return err
	}
	return r.drop(ctx)
}

// Abort makes only the old generation valid. It changes only the workspace.
func Abort(ctx context.Context, in RotateInput) error {
	r, err := newRotation(in)
	if err != nil {
		return err
	}
	return r.abort(ctx)
}

// Rotate performs all steps in both clusters.
func Rotate(ctx context.Context, in RotateInput) error {
	r, err := newRotation(in)
	if err != nil {
		return err
	}
	return r.run(ctx)
}

// kind returns the kind of the credential.
func (r *rotation) kind() access.Kind { return r.access.Kind() }

func (r *rotation) now() workspace.Generations { return r.Workspace.Generations(r.Pair) }

func (r *rotation) isUnderWay() bool { return len(r.now().Current) > 1 }

// newest is the generation to keep.
func (r *rotation) newest() int32 { return r.access.Newest() }

// check rejects credentials that cannot be rotated.
func (r *rotation) check() error {
	if why, instead := r.kind().Unsupported(r.access.Target); why != "" {
		return verdict.Inputf(instead, "%s", why)
	}
	if why, instead := r.kind().Unrotatable(r.access, r.Workspace.FilenameFlag()); why != "" && r.now().Current != nil {
		return verdict.Inputf(instead, "%s", why)
	}
	return nil
}

// begin makes a new generation valid in addition to the old one. After a revocation there is no old one.
func (r *rotation) begin(ctx context.Context) error {
	if r.isUnderWay() {
		return verdict.Inputf("finish it: "+r.command("")+"; or return to the old generation: "+r.command("--abort"),
			"a rotation of %s is in progress: %s are valid",
			r.Workspace.LinkName(r.Pair), workspace.Numbered(r.now().Current))
	}
	if err := r.start(ctx); err != nil {
		return err
	}
	r.warn()
	advice := r.commitThen(r.deliverCommands())
	switch {
	case !r.grants:
		advice += "; then: " + r.command("")
	case r.kind().Traits().Rotates(): // the next step would start another rotation
		advice += "; then: " + r.command("--step verify")
	}
	r.Log.Advise(advice)
	return nil
}

// commitThen has the recorded state reviewed first. Commands that render the tree come without another one that does.
func (r *rotation) commitThen(commands string) string {
	commit := r.Workspace.CommitState()
	if strings.HasPrefix(commands, "kubectl mesh render --output-dir ") {
		commit = r.Workspace.CommitTree(layout.State())
	}
	return commit + "; " + commands
}

func (r *rotation) start(ctx context.Context) error {
	next, err := r.next()
	if err != nil {
		return err
	}
	if err := r.record(ctx, next); err != nil {
		return err
	}
	r.Log.Info("begin: %s reads %s with %s", r.Pair.Consumer, r.Pair.Target, workspace.Numbered(r.now().Current))
	return nil
}

// drop makes only the newest generation valid.
func (r *rotation) drop(ctx context.Context) error {
	if !r.isUnderWay() {
		return verdict.Inputf("begin one: "+r.command(""),
			"no rotation of %s is in progress: %s is valid",
			r.Workspace.LinkName(r.Pair), workspace.Numbered(r.now().Current))
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
	r.Log.Advise(r.Workspace.CommitState() + "; revoke the old one in " + r.Pair.Target + ": " +
		r.pruneCommand())
	return nil
}

// record records which generations are valid, and uses them from now on.
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

// abort makes only the old generation valid. FROM may already have the new one, so it gets the old one back before the
// new one is revoked.
func (r *rotation) abort(ctx context.Context) error {
	if !r.isUnderWay() {
		return verdict.Inputf("kubectl mesh credentials status"+r.Workspace.FilenameFlag()+" shows it",
			"no rotation of %s is in progress", r.Workspace.LinkName(r.Pair))
	}
	if err := r.keepOnly(ctx, r.now().Current[0]); err != nil {
		return err
	}
	r.Log.Advise(r.commitThen(r.deliverCommands()) + "; only then: " +
		r.pruneCommand())
	return nil
}

// undo returns the command that reverts the new generation: only the old one is valid again or, if there is none, the
// new one is revoked.
func (r *rotation) undo() string {
	if r.grants {
		return "kubectl mesh credentials revoke --link " + shell.Name(r.Link) + r.Workspace.FilenameFlag() + " --apply"
	}
	return r.command("--abort")
}

// undoWith is undo with what is then left to do in a cluster. A revocation leaves nothing.
func (r *rotation) undoWith(then string) string {
	if r.grants {
		return r.undo()
	}
	return r.undo() + "; then: " + then
}

// pruneCommand returns the command that deletes in TO what is no longer rendered.
func (r *rotation) pruneCommand() string {
	return "kubectl mesh render --apply --prune --cluster " + shell.Name(r.Pair.Target) + r.Workspace.FilenameFlag()
}

// command returns an invocation of this command.
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

// byHand returns the commands for a step if no cluster is reachable from here.
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
		// It contains no secret and is not sealed.
		return []string{r.Workspace.ApplyCommand(r.access.Consumer, string(tree.Include))}
	case access.StepFillStore:
		return []string{r.storeStep(generation)}
	}
	return nil
}

// storeStep is for the owner of a secret store.
func (r *rotation) storeStep(generation int32) string {
	stored, target := r.kind().RemoteUser(r.access).Store, r.access.Target
	return fmt.Sprintf("store the token of Secret %s/%s in %s as property %s of entry %s; External Secrets picks it "+
		"up within 15 minutes",
		target.Istio.Namespace, r.access.TokenSecret(generation), target.Name, stored.Property, stored.Entry)
}
