package cli

import (
	"context"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"text/tabwriter"

	corev1 "k8s.io/client-go/applyconfigurations/core/v1"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apply"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/render"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/shell"
)

// revokeStep is one thing that ends a part of a credential.
type revokeStep struct {
	Link string `json:"link"`
	// Where is a cluster, or this workspace.
	Where string `json:"where"`
	// Does says what is done, Command how somebody does it without this program, Effect what it ends.
	Does    string `json:"does"`
	Command string `json:"command,omitempty"`
	Effect  string `json:"effect"`

	cluster string
	object  render.Object // removed or, when it is to stay in part, applied
	stays   bool
	file    string
}

// here is the workspace.
const here = "(here)"

func (r *revocation) target(reading render.Reading) *v1alpha1.Cluster {
	target, _ := r.ws.graph.Cluster(reading.Target)
	return target
}

// steps are what ends the credentials: in the clusters that are read, at once; then in those that
// read; then here.
func (r *revocation) steps() ([]revokeStep, error) {
	var there, back, files []revokeStep
	var targets []string
	for _, reading := range r.readings {
		if !slices.Contains(targets, reading.Target) {
			targets = append(targets, reading.Target)
			at, err := r.stepsAt(reading.Target)
			if err != nil {
				return nil, err
			}
			there = append(there, at...)
		}
		from, err := r.stepsFrom(reading)
		if err != nil {
			return nil, err
		}
		there, back, files = append(there, r.manual(reading)...), append(back, from...), append(files, r.stepsHere(reading)...)
	}
	return append(append(there, back...), files...), nil
}

// count says of each reading what counted and what will. One that is cut off already, by a run before,
// is looked at as if its last few generations still counted: something of them may be left.
func (r *revocation) count() {
	r.before, r.after = numbering{}, numbering{}
	for _, reading := range r.readings {
		before := r.ws.generations(reading)
		after := generations{nil, max(before.revoked, render.Generation(r.target(reading), reading.Consumer))}
		if before.current == nil {
			for generation := max(1, before.revoked-2); generation <= after.revoked; generation++ {
				before.current = append(before.current, generation)
			}
			before.revoked = 0
		}
		r.before[reading], r.after[reading] = before, after
	}
}

// stepsAt end all readings of one cluster: they may share an account there.
func (r *revocation) stepsAt(name string) ([]revokeStep, error) {
	changed, gone, err := r.ws.turn(name, r.before, r.after)
	if err != nil {
		return nil, err
	}
	var links []string
	for _, reading := range r.readings {
		if reading.Target == name {
			links = append(links, r.ws.linkName(reading))
		}
	}
	link := strings.Join(links, ", ")
	target, _ := r.ws.graph.Cluster(name)
	var steps []revokeStep
	for _, object := range gone {
		steps = append(steps, r.removal(link, target, object, effectAt(target, *object.GetKind())))
	}
	for _, object := range changed {
		steps = append(steps, revokeStep{Link: link, Where: name, Does: "apply " + identity(object), object: object, stays: true, cluster: name,
			Command: r.ws.applyCommand(target, secretsSkip), Effect: "it is there for others alone"})
	}
	return steps, nil
}

// effectAt says what ends with an object of the cluster that is read.
func effectAt(target *v1alpha1.Cluster, kind string) string {
	switch kind {
	case "Secret":
		return "its token, and those bound to it, end at once; an API server remembers for 10 seconds"
	case "ServiceAccount":
		return "every token of the account ends"
	case "RoleBinding", "ClusterRoleBinding":
		if target.Reader.Auth == v1alpha1.ReaderAuthClientCertificate {
			return "the certificate opens nothing any more"
		}
		return "the reader may nothing any more"
	}
	return "nobody reads by it any more"
}

// manual is what nobody but its owner can do.
func (r *revocation) manual(reading render.Reading) []revokeStep {
	step := revokeStep{Link: r.ws.linkName(reading), Where: reading.Target}
	target := r.target(reading)
	switch target.Reader.Auth {
	case v1alpha1.ReaderAuthFederated:
		step.Does = "take the issuer of " + reading.Consumer + " out of the file of --authentication-config"
		step.Effect = "its tokens are those of nobody; without it they are of a user without rights, for an hour at most"
	case v1alpha1.ReaderAuthExternal:
		step.Where, step.Does = "(store)", "delete entry "+render.StoreEntry(r.ws.doc.Mesh.Metadata.Name, target, reading.Consumer)
		step.Effect = "a token that has ended is not handed out any more"
	case v1alpha1.ReaderAuthClientCertificate:
		certificate, err := r.ws.readClientGeneration(reading, r.after[reading].revoked)
		if err != nil {
			return nil
		}
		step.Does = "nothing: a certificate cannot be called back"
		step.Effect = "until " + certificate.NotAfter().UTC().Format("2006-01-02") + " it names " + certificate.User() + ", who may nothing"
	case v1alpha1.ReaderAuthToken:
		return nil
	}
	return []revokeStep{step}
}

func (r *revocation) stepsFrom(reading render.Reading) ([]revokeStep, error) {
	from, _ := r.ws.graph.Cluster(reading.Consumer)
	_, gone, err := r.ws.turn(reading.Consumer, numbering{reading: r.before[reading]}, numbering{reading: r.after[reading]})
	if err != nil {
		return nil, err
	}
	switch r.target(reading).Reader.Auth {
	case v1alpha1.ReaderAuthToken, v1alpha1.ReaderAuthClientCertificate:
		gone = append(gone, corev1.Secret(render.RemoteSecret(reading.Target), from.Istio.Namespace))
	case v1alpha1.ReaderAuthExternal, v1alpha1.ReaderAuthFederated: // it is public, and among them
	}
	var steps []revokeStep
	for _, object := range gone {
		effect := "istiod of " + reading.Consumer + " forgets the endpoints of " + reading.Target
		if *object.GetKind() == "ExternalSecret" {
			effect = "its Secret goes with it; " + effect
		}
		steps = append(steps, r.removal(r.ws.linkName(reading), from, object, effect))
	}
	return steps, nil
}

func (r *revocation) removal(link string, at *v1alpha1.Cluster, object render.Object, effect string) revokeStep {
	context := at.Context
	if context == "" {
		context = "CONTEXT_OF_" + at.Name
	}
	command := r.kubectl(context)
	if namespace := object.GetNamespace(); namespace != nil && *namespace != "" {
		command += " -n " + shell.Quote(*namespace)
	}
	kind := strings.ToLower(*object.GetKind())
	if kind == "externalsecret" {
		kind = "externalsecrets.external-secrets.io"
	}
	return revokeStep{Link: link, Where: at.Name, Does: "remove " + identity(object), Effect: effect, object: object, cluster: at.Name,
		Command: command + " delete " + kind + " " + shell.Quote(*object.GetName()) + " --ignore-not-found"}
}

func identity(object render.Object) string {
	if namespace := object.GetNamespace(); namespace != nil && *namespace != "" {
		return *object.GetKind() + " " + *namespace + "/" + *object.GetName()
	}
	return *object.GetKind() + " " + *object.GetName()
}

// stepsHere are the files of this workspace that hold the credential.
func (r *revocation) stepsHere(reading render.Reading) []revokeStep {
	names := []string{path.Join(credentialsFolder, "overlays", reading.Consumer, "remote-secret-"+reading.Target+".yaml")}
	folder := path.Dir(reading.TokenFile())
	entries, _ := fs.ReadDir(r.ws.root.FS(), folder) // none is none
	for _, entry := range entries {
		if name := entry.Name(); name == "token" || strings.HasPrefix(name, "client") {
			names = append(names, path.Join(folder, name))
		}
	}
	var steps []revokeStep
	for _, name := range names {
		if _, err := r.ws.root.Lstat(name); err == nil {
			steps = append(steps, revokeStep{Link: r.ws.linkName(reading), Where: here, Does: "remove " + r.ws.path(name), file: name,
				Command: "rm -f -- " + shell.Quote(r.ws.path(name)), Effect: "nobody can apply it again from here"})
		}
	}
	sealed := sealedRemoteSecret(reading)
	if _, err := r.ws.root.Lstat(sealed); err == nil {
		steps = append(steps, revokeStep{Link: r.ws.linkName(reading), Where: here, Does: "remove " + r.ws.path(sealed), file: sealed,
			Command: "rm -f -- " + shell.Quote(r.ws.path(sealed)), Effect: "render then, and commit: until that is applied, what applies git brings it back"})
	}
	return steps
}

// take does one step, where its cluster can be reached.
func (r *revocation) take(ctx context.Context, step revokeStep, unreachable map[string]error) error {
	switch {
	case step.file != "":
		if err := r.ws.forget(step.file); err != nil {
			return err
		}
		fmt.Fprintf(r.ErrOut, "removed %s\n", r.ws.path(step.file))
		return nil
	case step.object == nil:
		fmt.Fprintf(r.ErrOut, "left to its owner: %s: %s\n", step.Where, step.Does)
		return nil
	case unreachable[step.cluster] != nil:
		return withHint(fmt.Errorf("%s: not done: %s: %w", step.cluster, step.Does, oneParagraph{withoutHint{unreachable[step.cluster]}}), step.Command)
	}
	site := r.sites[step.cluster]
	if step.stays {
		return site.bring(ctx, []render.Object{step.object})
	}
	entries, err := site.end(ctx, []render.Object{step.object})
	for _, entry := range entries {
		site.sayEnded(r.System, entry)
	}
	return err
}

func (s *site) sayEnded(system System, entry apply.Entry) {
	if entry.UID == "" {
		s.say(system, "%s is not there", entry.Ref)
		return
	}
	s.say(system, "removed %s", entry.Ref)
}

// list prints the steps.
func (o *credentialsRevokeOptions) list(steps []revokeStep) error {
	if o.output != "" {
		return printData(o.Out, o.output, struct {
			Steps []revokeStep `json:"steps"`
		}{steps})
	}
	var text strings.Builder
	table := tabwriter.NewWriter(&text, 0, 0, 3, ' ', 0)
	row := func(cells ...string) { _, _ = table.Write([]byte(strings.Join(cells, "\t") + "\n")) } // a buffer takes everything
	row("LINK", "WHERE", "WHAT", "EFFECT")
	for _, step := range steps {
		row(step.Link, step.Where, step.Does, step.Effect)
	}
	_ = table.Flush() // into the buffer too
	if _, err := fmt.Fprint(o.Out, text.String()); err != nil {
		return err
	}
	sayHint(o.ErrOut, "nothing is done yet; to do it: the same command with --apply; to do it by hand, with the command of each line: -o yaml")
	return nil
}
