package render

import (
	"fmt"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/firewall"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/shell"
)

// clusterWords identify a cluster in the mesh and for gcloud.
type clusterWords struct {
	Name, Project, Location, Cluster shell.Word
}

// serverWords is what the API server of a cluster must allow.
type serverWords struct {
	clusterWords
	Reasons []remark
	Limit   int
	// Required are the authorized networks that the mesh requires, and Listed those in mesh.yaml.
	Required, Listed []shell.Word
	Global           yesNo
}

// yesNo is a boolean of a script.
type yesNo bool

func (is yesNo) String() string {
	if is {
		return "yes"
	}
	return "no"
}

func clusterWordsOf(cluster *v1alpha1.Cluster) clusterWords {
	gke := cluster.GKE
	return clusterWords{Name: shell.Word(cluster.Name), Project: shell.Word(gke.Project),
		Location: shell.Word(gke.Location), Cluster: shell.Word(gke.Cluster)}
}

func serverWordsOf(cluster *v1alpha1.Cluster, access firewall.Access) serverWords {
	s := serverWords{
		clusterWords: clusterWordsOf(cluster),
		Limit:        firewall.Limit(cluster),
		Required:     words(access.Networks),
		Listed:       words(access.Keep),
		Global:       yesNo(access.GlobalAccess),
	}
	for _, reader := range access.Consumers {
		for _, reason := range reader.Reasons {
			s.Reasons = append(s.Reasons, remark(reader.Cluster+" "+reason+"."))
		}
	}
	return s
}

// keptGlobalAccess prints how to disable it: other software may use it by the time of the teardown.
func keptGlobalAccess(cluster *v1alpha1.Cluster) shell.Word {
	return shell.Word(fmt.Sprintf("kept: global access of %s, which other software may use. To "+
		"disable it: gcloud container clusters update %s --project=%s --location=%s --no-enable-master-global-access",
		cluster.Name, cluster.GKE.Cluster, cluster.GKE.Project, cluster.GKE.Location))
}
