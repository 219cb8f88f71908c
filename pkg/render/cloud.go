package render

import (
	"slices"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/firewall"
)

// firewallFolder holds the rules of firewalls in other forms than scripts.
const firewallFolder = "firewall"

// cloudFiles are the files for the networks between the clusters: they follow from all clusters
// together, and are rendered whichever cluster is asked for.
func (in Input) cloudFiles() ([]File, error) {
	plan := firewall.New(in.Mesh, in.Graph)
	var all []File
	for _, render := range []func(firewall.Plan) ([]File, error){in.firewallFiles, in.accessFiles, in.teardownFile} {
		files, err := render(plan)
		if err != nil {
			return nil, err
		}
		all = slices.Concat(all, files)
	}
	return all, nil
}
