package render

import (
	"cmp"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/shell"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/upstream"
)

// prerequisitesPart lists the programs that the commands run.
func (in Input) prerequisitesPart(s scripts) part {
	programs := step{
		Text:     "Each of these commands must succeed before you begin:",
		Commands: []string{"kubectl version --client", "kubectl mesh version"},
	}
	if in.installsCharts() {
		programs.Text = "Helm " + upstream.HelmFloor().Version + " or later. " + programs.Text
		programs.Commands = append(programs.Commands, "helm version --short")
	}
	if in.callsGcloud(s) {
		programs.Commands = append(programs.Commands, "gcloud auth print-access-token > /dev/null")
	}
	return part{Title: "Prerequisites", Steps: []step{programs}}
}

func (in Input) installsCharts() bool {
	for cluster := range in.Graph.Clusters() {
		if len(in.charts(cluster)) > 0 {
			return true
		}
	}
	return false
}

func (in Input) callsGcloud(s scripts) bool {
	if s.names() != nil {
		return true
	}
	for cluster := range in.Graph.Clusters() {
		if credentialsOf(cluster) != nil {
			return true
		}
	}
	return false
}

// accessStep is a cluster's first step: a context for a user with permission to install Istio.
func (c compiler) accessStep() step {
	return step{
		Text:     "Verify that you have cluster-admin permissions. The last command prints `yes`:",
		Commands: append(credentialsOf(c.cluster), c.kubectl("auth can-i '*' '*' --all-namespaces")),
	}
}

// credentialsOf has gcloud write the context of a GKE cluster under the name in mesh.yaml; nothing if the cluster's
// project, location or name is unknown.
func credentialsOf(cluster *v1alpha1.Cluster) []string {
	gke := cluster.GKE
	if gke == nil || gke.Project == "" || gke.Location == "" || gke.Cluster == "" {
		return nil
	}
	command := "gcloud container clusters get-credentials " + shell.Quote(gke.Cluster) +
		" --location=" + shell.Quote(gke.Location) + " --project=" + shell.Quote(gke.Project)
	switch {
	case gke.Endpoints.Public == "" && gke.Endpoints.DNS != "":
		command += " --dns-endpoint"
	case gke.Endpoints.Public == "" && gke.Endpoints.Private != "":
		command += " --internal-ip"
	}
	written := "gke_" + gke.Project + "_" + gke.Location + "_" + gke.Cluster // gcloud always uses this name
	if cmp.Or(cluster.Context, written) == written {
		return []string{command}
	}
	// Renaming the context fails when the commands run again.
	written = shell.Quote(written)
	return []string{
		command,
		"kubectl config set-context " + shell.Quote(cluster.Context) + " --cluster=" + written + " --user=" + written,
	}
}
