package render

import (
	"fmt"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/firewall"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/shell"
)

// accessScript lets control planes reach the API server of a cluster.
type accessScript struct {
	script
	Name, Project, Location, Cluster shell.Word
}

// accessOpening is what the API server of a cluster has to allow. The openings of all clusters are in one file, so that
// a cluster that joins changes one file, and not a script of each cluster that it reads.
type accessOpening struct {
	Name           shell.Word
	Reasons        []remark
	Limit          int
	Networks, Keep []shell.Word
	GlobalAccess   bool
}

// accessFiles are the scripts for the API servers that have to be opened, and what they open.
func (in Input) accessFiles(plan firewall.Plan) ([]layout.File, error) {
	var files []layout.File
	var openings []accessOpening
	for _, access := range plan.Accesses {
		if !access.Needed() {
			continue
		}
		cluster, err := in.Graph.Get(access.Cluster)
		if err != nil {
			return nil, err
		}
		file, err := scriptFile(layout.AccessScript(access.Cluster), "access", newAccessScript(cluster))
		if err != nil {
			return nil, err
		}
		files, openings = append(files, file), append(openings, newAccessOpening(cluster, access))
	}
	if len(files) == 0 {
		return nil, nil
	}
	data, err := scriptFile(layout.AccessData, "api-access", openings)
	return append(files, data), err
}

func newAccessScript(cluster *v1alpha1.Cluster) accessScript {
	s := accessScript{
		script: newScript(layout.AccessScript(cluster.Name),
			fmt.Sprintf("Allows control planes to reach the API server of cluster %s: see %s.",
				cluster.Name, layout.Deployed(layout.AccessData))),
		Name: shell.Word(cluster.Name), Project: shell.Word(cluster.GKE.Project),
		Location: shell.Word(cluster.GKE.Location), Cluster: shell.Word(cluster.GKE.Cluster),
	}
	s.Prune = "remove authorized networks that the mesh does not require and that gke.authorizedNetworks does not list"
	return s
}

func newAccessOpening(cluster *v1alpha1.Cluster, access firewall.Access) accessOpening {
	opening := accessOpening{Name: shell.Word(cluster.Name), Limit: firewall.Limit(cluster),
		Networks: words(access.Networks), Keep: words(access.Keep), GlobalAccess: access.GlobalAccess}
	for _, reader := range access.Consumers {
		for _, reason := range reader.Reasons {
			opening.Reasons = append(opening.Reasons, remark(reader.Cluster+" "+reason+"."))
		}
	}
	return opening
}
