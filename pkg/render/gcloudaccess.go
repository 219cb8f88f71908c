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
	Limit                            int
	Networks, Keep                   []shell.Word
	GlobalAccess                     bool
}

// accessFiles are the scripts for the API servers that have to be opened.
func (in Input) accessFiles(plan firewall.Plan) ([]layout.File, error) {
	var files []layout.File
	for _, access := range plan.Accesses {
		if !access.Needed() {
			continue
		}
		cluster, err := in.Graph.Get(access.Cluster)
		if err != nil {
			return nil, err
		}
		file, err := scriptFile(layout.AccessScript(access.Cluster), "access", newAccessScript(cluster, access))
		if err != nil {
			return nil, err
		}
		files = append(files, file)
	}
	return files, nil
}

func newAccessScript(cluster *v1alpha1.Cluster, access firewall.Access) accessScript {
	remarks := []string{fmt.Sprintf("Allows control planes to reach the API server of cluster %s.", access.Cluster)}
	for _, reader := range access.Consumers {
		for _, reason := range reader.Reasons {
			remarks = append(remarks, reader.Cluster+" "+reason+".")
		}
	}
	s := accessScript{script: newScript(layout.AccessScript(access.Cluster), remarks...),
		Name: shell.Word(cluster.Name), Project: shell.Word(cluster.GKE.Project), Location: shell.Word(cluster.GKE.Location),
		Cluster: shell.Word(cluster.GKE.Cluster), Limit: firewall.Limit(cluster), Networks: words(access.Networks),
		Keep: words(access.Keep), GlobalAccess: access.GlobalAccess}
	if len(s.Networks) > 0 {
		s.Prune = "remove authorized networks that are neither required nor in mesh.yaml (gke.authorizedNetworks)"
	}
	return s
}
