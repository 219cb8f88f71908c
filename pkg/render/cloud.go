package render

import (
	"slices"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/firewall"
)

// firewallFolder holds the rules of firewalls in other forms than scripts.
const firewallFolder = "firewall"

// networkFileName is a name for the files of a VPC network: neither a project nor a network has an
// underscore in its name.
func networkFileName(network firewall.Network) string {
	return strings.ReplaceAll(network.Project, ":", "_") + "_" + network.Name
}

// cloudFiles are the files for the networks between the clusters: they follow from all clusters
// together, and are rendered whichever cluster is asked for.
func (in Input) cloudFiles() ([]File, error) {
	plan := firewall.New(in.Mesh, in.Graph)
	var all []File
	for _, render := range []func(firewall.Plan) ([]File, error){
		in.firewallFiles, in.accessFiles, in.fleetFiles, in.teardownFile, in.connectorFiles, in.terraformFiles, in.tableFiles,
	} {
		files, err := render(plan)
		if err != nil {
			return nil, err
		}
		all = slices.Concat(all, files)
	}
	return all, nil
}
