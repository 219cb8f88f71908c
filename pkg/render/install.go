package render

import (
	"bytes"
	"cmp"
	"fmt"
	"strings"
	"text/template"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/helm"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/shell"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/upstream"
	"github.com/kubectl-mesh/kubectl-mesh/templates"
)

// gatewayChart installs a gateway whose pods a control plane injects.
const gatewayChart = "gateway"

// guide is INSTALL.md as data.
type guide struct {
	Mesh  string
	Notes []string
	Parts []part
}

type part struct {
	Title string
	Steps []step
}

// Anchor returns the heading's anchor on GitHub and GitLab: titles consist of letters, dashes and spaces.
func (p part) Anchor() string { return strings.ReplaceAll(strings.ToLower(p.Title), " ", "-") }

type step struct {
	Text     string
	Commands []string
}

// installFile lists the commands that install the mesh: first what opens the networks between the clusters; then
// primaries, because remotes connect to them; then what joins the clusters; then gateways whose pods a control plane
// must inject.
func installFile(in Input, s scripts, held []Held) (layout.File, error) {
	g := guide{Mesh: in.Mesh.Metadata.Name, Notes: in.notes(), Parts: []part{in.prerequisitesPart(s)}}
	for _, waiting := range []part{in.rootPart(), heldPart(held)} {
		if waiting.Steps != nil {
			g.Parts = append(g.Parts, waiting)
		}
	}
	if networks := cloudPart(s); networks.Steps != nil {
		g.Parts = append(g.Parts, networks)
	}
	for _, remote := range []bool{false, true} {
		for cluster := range in.Graph.Clusters() {
			if remote == (cluster.ControlPlane != cluster.Name) {
				g.Parts = append(g.Parts, part{Title: "Cluster " + cluster.Name, Steps: in.clusterSteps(cluster)})
			}
		}
	}
	g.Parts = append(g.Parts, in.joinPart())
	if gateways := in.gatewayPart(); gateways.Steps != nil {
		g.Parts = append(g.Parts, gateways)
	}
	g.Parts = append(g.Parts, in.checkPart())
	return g.file()
}

func (g guide) file() (layout.File, error) {
	text, err := templates.FS.ReadFile(templates.Install)
	if err != nil {
		return layout.File{}, fmt.Errorf("read template: %w", err)
	}
	page, err := template.New(templates.Install).Parse(string(text))
	if err != nil {
		return layout.File{}, fmt.Errorf("parse template: %w", err)
	}
	var out bytes.Buffer
	if err := page.Execute(&out, g); err != nil {
		return layout.File{}, fmt.Errorf("write %s: %w", templates.Install, err)
	}
	return layout.File{Path: templates.Install, Content: out.Bytes()}, nil
}

// clusterSteps install Istio in a cluster, except for gateways.
func (in Input) clusterSteps(cluster *v1alpha1.Cluster) []step {
	c := newCompiler(in, cluster)
	steps := []step{c.accessStep()}
	if bundle := c.gatewayBundle(); bundle != "" {
		steps = append(steps, step{Text: "Install the Gateway API CRDs, unless the cluster already has them:",
			Commands: []string{
				c.kubectl("apply --server-side --field-manager=mesh-cli --filename " + bundle)}})
	}
	steps = append(steps, step{Text: "Create the namespaces, with the network label, which no chart sets:",
		Commands: []string{
			c.kubectl("apply --server-side --field-manager=mesh-cli --filename " + c.overlayFile("namespace.yaml"))}})
	steps = append(steps, c.certificateSteps()...)
	if ref := cluster.Istio.LicenseSecretRef; ref != nil && cluster.Istio.Distribution == v1alpha1.DistributionSolo {
		steps = append(steps, c.licenceStep(ref))
	}
	steps = append(steps, c.authenticationSteps()...)
	steps = append(steps, c.controlPlaneSteps()...)
	return append(steps, c.gatewaySteps()...)
}

// licenceStep creates the Secret that the values of Solo's charts refer to.
func (c compiler) licenceStep(ref *v1alpha1.SecretRef) step {
	return step{
		Text: "Create the license Secret, unless it exists. `SOLO_LICENSE_FILE` is a file with the license; its name must " +
			"be the key that\n" +
			"Solo's documentation of this release specifies for the Secret:",
		Commands: []string{c.kubectl("create secret generic " + shell.Quote(ref.Name) + " --namespace " +
			shell.Quote(cmp.Or(ref.Namespace, c.cluster.Istio.Namespace)) + ` --from-file="${SOLO_LICENSE_FILE:?}"`)},
	}
}

// controlPlaneSteps install the charts, or state who does.
func (c compiler) controlPlaneSteps() []step {
	if c.cluster.Istio.Distribution == v1alpha1.DistributionCSM {
		return c.googleSteps()
	}
	var steps []step
	for _, chart := range c.charts(c.cluster) {
		switch {
		case chart.Name == gatewayChart:
		case chart.Entrance != nil:
			steps = append(steps, heldChart(chart))
		default:
			steps = append(steps, step{
				Text:     "Chart " + chart.Name + ". Helm prints `STATUS: deployed`:",
				Commands: []string{c.helm(chart)},
			})
		}
	}
	return steps
}

// kubectl returns a command for the cluster. If mesh.yaml has no context for it, the command uses the current one,
// which the guide mentions.
func (c compiler) kubectl(command string) string {
	return "kubectl " + c.at("--context") + command
}

func (c compiler) at(flag string) string {
	if c.cluster.Context == "" {
		return ""
	}
	return flag + " " + shell.Quote(c.cluster.Context) + " "
}

// helm returns the command that installs or upgrades a chart.
func (c compiler) helm(chart helm.Chart) string {
	istio := c.cluster.Istio
	solo := istio.Distribution == v1alpha1.DistributionSolo
	version, repository := istio.Version, helm.Repository(c.cluster)
	if repository == "" {
		repository = `"$HELM_REPO"/`
	}
	if solo && version != "" {
		version = upstream.SoloVersion(version)
	}
	command := "helm upgrade --install " + chart.Release + " " + repository + chart.Name + " " + c.at("--kube-context") +
		"--namespace " + chart.Namespace
	if version != "" && istio.Distribution != v1alpha1.DistributionCSM { // the charts of csm have other versions
		command += " --version " + version
	}
	if c.skipsSchema(chart) {
		command += " --skip-schema-validation"
	}
	return command + " --values " + layout.Deployed(layout.HelmValues(c.cluster.Name, chart.Name)) + " --wait"
}

func (c compiler) overlayFile(name string) string {
	return layout.Deployed(layout.OverlayFile(c.cluster.Name, name))
}

// gatewayBundle returns the URL of the Gateway API CRDs; empty if nothing uses them.
func (c compiler) gatewayBundle() string {
	managed := *c.cluster.Istio.Managed
	needed := c.cluster.Istio.DataPlane == v1alpha1.DataPlaneAmbient || len(c.eastWest()) > 0 || c.hasPeers()
	if !needed || managed {
		return ""
	}
	return upstream.GatewayAPI(c.cluster.Istio.Release()).URL()
}

func (c compiler) hasPeers() bool {
	for range c.Graph.Peers(c.cluster.Name) {
		return true
	}
	return false
}

// notes describe the prerequisites of the commands.
func (in Input) notes() []string {
	notes := in.chartNotes()
	if in.takesOptions() && !in.Mesh.Spec.AdmissionPolicy {
		notes = append(notes, "Recommended: `admissionPolicy: true` in the spec of mesh.yaml. istiod here accepts token "+
			"files, so anyone with permission to create Secrets\n"+
			"in its namespace could make it send a token of its pod to any server. The policy admits only the remote "+
			"secrets of this mesh.")
	}
	if in.needsNetworkPaths() && !in.allOnGKE() {
		notes = append(notes, in.networkNote())
	}
	if without := in.withoutContext(); without != nil {
		notes = append(notes, "mesh.yaml sets no context, so the commands use the current context. Select the cluster "+
			"first: "+
			strings.Join(without, ", ")+".")
	}
	return notes
}

// withoutContext returns the clusters without a context in mesh.yaml.
func (in Input) withoutContext() []string {
	var names []string
	for cluster := range in.Graph.Clusters() {
		if cluster.Context == "" {
			names = append(names, cluster.Name)
		}
	}
	return names
}

// networkNote describes the traffic that no script allows.
func (in Input) networkNote() string {
	const what = "Configure firewalls outside Google Cloud yourself. Clusters in one network call each other pod to " +
		"pod, and control\nplanes call the API servers of the clusters that they read. "
	switch firewall := in.Mesh.Spec.Firewall; {
	case firewall.Renders(v1alpha1.FirewallMarkdown):
		return what + "`" + layout.Deployed(layout.FirewallTable) + "` lists every rule."
	case firewall.Renders(v1alpha1.FirewallCSV):
		return what + "`" + layout.Deployed(layout.FirewallCSV) + "` lists every rule."
	}
	return what + "To render a list of the rules, set\n`firewall: {outputs: [gcloud, markdown]}` in mesh.yaml."
}

func (in Input) allOnGKE() bool {
	for cluster := range in.Graph.Clusters() {
		if cluster.GKE == nil {
			return false
		}
	}
	return true
}

// needsNetworkPaths reports whether any traffic between clusters bypasses gateways.
func (in Input) needsNetworkPaths() bool {
	for a := range in.Graph.Clusters() {
		if len(access.TokenPairs(in.Graph, a.Name)) > 0 {
			return true
		}
		for b := range in.Graph.Callees(a.Name) {
			if a.Network == b.Network {
				return true
			}
		}
	}
	return false
}
