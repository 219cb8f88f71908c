package render

import (
	"fmt"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
)

// googleSteps: the control plane of distribution csm is Google's to install.
func (c compiler) googleSteps() []step {
	if !*c.cluster.Istio.Managed {
		return []step{{"The control plane in the cluster, by Google's tool, unless it is there already:", []string{
			"asmcli install " + c.asmcliTarget() + "--output_dir " + c.cluster.Name + " --enable_all --ca " + c.asmcliCA()}}}
	}
	steps := []step{{Text: "The control plane is Google's: enable managed Cloud Service Mesh for the cluster's fleet membership."}}
	if aliases := c.Mesh.Spec.Trust.DomainAliases; len(aliases) > 0 {
		steps = append(steps, step{Text: fmt.Sprintf("Workloads of other projects have trust domains of their own. In the ConfigMap `istio-%s`, key `mesh`, list `trustDomainAliases: [%s]`, "+
			"unless they are there.", c.cluster.Istio.Revision, strings.Join(aliases, ", "))})
	}
	return steps
}

func (c compiler) asmcliTarget() string {
	gke := c.cluster.GKE
	if gke == nil {
		return ""
	}
	return fmt.Sprintf("--project_id %s --cluster_location %s --cluster_name %s ", gke.Project, gke.Location, gke.Cluster)
}

func (c compiler) asmcliCA() string {
	if c.Mesh.Spec.Trust.CA.Provider == v1alpha1.CAProviderMeshCA {
		return "mesh_ca"
	}
	return "citadel"
}

// joinPart applies the overlays: in one go, or cluster by cluster where nobody reaches all.
func (in Input) joinPart() part {
	join := part{Title: "Join the clusters"}
	join.Steps = append(join.Steps, step{"With all contexts in one kubeconfig, everything at once. It shows what it will do, and asks:",
		[]string{"kubectl mesh render --apply"}})
	apart := step{Text: "Or each cluster from where it can be reached. `kubectl mesh collect --cluster NAME` fetches the tokens with which\n" +
		"others read a cluster; it leaves them in credentials/, to be carried to where those others are applied:"}
	for cluster := range in.Graph.Clusters() {
		c := newCompiler(in, cluster)
		apart.Commands = append(apart.Commands, "kubectl mesh render --cluster "+cluster.Name+" | "+
			c.kubectl("apply --server-side --field-manager=mesh-cli --filename -"))
	}
	join.Steps = append(join.Steps, apart)
	if leaving := in.leaving(); leaving != nil {
		join.Steps = append(join.Steps, step{"Google's control plane leaves the secrets behind with which it read the fleet. Look at them, then remove them:", leaving})
	}
	return join
}

// leaving are the commands that list what a cluster keeps of a fleet that it leaves.
func (in Input) leaving() []string {
	if in.Mesh.Spec.Discovery != v1alpha1.DiscoveryFleet {
		return nil
	}
	var commands []string
	for cluster := range in.Graph.Clusters() {
		if cluster.Istio.MulticlusterMode == v1alpha1.MulticlusterManual {
			c := newCompiler(in, cluster)
			const leftovers = " secrets --namespace istio-system --selector istio/multiCluster=true,istio.io/owned-by=mesh.googleapis.com"
			commands = append(commands, c.kubectl("get"+leftovers), c.kubectl("delete"+leftovers))
		}
	}
	return commands
}

// gatewayPart installs the gateways of remotes: their pods are injected by a control plane that
// must read the cluster by then.
func (in Input) gatewayPart() part {
	gateways := part{Title: "Gateways of clusters without a control plane"}
	for cluster := range in.Graph.Clusters() {
		if c := newCompiler(in, cluster); cluster.ControlPlane != cluster.Name {
			gateways.Steps = append(gateways.Steps, c.chartSteps()...)
		}
	}
	return gateways
}

// gatewaySteps deploy the gateway at which others enter, because they need its address.
func (c compiler) gatewaySteps() []step {
	if c.cluster.ControlPlane != c.cluster.Name {
		return nil
	}
	steps := c.chartSteps()
	if len(c.eastWest()) == 0 {
		return steps
	}
	own, shape := c.cluster.EastWest(), shapeOf(c.cluster, c.Mesh.Spec.Discovery)
	return append(steps, step{"The east-west gateway" + addressNote, []string{
		c.kubectl("apply --server-side --field-manager=mesh-cli --filename " + c.overlayFile("eastwest-gateway.yaml")),
		c.kubectl("get gateways.gateway.networking.k8s.io " + shape.name + " --namespace " + own.Namespace +
			" --output jsonpath='{.status.addresses[*].value}'"),
	}})
}

const addressNote = ". Where others need its address, that belongs into mesh.yaml: gateway.addresses of this\n" +
	"cluster. Render again when it has changed:"

// chartSteps install the gateway that Helm deploys, if there is one.
func (c compiler) chartSteps() []step {
	for _, chart := range c.charts(c.cluster) {
		if chart.Name == gatewayChart {
			return []step{{"The gateway of " + c.cluster.Name + addressNote, []string{
				c.helm(chart),
				c.kubectl("get service " + chart.Release + " --namespace " + chart.Namespace +
					" --output jsonpath='{.status.loadBalancer.ingress[*]}'"),
			}}}
		}
	}
	return nil
}

func (in Input) checkPart() part {
	check := part{Title: "Check", Steps: []step{{"Whether the clusters know each other:", []string{"kubectl mesh check"}}}}
	var remove []string
	for cluster := range in.Graph.Clusters() {
		remove = append(remove, newCompiler(in, cluster).kubectl("delete namespace sample"))
	}
	return part{Title: check.Title, Steps: append(check.Steps,
		step{"Whether calls arrive: a service that says where it runs, and a client that calls it, in each cluster:",
			[]string{"kubectl mesh render --with-sample --apply", "kubectl mesh check --sample"}},
		step{"And away with the sample:", remove})}
}
