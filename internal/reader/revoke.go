package reader

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/internal/live"
	"github.com/kubectl-mesh/kubectl-mesh/internal/plan"
	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
	"github.com/kubectl-mesh/kubectl-mesh/internal/workspace"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/shell"
)

// RevokeInput selects the credentials to revoke.
type RevokeInput struct {
	Workspace *workspace.Workspace
	// Clusters to change; PlanRevocation needs none.
	Clusters *live.Clusters
	Pairs    []access.Pair
	// Kubectl is the start of a printed command with a context.
	Kubectl func(context string) string
	// Confirm is called before the first change; nil if no confirmation is needed.
	Confirm func(ctx context.Context, question string) error
	Log     hint.Log
}

// PlanRevocation lists the steps that revoke the credentials, in order, and those that restart affected istiods.
func PlanRevocation(ctx context.Context, in RevokeInput) (plan.Steps, error) {
	r, err := newRevocation(in)
	if err != nil {
		return nil, err
	}
	steps, err := r.steps()
	return append(steps, r.restarts(ctx)...), err
}

// Revoke performs the possible steps, and reports which are left to others.
func Revoke(ctx context.Context, in RevokeInput) error {
	r, err := newRevocation(in)
	if err != nil {
		return err
	}
	steps, err := r.steps()
	if err != nil {
		return err
	}
	return r.run(ctx, steps)
}

func newRevocation(in RevokeInput) (*revocation, error) {
	r := &revocation{
		RevokeInput: in,
		sites:       map[string]*site{},
		unreachable: map[string]error{},
		access:      map[access.Pair]access.RemoteAccess{},
	}
	if err := r.lookUp(); err != nil {
		return nil, err
	}
	if err := r.checkShared(); err != nil {
		return nil, err
	}
	r.count()
	return r, nil
}

// lookUp finds the clusters of all pairs, with their valid generations.
func (r *revocation) lookUp() (err error) {
	for _, pair := range r.Pairs {
		if r.access[pair], err = r.Workspace.Access(pair); err != nil {
			return err
		}
	}
	return nil
}

// record records which generations of a pair are valid, and uses them from now on.
func (r *revocation) record(ctx context.Context, pair access.Pair, now workspace.Generations) error {
	if err := r.Workspace.KeepGenerations(ctx, pair, now); err != nil {
		return err
	}
	return r.lookUp()
}

// revocation revokes the credentials of pairs.
type revocation struct {
	RevokeInput
	access map[access.Pair]access.RemoteAccess
	// before and after are the valid generations before and after the revocation.
	before, after numbering
	sites         map[string]*site
	// unreachable explains why the other clusters are not reachable.
	unreachable map[string]error
}

// checkShared requires that all pairs that share a token are specified, because they are revoked together.
func (r *revocation) checkShared() error {
	var errs []error
	for _, pair := range r.Pairs {
		for _, other := range r.sharers(pair) {
			if slices.Contains(r.Pairs, other) {
				continue
			}
			link, otherLink := r.Workspace.LinkName(pair), r.Workspace.LinkName(other)
			errs = append(errs, verdict.Inputf(
				"revoke both: --link "+shell.Name(link)+" --link "+shell.Name(otherLink)+
					"; or give "+other.Consumer+" its own token first: "+
					"kubectl mesh credentials rotate --link "+shell.Name(otherLink)+r.Workspace.FilenameFlag(),
				"%s and %s use the same token: they share account %s", link, otherLink, r.access[pair].Subject(0).Name))
		}
	}
	return errors.Join(errs...)
}

// sharers returns the other pairs that share a token Secret.
func (r *revocation) sharers(pair access.Pair) []access.Pair {
	var sharers []access.Pair
	target := r.access[pair].Target
	if target.Reader.ServiceAccount == "" || !access.UsesAccount(target) {
		return nil
	}
	for consumer := range r.Workspace.Graph.Consumers(pair.Target) {
		for _, generation := range target.GenerationsOf(consumer.Name) {
			if consumer.Name != pair.Consumer && slices.Contains(target.GenerationsOf(pair.Consumer), generation) {
				sharers = append(sharers, access.Pair{Target: pair.Target, Consumer: consumer.Name})
				break
			}
		}
	}
	return sharers
}

// run revokes what is reachable, and lists the rest.
func (r *revocation) run(ctx context.Context, steps plan.Steps) error {
	if err := r.openSites(ctx); err != nil {
		return err
	}
	for _, step := range r.restarts(ctx) {
		r.Log.Warn(step.Action+" afterwards: "+step.Command, "%s: %s", step.Location, step.Effect)
	}
	if r.Confirm != nil {
		if err := r.Confirm(ctx, "revoke these credentials? calls over their links will fail"); err != nil {
			return err
		}
	}
	var left []error
	var remainder []plan.Failure
	for _, failure := range steps.Run(ctx) {
		switch {
		case errors.Is(failure.Err, verdict.ErrInterrupted):
			return errors.Join(append(slices.Concat(left, errorsOf(remainder)), hint.Add(verdict.ErrInterrupted,
				"run the same command again to continue"))...)
		case failure.Step.Essential:
			return failure.Err
		case failure.Step.Remainder && r.unreachable[failure.Step.Location] != nil:
			remainder = append(remainder, failure)
		default:
			left = append(left, failure.Err)
		}
	}
	if len(left) > 0 {
		return hint.Add(errors.Join(slices.Concat(left, errorsOf(remainder))...),
			"run the same command again to finish, or the commands that it lists without --apply")
	}
	return r.finish(remainder)
}

func errorsOf(failures []plan.Failure) []error {
	var errs []error
	for _, failure := range failures {
		errs = append(errs, failure.Err)
	}
	return errs
}

// finish reports what is revoked. If a consumer was unreachable, its istiod keeps open watches.
func (r *revocation) finish(remainder []plan.Failure) error {
	for _, err := range errorsOf(remainder) {
		for _, problem := range hint.List(err) {
			r.Log.Warn(strings.Join(problem.Remedies, "; "), "%s", problem.Text)
		}
	}
	for _, pair := range r.Pairs {
		link := r.Workspace.LinkName(pair)
		if slices.ContainsFunc(remainder, func(f plan.Failure) bool { return f.Step.Link == link }) {
			r.Log.Info("%s is revoked for new requests; its established watches could not be closed", link)
			continue
		}
		r.Log.Info("%s is revoked", link)
	}
	r.Log.Advise(r.Workspace.CommitState() + "; remove the links from " + r.Workspace.Name +
		", or grant access again with new credentials: kubectl mesh credentials rotate --help")
	if len(remainder) > 0 {
		return verdict.ErrIncomplete
	}
	return nil
}

// openSites opens the clusters with a context, verifies their identity, and records why the others are unreachable.
func (r *revocation) openSites(ctx context.Context) error {
	var errs []error
	for _, pair := range r.Pairs {
		for _, declared := range []*v1alpha1.Cluster{r.access[pair].Target, r.access[pair].Consumer} {
			name := declared.Name
			if r.sites[name] != nil || r.unreachable[name] != nil {
				continue
			}
			if err := r.Clusters.Away(declared); err != nil {
				r.unreachable[name] = err
				continue
			}
			site, err := openSite(ctx, r.Clusters, r.Workspace, name, r.Log)
			switch {
			case verdict.IsInput(err):
				errs = append(errs, err)
			case err != nil:
				r.unreachable[name] = err
			default:
				site.force = true // a binding is deleted regardless of its owner
				r.sites[name] = site
			}
		}
	}
	if err := errors.Join(errs...); err != nil {
		return hint.Add(err, "nothing was changed in any cluster")
	}
	return nil
}

// revoke records that no credential of a pair is valid.
func (r *revocation) revoke(ctx context.Context, pair access.Pair) error {
	if err := r.pinOthers(ctx, pair); err != nil {
		return err
	}
	if err := r.record(ctx, pair, r.after[pair]); err != nil {
		return err
	}
	r.Log.Info("%s no longer reads %s: %s",
		pair.Consumer, pair.Target, workspace.Revoked(r.before[pair].Current))
	return nil
}

// pinOthers records the generation of readers that share the account: without a record they would get one after all
// revoked generations.
func (r *revocation) pinOthers(ctx context.Context, pair access.Pair) error {
	target := r.access[pair].Target
	if target.Reader.ServiceAccount == "" || !access.UsesAccount(target) {
		return nil
	}
	for consumer := range r.Workspace.Graph.Consumers(pair.Target) {
		other := access.Pair{Target: pair.Target, Consumer: consumer.Name}
		if _, said := r.access[pair].Target.ReaderGenerations[consumer.Name]; said || slices.Contains(r.Pairs, other) {
			continue
		}
		if err := r.record(ctx, other, r.Workspace.Generations(other)); err != nil {
			return err
		}
	}
	return nil
}
