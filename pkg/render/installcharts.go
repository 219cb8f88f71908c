package render

import (
	"fmt"
	"slices"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/helm"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/upstream"
)

// chartNotes describe where Helm finds the charts.
func (in Input) chartNotes() []string {
	var notes []string
	keyed := false
	for cluster := range in.Graph.Clusters() {
		switch {
		case cluster.Istio.Distribution == v1alpha1.DistributionSolo:
			keyed = keyed || helm.Repository(cluster) == ""
		case cluster.Istio.Distribution == v1alpha1.DistributionCSM && len(in.charts(cluster)) == 0:
			// asmcli has its own charts.
		default:
			if note := istioCharts(cluster.Istio.Release()); !slices.Contains(notes, note) {
				notes = append(notes, note)
			}
		}
	}
	for cluster := range in.Graph.Clusters() {
		c := newCompiler(in, cluster)
		if slices.ContainsFunc(in.charts(cluster), c.skipsSchema) {
			notes = append(notes, "In some releases, the schema of chart gateway makes Helm 3.18.5 and later reject all "+
				"values. For these versions,\n"+
				"the command skips the schema, which requires Helm 3.16 or later.")
			break
		}
	}
	if keyed {
		notes = append(notes, "Solo's charts: set `HELM_REPO` to the repository of the release, from its support page.")
	}
	return notes
}

// istioCharts adds the chart repository. Unless forced, Helm keeps the first address of a name.
func istioCharts(release upstream.Version) string {
	charts := upstream.ChartsOf(release)
	return fmt.Sprintf("Istio's charts: `helm repo add --force-update %s %s`. The flag replaces an older URL\n"+
		"under that name. The OCI registry `%s` has the same charts.", charts.Alias, charts.Repository, charts.OCI)
}

// skipsSchema reports whether a chart's schema would reject every value.
func (c compiler) skipsSchema(chart helm.Chart) bool {
	istio := c.cluster.Istio
	return chart.Name == gatewayChart && istio.Distribution != v1alpha1.DistributionCSM &&
		upstream.BrokenGatewaySchema(istio.Release())
}
