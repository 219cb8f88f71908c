package render

import (
	"slices"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/firewall"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
)

// cloudFiles are the files for the networks between the clusters. They depend on all clusters, and are rendered
// whichever clusters are selected.
func (in Input) cloudFiles() ([]layout.File, error) {
	plan := firewall.New(in.Mesh, in.Graph)
	var all []layout.File
	for _, render := range []func(firewall.Plan) ([]layout.File, error){
		in.scriptFiles, in.connectorFiles, in.terraformFiles, in.tableFiles,
	} {
		files, err := render(plan)
		if err != nil {
			return nil, err
		}
		all = slices.Concat(all, files)
	}
	return all, nil
}

// scriptFiles are the gcloud scripts and their shared functions.
func (in Input) scriptFiles(plan firewall.Plan) ([]layout.File, error) {
	var scripts []layout.File
	for _, render := range []func(firewall.Plan) ([]layout.File, error){
		in.firewallFiles,
		in.accessFiles,
		in.fleetFiles,
		in.teardownFile,
	} {
		files, err := render(plan)
		if err != nil {
			return nil, err
		}
		scripts = slices.Concat(scripts, files)
	}
	library, err := libraryFile(scripts)
	return append(scripts, library...), err
}
