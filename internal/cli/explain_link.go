package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/render"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/shell"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/topology"
)

type explainLinkOptions struct {
	System
	filename, output, link string
}

func newExplainLink(system System, runF func(*explainLinkOptions) error) *cobra.Command {
	o := &explainLinkOptions{System: system}
	cmd := &cobra.Command{
		Use:   "link [FROM-TO]",
		Short: "Explain what a link lets its caller do, and what its credential is worth",
		Long: `Say in words what comes with a link: as whom the control plane of FROM reads the API server of TO, with
which rights, for how long, what somebody gets who has the credential, and what ends it.

It works from mesh.yaml alone, and looks at the credentials that are here; no cluster is asked.
Without a link it lists them.`,
		Example: `  kubectl mesh explain link
  kubectl mesh explain link west-east`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) > 1 {
				return inputErrorf("ask for one at a time", "%s takes one link", cmd.CommandPath())
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 1 {
				o.link = args[0]
			}
			if runF != nil {
				return runF(o)
			}
			if err := checkOutput(o.output, "", "json", "yaml"); err != nil {
				return err
			}
			return o.Run(cmd.Context())
		},
	}
	addFilename(cmd, &o.filename)
	addOutput(cmd, &o.output, "", "json", "yaml")
	cmd.ValidArgsFunction = func(cmd *cobra.Command, args []string, word string) ([]string, cobra.ShellCompDirective) {
		if len(args) > 0 {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return completeLinks(&o.filename)(cmd, args, word)
	}
	return cmd
}

// Run explains, whatever else is wrong with the mesh.
func (o *explainLinkOptions) Run(ctx context.Context) error {
	ws, problems, err := readWorkspace(o.filename, o.In)
	if err != nil {
		return err
	}
	defer ws.close()
	if ws.graph == nil {
		return &problemsError{ws.name, problems, listAll(o.filename)}
	}
	if o.link == "" {
		return o.list(ws)
	}
	reading, caller, err := ws.reading(o.link)
	if err != nil {
		return err
	}
	words, err := ws.explainLink(ctx, o.System, reading, caller)
	if err != nil {
		return err
	}
	if o.output != "" {
		return printData(o.Out, o.output, words)
	}
	_, err = o.Out.Write([]byte(words.text()))
	return err
}

// list names every link that has a credential, and who reads whom by it.
func (o *explainLinkOptions) list(ws *workspace) error {
	type line struct {
		Link string `json:"link"`
		From string `json:"from"`
		To   string `json:"to"`
		Auth string `json:"auth"`
	}
	lines := []line{}
	for _, reading := range ws.everyReading() {
		target, _ := ws.graph.Cluster(reading.Target)
		lines = append(lines, line{ws.linkName(reading), reading.Consumer, reading.Target, string(target.Reader.Auth)})
	}
	if o.output != "" {
		return printData(o.Out, o.output, map[string]any{"links": lines})
	}
	if len(lines) == 0 {
		fmt.Fprintln(o.ErrOut, "no control plane reads another cluster")
	}
	for _, l := range lines {
		if _, err := fmt.Fprintf(o.Out, "%s\t%s reads %s\tauth %s\n", l.Link, l.From, l.To, l.Auth); err != nil {
			return err
		}
	}
	return nil
}

// linkWords is the blast radius of one link.
type linkWords struct {
	Link     string           `json:"link"`
	Says     string           `json:"says"`
	Server   string           `json:"server"`
	Identity []string         `json:"identity"`
	Rights   []render.Right   `json:"rights"`
	Given    string           `json:"rightsGivenBy,omitempty"` // when not by this mesh
	Lifetime []credentialLine `json:"lifetime"`
	Ends     []string         `json:"ends"`
	Exposes  []string         `json:"exposes"`
	Remedy   []string         `json:"toEndIt"`
}

func (ws *workspace) explainLink(ctx context.Context, system System, reading render.Reading, caller string) (linkWords, error) {
	target, _ := ws.graph.Cluster(reading.Target)
	consumer, _ := ws.graph.Cluster(reading.Consumer)
	in := render.Input{Mesh: ws.doc.Mesh, Graph: ws.graph, Bundles: ws.bundles}
	rights, err := render.Rights(in, reading)
	if err != nil {
		return linkWords{}, err
	}
	words := linkWords{Link: ws.linkName(reading), Server: topology.AddressFor(consumer, target).API.Server, Rights: rights,
		Says: fmt.Sprintf("the control plane of %s reads the API server of %s", reading.Consumer, reading.Target)}
	if caller != reading.Consumer {
		words.Says += fmt.Sprintf(", for %s, which it serves", caller)
	}
	status := &credentialStatus{ws: ws, system: system, now: time.Now()}
	for _, line := range status.lines(ctx) {
		if line.From == reading.Consumer && line.To == reading.Target {
			words.Lifetime = append(words.Lifetime, line)
		}
	}
	words.Identity = ws.identityWords(reading, target, words.Lifetime)
	if target.Reader.ServiceAccount == v1alpha1.IstioReaderAccount && render.UsesAccount(target) {
		words.Given = "Istio's charts, for every peer alike: its ClusterRole istio-reader-… reads all Secrets and ConfigMaps, and may ask for token reviews"
	}
	words.Ends = lifetimeWords(target)
	words.Exposes = append(exposureWords(words, target), ws.sealedWords(reading)...)
	words.Remedy = ws.remedyWords(reading, target, readsSecrets(words))
	return words, nil
}

// sealedWords say who else has the credential: git forgets nothing.
func (ws *workspace) sealedWords(reading render.Reading) []string {
	name := sealedRemoteSecret(reading)
	if _, err := ws.root.Lstat(name); err != nil {
		return nil
	}
	return []string{"it is in git, sealed: whoever has the repository and a private key that opens " + ws.path(name) + ", of now or of then, has it too"}
}

// remedyWords begin with the command, which is for all who share an account.
func (ws *workspace) remedyWords(reading render.Reading, target *v1alpha1.Cluster, secrets bool) []string {
	command := "kubectl mesh credentials revoke"
	for _, consumer := range append([]string{reading.Consumer}, ws.sharers(reading, target)...) {
		command += " --link " + shell.Quote(ws.linkName(render.Reading{Consumer: consumer, Target: reading.Target}))
	}
	words := []string{command + ws.filenameFlag(), "lists what ends it, and does it with --apply",
		"then find out what was read: the audit log of " + target.Name + ", where it has one, names this identity"}
	if secrets {
		words = append(words, "and change what it could read: the Secrets of "+target.Name+", first the key that signs its certificates")
	}
	return words
}

// identityWords say who the reader is at the cluster that it reads, and who else is the same.
func (ws *workspace) identityWords(reading render.Reading, target *v1alpha1.Cluster, lines []credentialLine) []string {
	var words []string
	for _, line := range lines {
		kind := "user "
		if render.UsesAccount(target) {
			kind = "service account "
		}
		words = append(words, kind+line.Subject)
	}
	words = slices.Compact(words)
	switch target.Reader.Auth {
	case v1alpha1.ReaderAuthFederated:
		return append(words, "proven by a token of istiod in "+reading.Consumer+", whose issuer the API server of "+target.Name+" trusts; no account in "+target.Name)
	case v1alpha1.ReaderAuthClientCertificate:
		return append(words, "proven by a client certificate that the API server of "+target.Name+" has signed; no account there")
	case v1alpha1.ReaderAuthToken, v1alpha1.ReaderAuthExternal:
	}
	for _, line := range lines {
		words = append(words, fmt.Sprintf("proven by the token in Secret %s/%s of %s", target.Istio.Namespace,
			render.TokenSecret(target, reading.Consumer, line.Generation), target.Name))
	}
	if others := ws.sharers(reading, target); others != nil {
		words = append(words, "shared: the control planes of "+strings.Join(others, ", ")+" are the same account, and cannot be told apart or cut off alone")
	}
	return words
}

// sharers are the other readers with the same account.
func (ws *workspace) sharers(reading render.Reading, target *v1alpha1.Cluster) []string {
	if target.Reader.ServiceAccount == "" {
		return nil
	}
	var others []string
	for other := range ws.graph.ReadersOf(target.Name) {
		if other.Name != reading.Consumer {
			others = append(others, other.Name)
		}
	}
	return others
}

// lifetimeWords say what the kind of credential gives, whether or not one is here.
func lifetimeWords(target *v1alpha1.Cluster) []string {
	switch target.Reader.Auth {
	case v1alpha1.ReaderAuthFederated:
		return []string{"the kubelet renews the token; one ends within the hour, and with the pod of istiod"}
	case v1alpha1.ReaderAuthClientCertificate:
		return []string{"it ends by its date, and cannot be called back: without its bindings it opens nothing"}
	case v1alpha1.ReaderAuthExternal:
		return []string{"the token of a Secret never ends by itself; the store hands it out until it is changed there"}
	case v1alpha1.ReaderAuthToken:
	}
	words := []string{"the token of a Secret never ends by itself; one of kubectl mesh collect --token=request ends by its date"}
	switch target.Platform {
	case v1alpha1.PlatformGKE:
		words = append(words, "GKE lets a requested token live for 48 hours at most")
	case v1alpha1.PlatformEKS:
		words = append(words, "EKS lets a requested token live for 24 hours at most")
	case v1alpha1.PlatformAKS, v1alpha1.PlatformOpenShift, v1alpha1.PlatformK3s, v1alpha1.PlatformPlain:
	}
	return words
}

// readsSecrets tells whether the reader may read every Secret.
func readsSecrets(words linkWords) bool {
	return words.Given != "" || slices.ContainsFunc(words.Rights, func(r render.Right) bool {
		return r.Resource == "secrets" && r.Group == "" && r.Namespace == "" && r.Names == nil
	})
}

// exposureWords follow from the rights, and from how the credential is used.
func exposureWords(words linkWords, target *v1alpha1.Cluster) []string {
	var exposed []string
	if readsSecrets(words) {
		exposed = append(exposed, "every Secret of "+target.Name+", in every namespace: the key that signs its certificates (Secret cacerts or istio-ca-secret of "+
			target.Istio.Namespace+"), and with it any identity of the mesh there; token Secrets of accounts; passwords and keys of applications")
	}
	if slices.ContainsFunc(words.Rights, func(r render.Right) bool {
		return r.Resource == "mutatingwebhookconfigurations" && slices.Contains(r.Verbs, "update")
	}) {
		exposed = append(exposed, "the injection webhook of "+target.Name+": whoever changes it puts containers into its pods, and sees its Secrets as they are written")
	}
	if words.Rights == nil && words.Given == "" {
		return []string{"nothing: the reader is cut off, and a credential of it opens nothing"}
	}
	use := "it can be used from anywhere that reaches " + words.Server + ", by whoever has it, as often as they like"
	switch target.Reader.Auth {
	case v1alpha1.ReaderAuthFederated:
		use += ", until it ends; there is none in git, in transit or at rest"
	case v1alpha1.ReaderAuthToken, v1alpha1.ReaderAuthExternal, v1alpha1.ReaderAuthClientCertificate:
		use += "; only an audit log shows it"
	}
	return append(exposed, use)
}
