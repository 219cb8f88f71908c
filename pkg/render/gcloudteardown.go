package render

import (
	"fmt"
	"net/netip"
	"slices"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/firewall"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/shell"
)

// teardownScript takes back what the other scripts do, in reverse order.
type teardownScript struct {
	script
	Accesses  []teardownAccess
	Firewalls []teardownRules
	// Left are lines about what is not taken back.
	Left []shell.Word
}

type teardownAccess struct {
	Remark                           remark
	Name, Project, Location, Cluster shell.Word
	Networks                         []shell.Word
}

// teardownRules are rules of one mark in one network.
type teardownRules struct {
	Remark                 remark
	Project, Network, Mark shell.Word
	Look                   bool // the rules of the project have not been read yet
	Names                  []shell.Word
}

// teardownFile is the script, where there is anything to take back.
func (in Input) teardownFile(plan firewall.Plan) ([]layout.File, error) {
	s := teardownScript{script: newScript(layout.TeardownScript,
		fmt.Sprintf("Reverts the other scripts of mesh %s, in reverse order, and lists what it keeps. Remove the "+
			"clusters from the mesh first.", in.Mesh.Metadata.Name))}
	for _, access := range slices.Backward(plan.Accesses) {
		cluster, err := in.Graph.Get(access.Cluster)
		if err != nil {
			return nil, err
		}
		tearDownAccess(&s, cluster, access)
	}
	if in.Mesh.Spec.Firewall.Renders(v1alpha1.FirewallGcloud) {
		for _, webhooks := range []bool{true, false} {
			for _, network := range slices.Backward(plan.Networks) {
				in.tearDownRules(&s, network, webhooks)
			}
		}
	}
	in.leaveFleet(&s)
	if len(s.Accesses) == 0 && len(s.Firewalls) == 0 && len(s.Left) == 0 {
		return nil, nil
	}
	file, err := scriptFile(layout.TeardownScript, "teardown", s)
	return []layout.File{file}, err
}

// tearDownAccess takes out the networks that are there for the mesh alone.
func tearDownAccess(s *teardownScript, cluster *v1alpha1.Cluster, access firewall.Access) {
	kept := func(network netip.Prefix) bool { return slices.Contains(access.Keep, network) }
	ours := slices.DeleteFunc(slices.Clone(access.Networks), kept)
	if len(ours) > 0 {
		s.Accesses = append(s.Accesses, teardownAccess{
			Remark:   remark(cluster.Name),
			Name:     shell.Word(cluster.Name),
			Project:  shell.Word(cluster.GKE.Project),
			Location: shell.Word(cluster.GKE.Location),
			Cluster:  shell.Word(cluster.GKE.Cluster),
			Networks: words(ours),
		})
	}
	if access.GlobalAccess && !cluster.GKE.GlobalAccess {
		s.Left = append(s.Left, shell.Word(fmt.Sprintf("kept: global access of %s, which other software may use. To "+
			"disable it: gcloud container clusters update %s --project=%s --location=%s --no-enable-master-global-access",
			cluster.Name, cluster.GKE.Cluster, cluster.GKE.Project, cluster.GKE.Location)))
	}
}

// leaveFleet says how a cluster leaves. A fleet is for more than a mesh, and to leave it takes the
// identities of its pool from workloads: it is not done along with the rest.
func (in Input) leaveFleet(s *teardownScript) {
	fleet, joined := in.Mesh.Spec.FleetProject(), false
	for cluster := range in.Graph.Clusters() {
		if !in.registers(cluster) {
			continue
		}
		joined = true
		update := fmt.Sprintf("gcloud container clusters update %s --project=%s --location=%s ",
			cluster.GKE.Cluster, cluster.GKE.Project, cluster.GKE.Location)
		s.Left = append(s.Left, shell.Word(fmt.Sprintf("kept: %s in the fleet of project %s, which other software may "+
			"use. To remove it: %s--clear-fleet-project; to remove the label: "+
			"%s--remove-labels=mesh_id", cluster.Name, fleet, update, update)))
	}
	if joined {
		s.Left = append(s.Left, shell.Word(fmt.Sprintf("kept: feature servicemesh of the fleet of project %s. To disable "+
			"it for all of its clusters: gcloud container fleet mesh disable --project=%s", fleet, fleet)))
	}
}

func (in Input) tearDownRules(s *teardownScript, network firewall.Network, webhooks bool) {
	add := func(comment string, kind firewall.Kind, cluster string, names ...shell.Word) {
		if len(names) > 0 {
			last := len(s.Firewalls) - 1
			look := last < 0 || s.Firewalls[last].Project != shell.Word(network.Project)
			s.Firewalls = append(s.Firewalls, teardownRules{
				Remark:  remark(comment),
				Project: shell.Word(network.Project),
				Look:    look,
				Network: shell.Word(network.Name),
				Mark:    shell.Word(firewall.Mark(in.Mesh.Metadata.Name, kind, cluster)),
				Names:   names,
			})
		}
	}
	var names []shell.Word
	for _, rule := range slices.Backward(network.Rules) {
		switch {
		case rule.Kind != firewall.KindWebhook:
			names = append(names, shell.Word(rule.Name))
		case webhooks:
			add("The webhook of "+rule.Cluster+".", rule.Kind, rule.Cluster, shell.Word(rule.Name))
		}
	}
	if !webhooks {
		add(fmt.Sprintf("VPC network %s of project %s.", network.Name, network.Project), firewall.KindPods, "", names...)
	}
}
