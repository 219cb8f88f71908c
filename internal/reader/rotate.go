// Package reader looks after the credentials with which control planes read other clusters: it requests,
// approves, shows, rotates and revokes them.
package reader

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/kubectl-mesh/kubectl-mesh/internal/live"
	"github.com/kubectl-mesh/kubectl-mesh/internal/proof"
	"github.com/kubectl-mesh/kubectl-mesh/internal/tree"
	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
	"github.com/kubectl-mesh/kubectl-mesh/internal/workspace"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
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
	// Confirm is asked before the first change; nil when nobody has to be asked.
	Confirm func(ctx context.Context, question string) error
	Tell    hint.Tell
	// Proof says how istiod is asked.
	Proof proof.Options
}

// rotation is the credential of one reading on its way from one generation to the next. How far it
// has come is recorded in .kubectl-mesh/state.yaml, and nowhere else.
type rotation struct {
	RotateInput
	// from and to are the clusters, once they are open.
	from, to *site
	// restarts is the Deployment that is restarted once the remote secret has changed; empty for none.
	restarts string
	// proof is nil where istiod is not asked.
	proof *proof.Proof
}

// newRotation refuses what cannot be rotated.
func newRotation(in RotateInput) (*rotation, error) {
	r := &rotation{RotateInput: in}
	return r, r.check()
}

// IsUnderWay tells whether a rotation has begun and is not finished.
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
	return r.back(ctx)
}

// Rotate does all steps, in both clusters.
func Rotate(ctx context.Context, in RotateInput) error {
	r, err := newRotation(in)
	if err != nil {
		return err
	}
	return r.all(ctx)
}

func (r *rotation) target() *v1alpha1.Cluster {
	target, _ := r.Workspace.Graph.Cluster(r.Pair.Target)
	return target
}

func (r *rotation) now() workspace.Generations { return r.Workspace.Generations(r.Pair) }

func (r *rotation) isUnderWay() bool { return len(r.now().Current) > 1 }

// newest is the generation that is to stay.
func (r *rotation) newest() int32 { return access.Generation(r.target(), r.Pair.Consumer) }

// check refuses what cannot be rotated.
func (r *rotation) check() error {
	target := r.target()
	switch {
	case target.Reader.Auth == v1alpha1.ReaderAuthFederated && r.now().Current != nil:
		return verdict.Inputf("after a change of the keys of its issuer: kubectl mesh collect --token=skip --cluster "+shell.Quote(r.Pair.Consumer)+
			r.Workspace.FilenameFlag()+", then render and serve the documents; to end it: kubectl mesh credentials revoke",
			"%s has no credential for %s: it shows a token that the kubelet renews, within the hour", r.Pair.Consumer, r.Pair.Target)
	case target.Reader.Auth == v1alpha1.ReaderAuthClientCertificate && target.Platform == v1alpha1.PlatformEKS:
		return verdict.Inputf("use reader.auth token for it", "%s is on EKS, which signs no client certificates", target.Name)
	}
	return nil
}

// begin lets a new generation count beside the old one. After a revocation there is none beside it.
func (r *rotation) begin(ctx context.Context) error {
	if r.isUnderWay() {
		return verdict.Inputf("finish it: "+r.command("")+"; or go back: "+r.command("--abort"), "a rotation of %s goes on: generations %s count", r.Workspace.LinkName(r.Pair), workspace.Numbers(r.now().Current))
	}
	if err := r.start(ctx); err != nil {
		return err
	}
	r.warn()
	r.Tell.Advise("commit " + shell.Quote(r.Workspace.Path(layout.State())) + "; " + r.bringCommands() + "; then: " + r.command(""))
	return nil
}

func (r *rotation) start(ctx context.Context) error {
	now := r.now()
	next := r.target().NextGeneration(r.Pair.Consumer)
	if next > v1alpha1.MaxGeneration {
		return verdict.Inputf("give the cluster another reader.serviceAccount, or name it anew", "%s has no generation left: %d is the last", r.Workspace.LinkName(r.Pair), v1alpha1.MaxGeneration)
	}
	if err := r.Workspace.KeepGenerations(ctx, r.Pair, workspace.Generations{Current: slices.Concat(now.Current, []int32{next}), Revoked: now.Revoked}); err != nil {
		return err
	}
	r.Tell.Say("begin: %s reads %s by generation %s", r.Pair.Consumer, r.Pair.Target, workspace.Numbers(r.now().Current))
	return nil
}

// drop lets the newest generation alone count.
func (r *rotation) drop(ctx context.Context) error {
	if !r.isUnderWay() {
		return verdict.Inputf("begin one: "+r.command(""), "no rotation of %s goes on: generation %s counts", r.Workspace.LinkName(r.Pair), workspace.Numbers(r.now().Current))
	}
	if err := r.checkSealed(); err != nil {
		return err
	}
	if r.Offline {
		r.Tell.Warn("", "nobody was asked whether %s uses generation %d", r.Pair.Consumer, r.newest())
	} else if err := r.verify(ctx, false); err != nil {
		return err
	} else if err := r.proveNow(ctx); err != nil {
		return err
	}
	if err := r.keepOnly(ctx, r.newest()); err != nil {
		return err
	}
	r.Tell.Advise("commit " + shell.Quote(r.Workspace.Path(layout.State())) + ", and end the old one in " + r.Pair.Target + ": kubectl mesh render --apply --prune --cluster " +
		shell.Quote(r.Pair.Target) + r.Workspace.FilenameFlag())
	return nil
}

func (r *rotation) keepOnly(ctx context.Context, generation int32, remove ...string) error {
	if err := r.Workspace.KeepGenerations(ctx, r.Pair, workspace.Generations{Current: []int32{generation}, Revoked: r.now().Revoked}, remove...); err != nil {
		return err
	}
	r.Tell.Say("drop: %s reads %s by generation %d alone", r.Pair.Consumer, r.Pair.Target, generation)
	return nil
}

// back lets the old generation alone count. FROM may have the new one already, so it gets the old one
// again before the new one ends.
func (r *rotation) back(ctx context.Context) error {
	if !r.isUnderWay() {
		return verdict.Inputf("kubectl mesh credentials status"+r.Workspace.FilenameFlag()+" shows it", "no rotation of %s goes on", r.Workspace.LinkName(r.Pair))
	}
	if err := r.keepOnly(ctx, r.now().Current[0]); err != nil {
		return err
	}
	r.Tell.Advise(r.bringCommands() + "; only then: kubectl mesh render --apply --prune --cluster " + shell.Quote(r.Pair.Target) + r.Workspace.FilenameFlag())
	return nil
}

// command is a run of this command.
func (r *rotation) command(flags string) string {
	command := "kubectl mesh credentials rotate --link " + shell.Quote(r.Link) + r.Workspace.FilenameFlag()
	if flags != "" {
		command += " " + flags
	}
	return command
}

// bringCommands bring the newest generation from TO to FROM.
func (r *rotation) bringCommands() string {
	to, from := r.target(), r.Pair.Consumer
	steps := []string{r.targetCommand()}
	switch to.Reader.Auth {
	case v1alpha1.ReaderAuthToken:
		steps = append(steps, r.Workspace.FetchCommand(r.Pair), r.consumerCommand())
	case v1alpha1.ReaderAuthClientCertificate:
		steps = append(steps, r.Workspace.RequestCommand(r.Pair), "where "+to.Name+" is: kubectl mesh credentials approve "+
			shell.Quote(from+"-"+to.Name+".csr")+" --from "+shell.Quote(from)+" --cluster "+shell.Quote(to.Name)+r.Workspace.FilenameFlag(), r.consumerCommand())
	case v1alpha1.ReaderAuthExternal:
		steps = append(steps, r.storeStep())
	case v1alpha1.ReaderAuthFederated:
		consumer, _ := r.Workspace.Graph.Cluster(from)
		steps = append(steps, r.Workspace.ApplyCommand(consumer, string(tree.Include))) // it holds no secret, and is not sealed
	}
	return strings.Join(steps, "; ")
}

// storeStep is for whoever owns a secret store.
func (r *rotation) storeStep() string {
	target := r.target()
	return fmt.Sprintf("put the token of Secret %s/%s of %s into property token of entry %s of the store; External Secrets takes it up within 15 minutes",
		target.Istio.Namespace, access.NewestTokenSecret(target, r.Pair.Consumer), target.Name, access.StoreEntry(r.Workspace.Doc.Mesh.Metadata.Name, target, r.Pair.Consumer))
}
