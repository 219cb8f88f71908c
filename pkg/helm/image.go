package helm

import (
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/upstream"
)

// Hub returns the registry of a cluster's images; empty for the chart's default.
func Hub(cluster *v1alpha1.Cluster) string {
	istio := cluster.Istio
	release := istio.Release()
	switch {
	case istio.Hub != "":
		return istio.Hub
	case istio.Distribution == v1alpha1.DistributionSolo && release.Stated() && release.Has(upstream.SoloPublicCharts):
		return upstream.SoloHub
	case istio.Distribution == v1alpha1.DistributionIstio:
		return upstream.ImageHub(release)
	}
	return ""
}

// tag of the images: Solo's charts have no default; others do.
func (v values) tag() string {
	if !v.solo() || v.cluster.Istio.Version == "" {
		return ""
	}
	return upstream.SoloVersion(v.cluster.Istio.Version)
}

// Repository returns the prefix of chart names for `helm upgrade`; empty if mesh.yaml does not determine it.
func Repository(cluster *v1alpha1.Cluster) string {
	if cluster.Istio.Distribution == v1alpha1.DistributionSolo {
		return upstream.SoloCharts(Hub(cluster))
	}
	return upstream.ChartsOf(cluster.Istio.Release()).Alias + "/"
}
