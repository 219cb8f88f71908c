package render

import (
	"cmp"
	"fmt"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/firewall"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/shell"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/upstream"
)

// fleetScript registers a cluster in the fleet of the mesh.
type fleetScript struct {
	script
	Fleet, Number, Name, Project, Location, Cluster shell.Word
	Pool, Membership, Place                         shell.Word
	Managed                                         bool
	// API is the start of the URL by which gcloud knows a cluster.
	API shell.Word
}

// fleetFiles are the scripts for clusters of Cloud Service Mesh, which needs a fleet.
func (in Input) fleetFiles(firewall.Plan) ([]layout.File, error) {
	var files []layout.File
	fleet := in.Mesh.Spec.FleetProject()
	for cluster := range in.Graph.Clusters() {
		if !in.registers(cluster) {
			continue
		}
		file, err := scriptFile(layout.FleetScript(cluster.Name), "fleet", in.fleetScript(fleet, cluster))
		if err != nil {
			return nil, err
		}
		files = append(files, file)
	}
	return files, nil
}

// registers tells whether there is a script that registers a cluster.
func (in Input) registers(cluster *v1alpha1.Cluster) bool {
	return in.Mesh.Spec.FleetProject() != "" && cluster.GKE != nil &&
		cluster.Istio.Distribution == v1alpha1.DistributionCSM
}

func (in Input) fleetScript(fleet string, cluster *v1alpha1.Cluster) fleetScript {
	gke := cluster.GKE
	name, place := gke.Cluster, gke.Region()
	if member := gke.Membership; member != nil {
		name, place = cmp.Or(member.Name, name), cmp.Or(member.Location, place)
	}
	number := in.Mesh.Spec.Fleet.ProjectNumber
	remarks := []string{fmt.Sprintf("Registers cluster %s in the fleet of project %s, and enables Cloud Service Mesh "+
		"for it.", cluster.Name, fleet)}
	if gke.Project != fleet {
		remarks = append(remarks, grants(gke.Project, cmp.Or(number, "FLEET_PROJECT_NUMBER"))...)
	}
	s := fleetScript{
		script:     newScript(layout.FleetScript(cluster.Name), remarks...),
		Fleet:      shell.Word(fleet),
		Name:       shell.Word(cluster.Name),
		Project:    shell.Word(gke.Project),
		Location:   shell.Word(gke.Location),
		Cluster:    shell.Word(gke.Cluster),
		Pool:       shell.Word(cmp.Or(gke.WorkloadPool, v1alpha1.DefaultWorkloadPool(gke.Project))),
		Number:     shell.Word(number),
		Membership: shell.Word(name),
		Place:      shell.Word(place),
		Managed:    *cluster.Istio.Managed,
		API:        shell.Word(upstream.GoogleContainerAPI),
	}
	return s
}

// grants say what the owner of the cluster's project has to grant first, when the fleet is in another
// one (https://cloud.google.com/kubernetes-engine/fleet-management/docs/before-you-begin/gke).
func grants(project, number string) []string {
	remarks := []string{"The fleet is in another project, whose service agents require roles in the cluster's project. " +
		"Its administrator grants them:"}
	for _, grant := range []struct{ agent, role string }{
		{agent: "gkehub", role: "roles/gkehub.serviceAgent"}, {agent: "servicemesh",
			role: "roles/anthosservicemesh.serviceAgent"},
	} {
		remarks = append(remarks, fmt.Sprintf("  gcloud projects add-iam-policy-binding %s --role=%s \\", project,
			grant.role),
			fmt.Sprintf("    --member=serviceAccount:service-%s@gcp-sa-%s.iam.gserviceaccount.com", number, grant.agent))
	}
	return remarks
}
