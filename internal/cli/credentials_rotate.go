package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/render"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/shell"
)

// What --step takes.
const (
	stepNext   = "next"
	stepBegin  = "begin"
	stepVerify = "verify"
	stepDrop   = "drop"
)

type credentialsRotateOptions struct {
	System
	liveFlags
	filename, link, step        string
	apply, abort, offline, isOK bool
	forceConflicts              bool
	life                        time.Duration
}

func newCredentialsRotate(system System, runF func(*credentialsRotateOptions) error) *cobra.Command {
	o := &credentialsRotateOptions{System: system, liveFlags: newLiveFlags(system)}
	cmd := &cobra.Command{
		Use:   "rotate --link FROM-TO [--apply | --step STEP | --abort]",
		Short: "Change the credential of a link without an interruption",
		Long: `Change the credential with which the control plane of FROM reads TO: the new one is there beside
the old one, and is called with, before the old one ends. Which generations count stands in
clusters/TO.yaml, so that each step is a change of the tree that can be reviewed.

With --apply all of it is done, where both clusters can be reached: the new token Secret, or the
certificate for a new key, the remote secret, a call with what is in it, the end of the old one.
A run that is cut off is finished by the same command.

Without it no cluster is changed, and each run is the next step, for sites that are visited one at
a time:
  begin   a new generation counts beside the old one. Apply TO; collect, or request and approve;
          apply FROM
  verify  a call with the credential that FROM has now; a step of drop
  drop    the old generation counts no more. Apply TO with --prune: that ends it
drop is refused until the call succeeds with the new credential. --offline asks nobody: somebody
has seen then that FROM uses it. --abort goes back to the old generation.

With auth external the new token is yours to put into the store. With auth federated there is
nothing to rotate; after revoke, begin lets the reader in again.`,
		Example: `  kubectl mesh credentials rotate --link west-east --apply
  kubectl mesh credentials rotate --link west-east && kubectl mesh render --output-dir deploy`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if runF != nil {
				return runF(o)
			}
			if err := o.Validate(); err != nil {
				return err
			}
			return o.Run(cmd.Context())
		},
	}
	addFilename(cmd, &o.filename)
	o.liveFlags.add(cmd)
	_ = cmd.Flags().MarkHidden("context")
	markInterruptible(cmd)
	flags := cmd.Flags()
	flags.StringVar(&o.link, "link", "", "the link: FROM-TO, or FROM:TO; the control plane of FROM reads TO")
	flags.BoolVar(&o.apply, "apply", false, "do all of it, in both clusters")
	flags.StringVar(&o.step, "step", stepNext, "one step: next, begin, verify or drop")
	flags.BoolVar(&o.abort, "abort", false, "go back to the old generation")
	flags.BoolVar(&o.offline, "offline", false, "ask no cluster before the old generation is dropped")
	flags.BoolVar(&o.isOK, "yes", false, "with --apply: do not ask at a terminal")
	flags.BoolVar(&o.forceConflicts, "force-conflicts", false, "with --apply: take fields over that others own")
	flags.DurationVar(&o.life, "lifetime", presetDuration, "with --apply: how long a client certificate is to live")
	_ = cmd.RegisterFlagCompletionFunc("link", completeLinks(&o.filename))
	_ = cmd.RegisterFlagCompletionFunc("step", cobra.FixedCompletions([]string{stepNext, stepBegin, stepVerify, stepDrop}, cobra.ShellCompDirectiveNoFileComp))
	return cmd
}

func (o *credentialsRotateOptions) Validate() error {
	errs := []error{checkWord("--step", o.step, stepNext, stepBegin, stepVerify, stepDrop), checkSignedLife(o.life), o.refuseContext(), o.liveFlags.validate()}
	refuse := func(when bool, hint, text string) {
		if when {
			errs = append(errs, inputErrorf(hint, "%s", text))
		}
	}
	refuse(o.link == "", "write --link FROM-TO; kubectl mesh credentials status lists the links", "say which link")
	refuse(o.apply && o.step != stepNext, "leave one of them out", "--apply does all steps, --step one that changes no cluster")
	refuse(o.abort && (o.apply || o.step != stepNext), "leave out the others", "--abort stands alone")
	refuse(o.offline && (o.apply || o.abort || o.step == stepVerify), "leave one of them out", "--offline asks no cluster, and this does")
	refuse(o.forceConflicts && !o.apply, "nothing is changed in a cluster without --apply", "--force-conflicts needs --apply")
	refuse(o.isOK && !o.apply, "nothing is changed in a cluster without --apply", "--yes needs --apply")
	return errors.Join(errs...)
}

// checkSignedLife bounds what a cluster is asked to sign.
func checkSignedLife(life time.Duration) error {
	if life < leastDuration || life > 10*365*24*time.Hour {
		return inputErrorf("write it as in 2160h", "--lifetime %s is not between ten minutes and ten years", life)
	}
	return nil
}

func (o *credentialsRotateOptions) Run(ctx context.Context) error {
	ws, err := openCredentials(o.filename, o.In)
	if err != nil {
		return err
	}
	defer ws.close()
	reading, caller, err := ws.reading(o.link)
	if err != nil {
		return err
	}
	if caller != reading.Consumer {
		fmt.Fprintf(o.ErrOut, "%s is served by the control plane of %s, whose credential it is, for all clusters that it serves\n", caller, reading.Consumer)
	}
	r := &rotation{credentialsRotateOptions: o, ws: ws, reading: reading}
	if err := r.check(); err != nil {
		return err
	}
	switch {
	case o.abort:
		return r.back()
	case o.apply:
		return r.all(ctx)
	case o.step == stepBegin, o.step == stepNext && !r.isUnderWay():
		return r.begin()
	case o.step == stepVerify:
		return r.verify(ctx)
	}
	return r.drop(ctx)
}

// rotation is the credential of one reading on its way from one generation to the next. How far it
// has come is written in the facts of the target, and nowhere else.
type rotation struct {
	*credentialsRotateOptions
	ws      *workspace
	reading render.Reading
	// from and to are the clusters, once they are open.
	from, to *site
}

func (r *rotation) target() *v1alpha1.Cluster {
	target, _ := r.ws.graph.Cluster(r.reading.Target)
	return target
}

func (r *rotation) now() generations { return r.ws.generations(r.reading) }

func (r *rotation) isUnderWay() bool { return len(r.now().current) > 1 }

// newest is the generation that is to stay.
func (r *rotation) newest() int32 { return render.Generation(r.target(), r.reading.Consumer) }

// check refuses what cannot be rotated.
func (r *rotation) check() error {
	target := r.target()
	switch {
	case target.Reader.Auth == v1alpha1.ReaderAuthFederated && r.now().current != nil:
		return inputErrorf("after a change of the keys of its issuer: kubectl mesh collect --token=skip --cluster "+shell.Quote(r.reading.Consumer)+
			r.ws.filenameFlag()+", then render and serve the documents; to end it: kubectl mesh credentials revoke",
			"%s has no credential for %s: it shows a token that the kubelet renews, within the hour", r.reading.Consumer, r.reading.Target)
	case target.Reader.Auth == v1alpha1.ReaderAuthClientCertificate && target.Platform == v1alpha1.PlatformEKS:
		return inputErrorf("use reader.auth token for it", "%s is on EKS, which signs no client certificates", target.Name)
	}
	return nil
}

// begin lets a new generation count beside the old one. After a revocation there is none beside it.
func (r *rotation) begin() error {
	if r.isUnderWay() {
		return inputErrorf("finish it: "+r.command("")+"; or go back: "+r.command("--abort"), "a rotation of %s goes on: generations %s count", r.ws.linkName(r.reading), numbers(r.now().current))
	}
	if err := r.start(); err != nil {
		return err
	}
	sayHint(r.ErrOut, "commit "+shell.Quote(r.ws.path("clusters"))+"; "+r.bringCommands()+"; then: "+r.command(""))
	return nil
}

func (r *rotation) start() error {
	now := r.now()
	next := r.target().NextGeneration(r.reading.Consumer)
	if next > v1alpha1.MaxGeneration {
		return inputErrorf("give the cluster another reader.serviceAccount, or name it anew", "%s has no generation left: %d is the last", r.ws.linkName(r.reading), v1alpha1.MaxGeneration)
	}
	if err := r.ws.keepGenerations(r.reading, generations{slices.Concat(now.current, []int32{next}), now.revoked}); err != nil {
		return err
	}
	fmt.Fprintf(r.ErrOut, "begin: %s reads %s by generation %s\n", r.reading.Consumer, r.reading.Target, numbers(r.now().current))
	return nil
}

// drop lets the newest generation alone count.
func (r *rotation) drop(ctx context.Context) error {
	if !r.isUnderWay() {
		return inputErrorf("begin one: "+r.command(""), "no rotation of %s goes on: generation %s counts", r.ws.linkName(r.reading), numbers(r.now().current))
	}
	if err := r.checkSealed(); err != nil {
		return err
	}
	if r.offline {
		fmt.Fprintf(r.ErrOut, "warning: nobody was asked whether %s uses generation %d\n", r.reading.Consumer, r.newest())
	} else if err := r.verify(ctx); err != nil {
		return err
	}
	if err := r.keepOnly(r.newest()); err != nil {
		return err
	}
	sayHint(r.ErrOut, "commit "+shell.Quote(r.ws.path("clusters"))+", and end the old one in "+r.reading.Target+": kubectl mesh render --apply --prune --cluster "+
		shell.Quote(r.reading.Target)+r.ws.filenameFlag())
	return nil
}

func (r *rotation) keepOnly(generation int32) error {
	if err := r.ws.keepGenerations(r.reading, generations{[]int32{generation}, r.now().revoked}); err != nil {
		return err
	}
	fmt.Fprintf(r.ErrOut, "drop: %s reads %s by generation %d alone\n", r.reading.Consumer, r.reading.Target, generation)
	return nil
}

// back lets the old generation alone count. FROM may have the new one already, so it gets the old one
// again before the new one ends.
func (r *rotation) back() error {
	if !r.isUnderWay() {
		return inputErrorf("kubectl mesh credentials status"+r.ws.filenameFlag()+" shows it", "no rotation of %s goes on", r.ws.linkName(r.reading))
	}
	if err := r.keepOnly(r.now().current[0]); err != nil {
		return err
	}
	sayHint(r.ErrOut, r.bringCommands()+"; only then: kubectl mesh render --apply --prune --cluster "+shell.Quote(r.reading.Target)+r.ws.filenameFlag())
	return nil
}

// command is a run of this command.
func (r *rotation) command(flags string) string {
	command := "kubectl mesh credentials rotate --link " + shell.Quote(r.link) + r.ws.filenameFlag()
	if flags != "" {
		command += " " + flags
	}
	return command
}

// bringCommands bring the newest generation from TO to FROM.
func (r *rotation) bringCommands() string {
	to, from := r.target(), r.reading.Consumer
	steps := []string{r.targetCommand()}
	switch to.Reader.Auth {
	case v1alpha1.ReaderAuthToken:
		steps = append(steps, r.ws.fetchToken(r.reading), r.consumerCommand())
	case v1alpha1.ReaderAuthClientCertificate:
		steps = append(steps, r.ws.requestCommand(r.reading), "where "+to.Name+" is: kubectl mesh credentials approve "+
			shell.Quote(from+"-"+to.Name+".csr")+" --from "+shell.Quote(from)+" --cluster "+shell.Quote(to.Name)+r.ws.filenameFlag(), r.consumerCommand())
	case v1alpha1.ReaderAuthExternal:
		steps = append(steps, r.storeStep())
	case v1alpha1.ReaderAuthFederated:
		consumer, _ := r.ws.graph.Cluster(from)
		steps = append(steps, r.ws.applyCommand(consumer, secretsInclude)) // it holds no secret, and is not sealed
	}
	return strings.Join(steps, "; ")
}

// applyCommand brings a cluster what it is to have. Where no context leads there, somebody does it who
// needs none of ours.
func (ws *workspace) applyCommand(cluster *v1alpha1.Cluster, secrets string) string {
	name := shell.Quote(cluster.Name)
	if cluster.Context != "" {
		return "kubectl mesh render --apply --cluster " + name + ws.filenameFlag()
	}
	return "kubectl mesh render --cluster " + name + " --secrets=" + secrets + ws.filenameFlag() +
		" | kubectl --context=" + shell.Quote("CONTEXT_OF_"+cluster.Name) + " apply --server-side -f -"
}

// storeStep is for whoever owns a secret store.
func (r *rotation) storeStep() string {
	target := r.target()
	return fmt.Sprintf("put the token of Secret %s/%s of %s into property token of entry %s of the store; External Secrets takes it up within 15 minutes",
		target.Istio.Namespace, newestSecret(target, r.reading.Consumer), target.Name, render.StoreEntry(r.ws.doc.Mesh.Metadata.Name, target, r.reading.Consumer))
}
