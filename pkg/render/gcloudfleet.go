package render

import (
	"cmp"
	"fmt"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/shell"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/upstream"
)

// fleetWords is the fleet of the mesh.
type fleetWords struct {
	Project, Number shell.Word
	// API is the prefix of a cluster's URL.
	API shell.Word
}

// memberWords register a cluster in the fleet.
type memberWords struct {
	clusterWords
	Remarks                 []remark
	Pool, Membership, Place shell.Word
	Managed                 yesNo
}

// scriptFleet returns the clusters of Cloud Service Mesh, which requires a fleet; nil if there are none.
func (in Input) scriptFleet() (*fleetWords, []memberWords) {
	var members []memberWords
	for cluster := range in.Graph.Clusters() {
		if in.registers(cluster) {
			members = append(members, in.memberWords(cluster))
		}
	}
	if members == nil {
		return nil, nil
	}
	return &fleetWords{
		Project: shell.Word(in.Mesh.Spec.FleetProject()),
		Number:  shell.Word(in.Mesh.Spec.Fleet.ProjectNumber),
		API:     shell.Word(upstream.GoogleContainerAPI),
	}, members
}

// registers reports whether fleet.sh registers a cluster.
func (in Input) registers(cluster *v1alpha1.Cluster) bool {
	return in.Mesh.Spec.FleetProject() != "" && cluster.GKE != nil &&
		cluster.Istio.Distribution == v1alpha1.DistributionCSM
}

func (in Input) memberWords(cluster *v1alpha1.Cluster) memberWords {
	gke := cluster.GKE
	name, place := gke.Cluster, gke.Region()
	if member := gke.Membership; member != nil {
		name, place = cmp.Or(member.Name, name), cmp.Or(member.Location, place)
	}
	w := memberWords{
		clusterWords: clusterWordsOf(cluster),
		Pool:         shell.Word(cmp.Or(gke.WorkloadPool, v1alpha1.DefaultWorkloadPool(gke.Project))),
		Membership:   shell.Word(name),
		Place:        shell.Word(place),
		Managed:      yesNo(*cluster.Istio.Managed),
	}
	if gke.Project != in.Mesh.Spec.FleetProject() {
		w.Remarks = grants(gke.Project, cmp.Or(in.Mesh.Spec.Fleet.ProjectNumber, "FLEET_PROJECT_NUMBER"))
	}
	return w
}

// grants are the roles that the administrator of the cluster's project grants first if the fleet is in another project
// (https://cloud.google.com/kubernetes-engine/fleet-management/docs/before-you-begin/gke).
func grants(project, number string) []remark {
	remarks := []remark{"The fleet is in another project, whose service agents require roles in the cluster's project. " +
		"Its administrator grants them:"}
	for _, grant := range []struct{ agent, role string }{
		{agent: "gkehub", role: "roles/gkehub.serviceAgent"}, {agent: "servicemesh",
			role: "roles/anthosservicemesh.serviceAgent"},
	} {
		remarks = append(remarks, remark(fmt.Sprintf("  gcloud projects add-iam-policy-binding %s --role=%s \\", project,
			grant.role)),
			remark(fmt.Sprintf("    --member=serviceAccount:service-%s@gcp-sa-%s.iam.gserviceaccount.com", number, grant.agent)))
	}
	return remarks
}

// keptFleet prints how a cluster leaves the fleet. The teardown does not do it: other software may use the fleet, and
// workloads lose the identities of its pool.
func (in Input) keptFleet() []shell.Word {
	fleet := in.Mesh.Spec.FleetProject()
	var lines []shell.Word
	for cluster := range in.Graph.Clusters() {
		if !in.registers(cluster) {
			continue
		}
		update := fmt.Sprintf("gcloud container clusters update %s --project=%s --location=%s ",
			cluster.GKE.Cluster, cluster.GKE.Project, cluster.GKE.Location)
		lines = append(lines, shell.Word(fmt.Sprintf("kept: %s in the fleet of project %s, which other software may "+
			"use. To remove it: %s--clear-fleet-project; to remove the label: "+
			"%s--remove-labels=mesh_id", cluster.Name, fleet, update, update)))
	}
	if lines != nil {
		lines = append(lines, shell.Word(fmt.Sprintf("kept: feature servicemesh of the fleet of project %s. To disable "+
			"it for all of its clusters: gcloud container fleet mesh disable --project=%s", fleet, fleet)))
	}
	return lines
}
