package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/render"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/shell"
)

type credentialsRevokeOptions struct {
	System
	liveFlags
	filename, output string
	links            []string
	apply, isOK      bool
}

func newCredentialsRevoke(system System, runF func(*credentialsRevokeOptions) error) *cobra.Command {
	o := &credentialsRevokeOptions{System: system, liveFlags: newLiveFlags(system)}
	cmd := &cobra.Command{
		Use:   "revoke --link FROM-TO [--apply]",
		Short: "End the credentials of a link at once",
		Long: `List what ends the credentials with which the control plane of FROM reads TO: where, with which
command, and what of it stays valid for how long.

With --apply it is done, first in TO, then in FROM, as far as they have a context; and the files in
credentials/ are removed. A cluster that cannot be reached is named, with what is to be done there.
That FROM is cut off is written to clusters/TO.yaml, so that no rendering brings the credential back:
its number is never given again. From then on calls to TO fail as endpoints change.

To let FROM in again, with a new credential: credentials rotate. Otherwise take the link out of
mesh.yaml.`,
		Example: `  kubectl mesh credentials revoke --link west-east
  kubectl mesh credentials revoke --link west-east --apply && kubectl mesh render --output-dir deploy`,
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
	addOutput(cmd, &o.output, "", "json", "yaml")
	flags := cmd.Flags()
	flags.StringSliceVar(&o.links, "link", nil, "the link: FROM-TO, or FROM:TO; may be given several times")
	flags.BoolVar(&o.apply, "apply", false, "do it, in both clusters")
	flags.BoolVar(&o.isOK, "yes", false, "with --apply: do not ask at a terminal")
	_ = cmd.RegisterFlagCompletionFunc("link", completeLinks(&o.filename))
	return cmd
}

func (o *credentialsRevokeOptions) Validate() error {
	errs := []error{checkOutput(o.output, "", "json", "yaml"), o.refuseContext(), o.liveFlags.validate()}
	if len(o.links) == 0 {
		errs = append(errs, inputErrorf("write --link FROM-TO; kubectl mesh credentials status lists the links", "say which link"))
	}
	if o.isOK && !o.apply {
		errs = append(errs, inputErrorf("nothing is changed in a cluster without --apply", "--yes needs --apply"))
	}
	return errors.Join(errs...)
}

// Run lists, and does.
func (o *credentialsRevokeOptions) Run(ctx context.Context) error {
	ws, err := openCredentials(o.filename, o.In)
	if err != nil {
		return err
	}
	defer ws.close()
	var all []render.Reading
	var errs []error
	for _, link := range o.links {
		reading, _, err := ws.reading(link)
		if err != nil {
			errs = append(errs, err)
		} else if !slices.Contains(all, reading) {
			all = append(all, reading)
		}
	}
	if err := errors.Join(errs...); err != nil {
		return err
	}
	r := &revocation{credentialsRevokeOptions: o, ws: ws, readings: all}
	if err := r.checkShared(); err != nil {
		return err
	}
	r.count()
	steps, err := r.steps()
	if err != nil {
		return err
	}
	if !o.apply || o.output != "" {
		if err := o.list(steps); err != nil || !o.apply {
			return err
		}
	}
	return r.do(ctx, steps)
}

// revocation ends the credentials of readings.
type revocation struct {
	*credentialsRevokeOptions
	ws       *workspace
	readings []render.Reading
	// before and after say which generations counted, and which will.
	before, after numbering
	sites         map[string]*site
}

// checkShared: whoever shares a token is cut off with it, so that has to be said.
func (r *revocation) checkShared() error {
	var errs []error
	for _, reading := range r.readings {
		for _, other := range r.sharers(reading) {
			if !slices.Contains(r.readings, other) {
				errs = append(errs, inputErrorf("revoke both: --link "+shell.Quote(r.ws.linkName(reading))+" --link "+shell.Quote(r.ws.linkName(other))+
					"; or give "+other.Consumer+" a token of its own first: kubectl mesh credentials rotate --link "+shell.Quote(r.ws.linkName(other)),
					"the token of %s is that of %s too: they share account %s", r.ws.linkName(reading), r.ws.linkName(other), render.Account(r.target(reading), reading.Consumer)))
			}
		}
	}
	return errors.Join(errs...)
}

// sharers are the other readings with a token Secret of this one.
func (r *revocation) sharers(reading render.Reading) []render.Reading {
	var sharers []render.Reading
	target := r.target(reading)
	if target.Reader.ServiceAccount == "" || !render.UsesAccount(target) {
		return nil
	}
	for consumer := range r.ws.graph.ReadersOf(reading.Target) {
		for _, generation := range target.GenerationsOf(consumer.Name) {
			if consumer.Name != reading.Consumer && slices.Contains(target.GenerationsOf(reading.Consumer), generation) {
				sharers = append(sharers, render.Reading{Target: reading.Target, Consumer: consumer.Name})
				break
			}
		}
	}
	return sharers
}

// do ends what can be reached, and names what cannot. The facts come first: nothing may bring back
// what is ended a moment later.
func (r *revocation) do(ctx context.Context, steps []revokeStep) error {
	if err := r.complete(); err != nil {
		return err
	}
	unreachable, err := r.openSites(ctx)
	if err != nil {
		return err
	}
	if err := r.confirm(ctx, r.isOK, "end these credentials? calls over their links will fail"); err != nil {
		return err
	}
	for _, reading := range r.readings {
		if err := r.cutOff(reading); err != nil {
			return err
		}
	}
	var left []error
	for _, step := range steps {
		if ctx.Err() != nil {
			return errors.Join(append(left, withHint(errInterrupted, "the same command goes on"))...)
		}
		if err := r.take(ctx, step, unreachable); err != nil {
			left = append(left, err)
		}
	}
	if err := errors.Join(left...); err != nil {
		return withHint(err, "the same command does what is left, and so do the commands that it lists without --apply")
	}
	for _, reading := range r.readings {
		fmt.Fprintf(r.ErrOut, "%s is revoked\n", r.ws.linkName(reading))
	}
	sayHint(r.ErrOut, "commit the change of "+r.ws.path("clusters")+", and render the tree anew; take the links out of "+r.ws.name+
		", or let them in again with new credentials: kubectl mesh credentials rotate --help")
	return nil
}

// openSites opens the clusters that have a context; each proves to be the one that is meant. It
// returns why the others cannot be reached.
func (r *revocation) openSites(ctx context.Context) (map[string]error, error) {
	r.sites = map[string]*site{}
	unreachable := map[string]error{}
	var errs []error
	for _, reading := range r.readings {
		for _, name := range []string{reading.Target, reading.Consumer} {
			declared, _ := r.ws.graph.Cluster(name)
			if r.sites[name] != nil || unreachable[name] != nil {
				continue
			}
			if err := r.away(declared); err != nil {
				unreachable[name] = err
				continue
			}
			site, err := r.openSite(ctx, r.ws, name)
			switch _, wrong := errors.AsType[inputError](err); {
			case wrong:
				errs = append(errs, err)
			case err != nil:
				unreachable[name] = err
			default:
				site.force = true // whoever owns a binding, it ends
				r.sites[name] = site
			}
		}
	}
	if err := errors.Join(errs...); err != nil {
		return nil, withHint(err, "nothing was changed in any cluster")
	}
	return unreachable, nil
}

// cutOff writes down that no credential of a reading counts any more.
func (r *revocation) cutOff(reading render.Reading) error {
	if r.ws.generations(reading).current == nil {
		return nil // it is written already
	}
	if err := r.pinOthers(reading); err != nil {
		return err
	}
	if err := r.ws.keepGenerations(reading, r.after[reading]); err != nil {
		return err
	}
	fmt.Fprintf(r.ErrOut, "%s reads %s no more: generation %s is revoked\n", reading.Consumer, reading.Target, numbers(r.before[reading].current))
	return nil
}

// pinOthers writes down which generation those have who share the account: a reader of which nothing is
// written gets one beyond all that were revoked.
func (r *revocation) pinOthers(reading render.Reading) error {
	target := r.target(reading)
	if target.Reader.ServiceAccount == "" || !render.UsesAccount(target) {
		return nil
	}
	for consumer := range r.ws.graph.ReadersOf(reading.Target) {
		other := render.Reading{Target: reading.Target, Consumer: consumer.Name}
		if _, said := r.target(reading).ReaderGenerations[consumer.Name]; said || slices.Contains(r.readings, other) {
			continue
		}
		if err := r.ws.keepGenerations(other, r.ws.generations(other)); err != nil {
			return err
		}
	}
	return nil
}
