package reader

import (
	"context"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	corev1 "k8s.io/client-go/applyconfigurations/core/v1"

	"github.com/kubectl-mesh/kubectl-mesh/internal/plan"
	"github.com/kubectl-mesh/kubectl-mesh/internal/terminal"
	"github.com/kubectl-mesh/kubectl-mesh/internal/tree"
	"github.com/kubectl-mesh/kubectl-mesh/internal/workspace"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apply"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/render"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/shell"
)

// steps revokes the credentials: first the record, so that nothing restores them; then in the targets, concurrently;
// then in the consumers; then in the workspace.
func (r *revocation) steps() (plan.Steps, error) {
	var records, there, watches, back, files plan.Steps
	var targets []string
	for _, pair := range r.Pairs {
		records = append(records, r.stepRecord(pair))
		if !slices.Contains(targets, pair.Target) {
			targets = append(targets, pair.Target)
			at, err := r.stepsAt(r.access[pair])
			if err != nil {
				return nil, err
			}
			there = append(there, at...)
			watches = append(watches, r.left(openWatches(r.linksTo(pair.Target), r.access[pair].Target)))
		}
		from, err := r.stepsFrom(pair)
		if err != nil {
			return nil, err
		}
		there = append(there, r.stepsOfOwner(pair)...)
		back = append(back, from...)
		files = append(files, r.stepsHere(pair)...)
	}
	return slices.Concat(records, there, back, files, watches), nil
}

// count returns each pair's valid generations before and after. For a pair that an earlier run revoked, the last few
// generations count as valid before, because parts of them may still exist.
func (r *revocation) count() {
	r.before, r.after = numbering{}, numbering{}
	for _, pair := range r.Pairs {
		before := r.Workspace.Generations(pair)
		after := workspace.Generations{Revoked: max(before.Revoked, r.access[pair].Newest())}
		if before.Current == nil {
			for generation := max(1, before.Revoked-2); generation <= after.Revoked; generation++ {
				before.Current = append(before.Current, generation)
			}
			before.Revoked = 0
		}
		r.before[pair], r.after[pair] = before, after
	}
}

// stepsAt revoke all access to one cluster, where readers may share an account.
func (r *revocation) stepsAt(a access.RemoteAccess) (plan.Steps, error) {
	target, name := a.Target, a.Target.Name
	changed, gone, err := difference(r.Workspace, name, r.before, r.after)
	if err != nil {
		return nil, err
	}
	link := r.linksTo(name)
	var steps plan.Steps
	for _, object := range gone {
		steps = append(steps, r.removal(link, target, object, effectAt(a, *object.GetKind())))
	}
	for _, object := range changed {
		step := plan.Step{
			Link:     link,
			Location: name,
			Action:   "apply " + identity(object),
			Effect:   "kept, because other links use it",
			Undo:     again,
			Command:  r.Workspace.ApplyCommand(target, string(tree.Skip)),
		}
		step.Do = r.inCluster(step, func(ctx context.Context, at *site) error {
			return at.apply(ctx, []render.Object{object})
		})
		steps = append(steps, step)
	}
	return steps, nil
}

// linksTo names the links whose credentials are revoked in a cluster.
func (r *revocation) linksTo(target string) string {
	var links []string
	for _, pair := range r.Pairs {
		if pair.Target == target {
			links = append(links, r.Workspace.LinkName(pair))
		}
	}
	return strings.Join(links, ", ")
}

// effectAt describes what deleting an object of the target revokes.
func effectAt(a access.RemoteAccess, kind string) string {
	switch kind {
	case "Secret":
		return "new requests with its token, and with those bound to it, are refused within 10 seconds"
	case "ServiceAccount":
		return "every token of the account becomes invalid"
	case "RoleBinding", "ClusterRoleBinding":
		return a.Kind().Explain(a, a.Generations()).Unbound
	}
	return "the credential grants no permissions"
}

// stepRecord records that no credential of a pair is valid.
func (r *revocation) stepRecord(pair access.Pair) plan.Step {
	return plan.Step{
		Link:      r.Workspace.LinkName(pair),
		Location:  plan.Here,
		Essential: true,
		Done:      r.Workspace.Generations(pair).Current == nil,
		Action: "record in " + r.Workspace.Path(layout.State()) +
			" that " + workspace.Revoked(r.before[pair].Current),
		Effect:       "no rendering restores it",
		Verification: "kubectl mesh credentials status" + r.Workspace.FilenameFlag(),
		Undo:         again,
		Do:           func(ctx context.Context) error { return r.revoke(ctx, pair) },
	}
}

// again returns the command that grants a revoked access again, with a new credential.
const again = "not possible: a new credential is issued by kubectl mesh credentials rotate"

// stepsOfOwner are the steps that only an owner can perform.
func (r *revocation) stepsOfOwner(pair access.Pair) plan.Steps {
	var steps plan.Steps
	for _, owned := range r.access[pair].Kind().OwnerSteps(r.access[pair], r.isDeclared(pair)) {
		steps = append(steps, r.left(plan.Step{
			Link:     r.Workspace.LinkName(pair),
			Location: owned.Location,
			Action:   owned.Action,
			Effect:   owned.Effect,
		}))
	}
	return steps
}

// left is a step for an owner.
func (r *revocation) left(step plan.Step) plan.Step {
	step.Do = func(context.Context) error {
		r.Log.Info("left to the owner: %s: %s", step.Location, strings.TrimSuffix(step.Action+": "+step.Command, ": "))
		return nil
	}
	return step
}

// isDeclared returns what the workspace knows about the last generation.
func (r *revocation) isDeclared(pair access.Pair) access.Known {
	if r.access[pair].Kind().Traits().Form != access.FormCertificate {
		return access.Known{}
	}
	certificate, err := r.Workspace.ReadClientGeneration(pair, r.after[pair].Revoked)
	if err != nil {
		return access.Known{} // not in the workspace, so nothing is known
	}
	return access.Known{User: certificate.User(), NotAfter: certificate.NotAfter()}
}

func (r *revocation) stepsFrom(pair access.Pair) (plan.Steps, error) {
	from := r.access[pair].Consumer
	_, gone, err := difference(r.Workspace, pair.Consumer, numbering{pair: r.before[pair]}, numbering{pair: r.after[pair]})
	if err != nil {
		return nil, err
	}
	if r.access[pair].Kind().Traits().Held() { // including public files
		gone = append(gone, corev1.Secret(access.RemoteSecret(pair.Target), from.Istio.Namespace))
	}
	var steps plan.Steps
	for _, object := range gone {
		effect := "istiod of " + pair.Consumer + " closes its watches and forgets the endpoints of " + pair.Target
		if *object.GetKind() == "ExternalSecret" {
			effect = "its Secret is deleted too; " + effect
		}
		step := r.removal(r.Workspace.LinkName(pair), from, object, effect)
		step.Remainder = true // it is no longer valid by then
		steps = append(steps, step)
	}
	return steps, nil
}

func (r *revocation) removal(link string, at *v1alpha1.Cluster, object render.Object, effect string) plan.Step {
	name := at.Context
	if name == "" {
		name = "CONTEXT_OF_" + at.Name
	}
	command := r.Kubectl(name)
	if namespace := object.GetNamespace(); namespace != nil && *namespace != "" {
		command += " -n " + shell.Name(*namespace)
	}
	kind := strings.ToLower(*object.GetKind())
	if kind == "externalsecret" {
		kind = "externalsecrets.external-secrets.io"
	}
	step := plan.Step{
		Link:         link,
		Location:     at.Name,
		Action:       "remove " + identity(object),
		Effect:       effect,
		Undo:         again,
		Verification: "the API server confirms the deletion",
		Command:      command + " delete " + kind + " " + shell.Name(*object.GetName()) + " --ignore-not-found",
	}
	step.Do = r.inCluster(step, func(ctx context.Context, site *site) error {
		entries, err := site.remove(ctx, []render.Object{object})
		for _, entry := range entries {
			site.infoRemoved(entry)
		}
		return err
	})
	return step
}

// inCluster performs a step if its cluster is reachable, and otherwise describes it.
func (r *revocation) inCluster(step plan.Step, do func(context.Context, *site) error) func(context.Context) error {
	return func(ctx context.Context) error {
		if away := r.unreachable[step.Location]; away != nil {
			return hint.Add(fmt.Errorf("%s: not done: %s: %w",
				step.Location, step.Action, terminal.Paragraph(hint.Without(away))),
				step.Command)
		}
		return do(ctx, r.sites[step.Location])
	}
}

func identity(object render.Object) string {
	if namespace := object.GetNamespace(); namespace != nil && *namespace != "" {
		return *object.GetKind() + " " + *namespace + "/" + *object.GetName()
	}
	return *object.GetKind() + " " + *object.GetName()
}

// stepsHere are the workspace files with the credential.
func (r *revocation) stepsHere(pair access.Pair) plan.Steps {
	names := []string{path.Join(layout.PrivateTree(), pair.Consumer, layout.RemoteSecret(pair.Target))}
	dir := layout.CredentialDir(pair.Target, pair.Consumer)
	entries, _ := fs.ReadDir(r.Workspace.Root.FS(), dir) // a missing directory is empty
	for _, entry := range entries {
		if name := entry.Name(); layout.IsCredential(name) || name == path.Base(layout.Baseline(pair.Target, pair.Consumer)) {
			names = append(names, path.Join(dir, name))
		}
	}
	var steps plan.Steps
	for _, name := range names {
		steps = append(steps, r.removalHere(pair, name, "it can no longer be applied from here")...)
	}
	sealed := layout.SealedFile(pair.Consumer, layout.RemoteSecret(pair.Target))
	return append(steps, r.removalHere(pair, sealed,
		"then render and commit: until the change is applied, GitOps restores it")...)
}

// removalHere removes an existing workspace file.
func (r *revocation) removalHere(pair access.Pair, name, effect string) plan.Steps {
	if _, err := r.Workspace.Root.Lstat(name); err != nil {
		return nil
	}
	return plan.Steps{{
		Link:     r.Workspace.LinkName(pair),
		Location: plan.Here,
		Action:   "remove " + r.Workspace.Path(name),
		Effect:   effect,
		Undo:     again,
		Command:  "rm -f -- " + shell.Name(r.Workspace.Path(name)),
		Do: func(ctx context.Context) error {
			if err := r.Workspace.Forget(ctx, name); err != nil {
				return err
			}
			r.Log.Info("removed %s", r.Workspace.Path(name))
			return nil
		},
	}}
}

func (s *site) infoRemoved(entry apply.Entry) {
	if entry.UID == "" {
		s.info("%s does not exist", entry.Ref)
		return
	}
	s.info("removed %s", entry.Ref)
}
