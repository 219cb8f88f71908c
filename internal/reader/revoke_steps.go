package reader

import (
	"context"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	corev1 "k8s.io/client-go/applyconfigurations/core/v1"

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

// Step is one thing that ends a part of a credential.
type Step struct {
	Link string `json:"link"`
	// Location is a cluster, or this workspace.
	Location string `json:"location"`
	// Action says what is done, Command how somebody does it without this program, Effect what it ends.
	Action  string `json:"action"`
	Command string `json:"command,omitempty"`
	Effect  string `json:"effect"`

	cluster string
	object  render.Object // removed or, when it is to stay in part, applied
	stays   bool
	file    string
	// consumer steps take the credential from the control plane that reads: it opens nothing any more by then.
	consumer bool
}

// here is the workspace.
const here = "(here)"

// steps are what ends the credentials: in the clusters that are read, at once; then in those that
// read; then here.
func (r *revocation) steps() ([]Step, error) {
	var there, watches, back, files []Step
	var targets []string
	for _, pair := range r.Pairs {
		if !slices.Contains(targets, pair.Target) {
			targets = append(targets, pair.Target)
			at, err := r.stepsAt(r.access[pair])
			if err != nil {
				return nil, err
			}
			there = append(there, at...)
			watches = append(watches, openWatches(r.linksTo(pair.Target), r.access[pair].Target))
		}
		from, err := r.stepsFrom(pair)
		if err != nil {
			return nil, err
		}
		there, back, files = append(there, r.manual(pair)...), append(back, from...), append(files, r.stepsHere(pair)...)
	}
	return slices.Concat(there, back, files, watches), nil
}

// count says of each reading what counted and what will. One that is cut off already, by a run before,
// is looked at as if its last few generations still counted: something of them may be left.
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

// stepsAt end all readings of one cluster: they may share an account there.
func (r *revocation) stepsAt(a access.RemoteAccess) ([]Step, error) {
	target, name := a.Target, a.Target.Name
	changed, gone, err := turn(r.Workspace, name, r.before, r.after)
	if err != nil {
		return nil, err
	}
	link := r.linksTo(name)
	var steps []Step
	for _, object := range gone {
		steps = append(steps, r.removal(link, target, object, effectAt(a, *object.GetKind())))
	}
	for _, object := range changed {
		steps = append(steps, Step{Link: link, Location: name, Action: "apply " + identity(object), object: object, stays: true, cluster: name,
			Command: r.Workspace.ApplyCommand(target, string(tree.Skip)), Effect: "it is there for others alone"})
	}
	return steps, nil
}

// linksTo names the links whose credentials end in a cluster.
func (r *revocation) linksTo(target string) string {
	var links []string
	for _, pair := range r.Pairs {
		if pair.Target == target {
			links = append(links, r.Workspace.LinkName(pair))
		}
	}
	return strings.Join(links, ", ")
}

// effectAt says what ends with an object of the cluster that is read.
func effectAt(a access.RemoteAccess, kind string) string {
	switch kind {
	case "Secret":
		return "new requests with its token, and with those bound to it, are refused within 10 seconds"
	case "ServiceAccount":
		return "every token of the account ends"
	case "RoleBinding", "ClusterRoleBinding":
		return a.Kind().Explain(a, a.Generations()).Unbound
	}
	return "nobody reads by it any more"
}

// manual is what nobody but its owner can do.
func (r *revocation) manual(pair access.Pair) []Step {
	var steps []Step
	for _, step := range r.access[pair].Kind().OwnerSteps(r.access[pair], r.known(pair)) {
		steps = append(steps, Step{Link: r.Workspace.LinkName(pair), Location: step.Location, Action: step.Action, Effect: step.Effect})
	}
	return steps
}

// known is what the workspace knows of the last generation.
func (r *revocation) known(pair access.Pair) access.Known {
	if r.access[pair].Kind().Traits().Form != access.FormCertificate {
		return access.Known{}
	}
	certificate, err := r.Workspace.ReadClientGeneration(pair, r.after[pair].Revoked)
	if err != nil {
		return access.Known{} // it is not here, and nothing is said of it
	}
	return access.Known{User: certificate.User(), NotAfter: certificate.NotAfter()}
}

func (r *revocation) stepsFrom(pair access.Pair) ([]Step, error) {
	from := r.access[pair].Consumer
	_, gone, err := turn(r.Workspace, pair.Consumer, numbering{pair: r.before[pair]}, numbering{pair: r.after[pair]})
	if err != nil {
		return nil, err
	}
	if r.access[pair].Kind().Traits().Held() { // what is public is among them
		gone = append(gone, corev1.Secret(access.RemoteSecret(pair.Target), from.Istio.Namespace))
	}
	var steps []Step
	for _, object := range gone {
		effect := "istiod of " + pair.Consumer + " closes its watches and forgets the endpoints of " + pair.Target
		if *object.GetKind() == "ExternalSecret" {
			effect = "its Secret goes with it; " + effect
		}
		step := r.removal(r.Workspace.LinkName(pair), from, object, effect)
		step.consumer = true
		steps = append(steps, step)
	}
	return steps, nil
}

func (r *revocation) removal(link string, at *v1alpha1.Cluster, object render.Object, effect string) Step {
	context := at.Context
	if context == "" {
		context = "CONTEXT_OF_" + at.Name
	}
	command := r.Kubectl(context)
	if namespace := object.GetNamespace(); namespace != nil && *namespace != "" {
		command += " -n " + shell.Quote(*namespace)
	}
	kind := strings.ToLower(*object.GetKind())
	if kind == "externalsecret" {
		kind = "externalsecrets.external-secrets.io"
	}
	return Step{Link: link, Location: at.Name, Action: "remove " + identity(object), Effect: effect, object: object, cluster: at.Name,
		Command: command + " delete " + kind + " " + shell.Quote(*object.GetName()) + " --ignore-not-found"}
}

func identity(object render.Object) string {
	if namespace := object.GetNamespace(); namespace != nil && *namespace != "" {
		return *object.GetKind() + " " + *namespace + "/" + *object.GetName()
	}
	return *object.GetKind() + " " + *object.GetName()
}

// stepsHere are the files of this workspace that hold the credential.
func (r *revocation) stepsHere(pair access.Pair) []Step {
	names := []string{path.Join(layout.PrivateTree(), pair.Consumer, layout.RemoteSecret(pair.Target))}
	folder := layout.CredentialDir(pair.Target, pair.Consumer)
	entries, _ := fs.ReadDir(r.Workspace.Root.FS(), folder) // none is none
	for _, entry := range entries {
		if name := entry.Name(); layout.IsCredential(name) {
			names = append(names, path.Join(folder, name))
		}
	}
	var steps []Step
	for _, name := range names {
		if _, err := r.Workspace.Root.Lstat(name); err == nil {
			steps = append(steps, Step{Link: r.Workspace.LinkName(pair), Location: here, Action: "remove " + r.Workspace.Path(name), file: name,
				Command: "rm -f -- " + shell.Quote(r.Workspace.Path(name)), Effect: "nobody can apply it again from here"})
		}
	}
	sealed := layout.SealedFile(pair.Consumer, layout.RemoteSecret(pair.Target))
	if _, err := r.Workspace.Root.Lstat(sealed); err == nil {
		steps = append(steps, Step{Link: r.Workspace.LinkName(pair), Location: here, Action: "remove " + r.Workspace.Path(sealed), file: sealed,
			Command: "rm -f -- " + shell.Quote(r.Workspace.Path(sealed)), Effect: "render then, and commit: until that is applied, what applies git brings it back"})
	}
	return steps
}

// take does one step, where its cluster can be reached.
func (r *revocation) take(ctx context.Context, step Step, unreachable map[string]error) error {
	switch {
	case step.file != "":
		if err := r.Workspace.Forget(ctx, step.file); err != nil {
			return err
		}
		r.Tell.Say("removed %s", r.Workspace.Path(step.file))
		return nil
	case step.object == nil:
		r.Tell.Say("left to its owner: %s: %s", step.Location, strings.TrimSuffix(step.Action+": "+step.Command, ": "))
		return nil
	case unreachable[step.cluster] != nil:
		err := hint.Add(fmt.Errorf("%s: not done: %s: %w", step.cluster, step.Action, terminal.Paragraph(hint.Without(unreachable[step.cluster]))), step.Command)
		if step.consumer {
			return &consumerError{err: err}
		}
		return err
	}
	site := r.sites[step.cluster]
	if step.stays {
		return site.apply(ctx, []render.Object{step.object})
	}
	entries, err := site.remove(ctx, []render.Object{step.object})
	for _, entry := range entries {
		site.sayRemoved(entry)
	}
	return err
}

// consumerError: the control plane that read with a credential could not be reached. The credential is revoked, but for
// the watches that are open.
type consumerError struct{ err error }

func (e *consumerError) Error() string { return e.err.Error() }

func (e *consumerError) Unwrap() error { return e.err }

func (s *site) sayRemoved(entry apply.Entry) {
	if entry.UID == "" {
		s.say("%s is not there", entry.Ref)
		return
	}
	s.say("removed %s", entry.Ref)
}
