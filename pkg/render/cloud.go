package render

import (
	"slices"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/firewall"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
)

// cloudFiles are the files for the networks between the clusters. They depend on all clusters, and are rendered
// whichever clusters are selected.
func (in Input) cloudFiles(plan firewall.Plan, s scripts) ([]layout.File, error) {
	all, err := s.files()
	if err != nil {
		return nil, err
	}
	for _, render := range []func(firewall.Plan) ([]layout.File, error){
		in.connectorFiles, in.terraformFiles, in.tableFiles,
	} {
		files, err := render(plan)
		if err != nil {
			return nil, err
		}
		all = slices.Concat(all, files)
	}
	return all, nil
}
