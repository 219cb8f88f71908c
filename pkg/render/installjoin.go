package render

import (
	"fmt"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/shell"
)

// Google installs the control plane of distribution csm.
func (c compiler) googleSteps() []step {
	if !*c.cluster.Istio.Managed {
		return []step{{Text: "Install the control plane with Google's tool, unless it is already installed:",
			Commands: []string{
				"asmcli install " + c.asmcliTarget() + "--output_dir " + c.cluster.Name + " --enable_all" + c.asmcliCA() +
					" --custom_overlay " +
					layout.Deployed(layout.AsmcliOverlay(c.cluster.Name))}}}
	}
	steps := []step{{Text: "Google manages the control plane: enable managed Cloud Service Mesh for the cluster's fleet " +
		"membership."}}
	if aliases := c.Mesh.Spec.Trust.DomainAliases; len(aliases) > 0 {
		steps = append(steps, step{Text: fmt.Sprintf("Workloads of other projects have other trust domains. In "+
			"the ConfigMap `istio-%s`, key `mesh`, list `trustDomainAliases: [%s]`, unless they are already "+
			"listed.", c.cluster.Istio.Revision, strings.Join(aliases, ", "))})
	}
	return steps
}

// asmcliTarget identifies the cluster, the fleet that it joins, and the revision in mesh.yaml.
func (c compiler) asmcliTarget() string {
	var target string
	if gke := c.cluster.GKE; gke != nil {
		target = fmt.Sprintf("--project_id %s --cluster_location %s --cluster_name %s ", gke.Project, gke.Location,
			gke.Cluster)
	}
	if fleet := c.Mesh.Spec.FleetProject(); fleet != "" {
		target += "--fleet_id " + fleet + " "
	}
	if revision := c.cluster.Istio.Revision; revision != "" {
		target += "--revision_name " + revision + " "
	}
	return target
}

// Without our certificates, each control plane would sign with its own root.
func (c compiler) asmcliCA() string {
	provider := c.Mesh.Spec.Trust.CA.Provider
	if provider == v1alpha1.CAProviderMeshCA {
		return " --ca mesh_ca"
	}
	text := " --ca citadel"
	if provider == v1alpha1.CAProviderFiles {
		for _, file := range c.caFiles() {
			text += " --" + file.flag + " " + shell.Quote(file.path)
		}
	}
	return text
}

// joinPart applies the overlays: all at once, or cluster by cluster if no site has access to all.
func (in Input) joinPart() part {
	join, apart := part{Title: "Join the clusters"}, "Apply each cluster from a site that reaches it"
	if in.withoutContext() == nil {
		join.Steps = append(join.Steps, step{Text: "With all contexts in one kubeconfig, apply everything at once. The " +
			"command prints its plan and prompts for confirmation:",
			Commands: []string{"kubectl mesh render --apply"}})
		apart = "Or apply each cluster from a site that reaches it"
	}
	join.Steps = append(join.Steps, in.clusterBySteps(apart)...)
	if leaving := in.leaving(); leaving != nil {
		join.Steps = append(join.Steps, step{Text: "Google's control plane does not remove the remote secrets of its " +
			"fleet. Review and delete them:", Commands: leaving})
	}
	return join
}

// clusterBySteps apply cluster by cluster. A remote secret contains a token that another cluster's API server issues
// for an account, which must exist first.
func (in Input) clusterBySteps(intro string) []step {
	join := in.joinCommands()
	if join.readers == nil {
		return []step{{Text: intro + ":", Commands: join.all}}
	}
	read, readers := join.read, join.readers
	return []step{
		{Text: intro + ". First everything without credentials, reader accounts included:" +
			in.sealedNote(), Commands: join.public},
		{Text: "Then collect the tokens that the API servers issued. They are stored in credentials/; copy each\n" +
			"credentials/CLUSTER/READER/token to the site that applies READER:", Commands: read},
		{Text: "Then apply the consumers again, with their remote secrets:", Commands: readers},
	}
}

// sealedNote: without credentials, a stream contains the sealed objects, and API servers do not know the field sops.
func (in Input) sealedNote() string {
	for cluster := range in.Graph.Clusters() {
		if cluster.Sealing.Format == v1alpha1.SealingSOPS {
			return "\n" +
				"(kubectl rejects objects sealed with SOPS, `.sops: field not declared in schema`, and applies the others: " +
				"Flux applies sealed objects)"
		}
	}
	return ""
}

// joinCommands apply what is rendered for clusters, or fetch what that requires.
type joinCommands struct {
	// all apply each cluster's whole overlay, public the part without credentials.
	all, public []string
	// readers apply the whole overlay of clusters that read others; read fetch the tokens of the others.
	readers, read []string
}

func (in Input) joinCommands() joinCommands {
	var join joinCommands
	targets := map[string]bool{}
	for cluster := range in.Graph.Clusters() {
		c := newCompiler(in, cluster)
		join.all = append(join.all, c.streamCommand(""))
		join.public = append(join.public, c.streamCommand(" --secrets=skip"))
		pairs := access.TokenPairs(in.Graph, cluster.Name)
		if len(pairs) > 0 {
			join.readers = append(join.readers, c.streamCommand(""))
		}
		for _, pair := range pairs {
			targets[pair.Target] = true
		}
	}
	for cluster := range in.Graph.Clusters() {
		if targets[cluster.Name] {
			join.read = append(join.read, newCompiler(in, cluster).collect())
		}
	}
	return join
}

// streamCommand renders a cluster with additional flags and applies the result.
func (c compiler) streamCommand(flags string) string {
	return "kubectl mesh render --cluster " + c.cluster.Name + flags + " | " +
		c.kubectl("apply --server-side --field-manager=mesh-cli --filename -")
}

func (c compiler) collect() string {
	command := "kubectl mesh collect --cluster " + c.cluster.Name
	if c.cluster.Context == "" {
		command += ` --context "$(kubectl config current-context)"`
	}
	return command
}

// leaving lists the fleet objects that remain in a cluster that leaves the fleet.
func (in Input) leaving() []string {
	if in.Mesh.Spec.Discovery != v1alpha1.DiscoveryFleet {
		return nil
	}
	var commands []string
	for cluster := range in.Graph.Clusters() {
		if cluster.Istio.MulticlusterMode == v1alpha1.MulticlusterManual {
			c := newCompiler(in, cluster)
			const leftovers = " secrets --namespace istio-system --selector " +
				"istio/multiCluster=true,istio.io/owned-by=mesh.googleapis.com"
			commands = append(commands, c.kubectl("get"+leftovers), c.kubectl("delete"+leftovers))
		}
	}
	return commands
}

// gatewayPart installs the gateways of remotes: a control plane must be able to read the cluster to inject their pods.
func (in Input) gatewayPart() part {
	gateways := part{Title: "Gateways of clusters without a control plane"}
	for cluster := range in.Graph.Clusters() {
		if c := newCompiler(in, cluster); cluster.ControlPlane != cluster.Name {
			gateways.Steps = append(gateways.Steps, c.chartSteps()...)
		}
	}
	return gateways
}

// gatewaySteps deploy the gateway first, because other clusters need its address.
func (c compiler) gatewaySteps() []step {
	if c.cluster.ControlPlane != c.cluster.Name {
		return nil
	}
	steps := c.chartSteps()
	if len(c.eastWest()) == 0 {
		return steps
	}
	own, shape := c.cluster.EastWest(), shapeOf(c.cluster, c.Mesh.Spec.Discovery)
	note, collect := c.addressNote()
	return append(steps, step{
		Text: "The east-west gateway, which must report `condition met` and an address" + note,
		Commands: append([]string{
			c.kubectl("apply --server-side --field-manager=mesh-cli --filename " + c.overlayFile("eastwest-gateway.yaml")),
			c.kubectl("wait gateways.gateway.networking.k8s.io " + shape.name + " --namespace " + own.Namespace +
				" --for=condition=Programmed --timeout=5m"),
			c.kubectl("get gateways.gateway.networking.k8s.io " + shape.name + " --namespace " + own.Namespace +
				" --output jsonpath='{.status.addresses[*].value}'"),
		}, collect...),
	})
}

// addressNote describes how the gateway's address is used; the commands collect one that others wait for.
func (c compiler) addressNote() (text string, commands []string) {
	if c.isAwaited() {
		return ". Other clusters require its address. Collect it, render the tree again, and continue with the new " +
				"INSTALL.md:",
			[]string{c.collect(), renderTree}
	}
	return ". If other clusters require its address, set it in mesh.yaml as gateway.addresses of this\n" +
		"cluster; if it changed, render the tree again with `" + renderTree + "`:", nil
}

const renderTree = "kubectl mesh render --output-dir deploy"

// isAwaited reports whether other files wait for the address of this cluster's gateway.
func (c compiler) isAwaited() bool {
	if noAddress(c.cluster) == nil {
		return false
	}
	for range c.Graph.Served(c.cluster.Name) {
		return true
	}
	for range c.Graph.PeeredBy(c.cluster.Name) {
		return true
	}
	return false
}

// chartSteps install the Helm-deployed gateway, if there is one.
func (c compiler) chartSteps() []step {
	for _, chart := range c.charts(c.cluster) {
		if chart.Name == gatewayChart {
			note, collect := c.addressNote()
			return []step{{Text: "The gateway of " + c.cluster.Name + note, Commands: append([]string{
				c.helm(chart),
				c.kubectl("get service " + chart.Release + " --namespace " + chart.Namespace +
					" --output jsonpath='{.status.loadBalancer.ingress[*]}'"),
			}, collect...)}}
		}
	}
	return nil
}

func (in Input) checkPart() part {
	check := part{Title: "Verify the mesh", Steps: []step{{Text: "Verify that the clusters discover each other:",
		Commands: []string{"kubectl mesh check"}}}}
	var remove []string
	verify := []string{"kubectl mesh render --with-sample --apply"}
	gateways := false
	for cluster := range in.Graph.Clusters() {
		remove = append(remove, newCompiler(in, cluster).kubectl("delete namespace sample"))
		gateways = gateways || in.Graph.Exposure(cluster.Name).Workloads
	}
	text := "Verify that calls arrive. The first command deploys a sample service and a client to each cluster:"
	if gateways {
		text = "Verify that the east-west gateways forward to workloads, and that calls arrive. The first command deploys " +
			"a sample\nservice and a client to each cluster:"
		verify = append(verify, "kubectl mesh check --handshake")
	}
	return part{Title: check.Title, Steps: append(check.Steps,
		step{Text: text, Commands: append(verify, "kubectl mesh check --sample")},
		step{Text: "Remove the sample:", Commands: remove})}
}
