package helm

import (
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/upstream"
)

// Hub is the registry of a cluster's images; empty for the chart's own.
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

// tag of the images: Solo's charts do not know their own. Elsewhere the chart says it.
func (v values) tag() string {
	if !v.solo() || v.cluster.Istio.Version == "" {
		return ""
	}
	return upstream.SoloVersion(v.cluster.Istio.Version)
}

// Repository is where Helm finds the charts of a cluster, for `helm upgrade`: a prefix to put before the name of a
// chart. It is empty when nothing in mesh.yaml tells it.
func Repository(cluster *v1alpha1.Cluster) string {
	if cluster.Istio.Distribution == v1alpha1.DistributionSolo {
		return upstream.SoloCharts(Hub(cluster))
	}
	return upstream.ChartsOf(cluster.Istio.Release()).Alias + "/"
}
