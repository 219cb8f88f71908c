package helm

import (
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
)

// soloHub is where Solo's images are from 1.29 on.
const soloHub = "us-docker.pkg.dev/soloio-img/istio"

// Hub is the registry of a cluster's images; empty for the chart's own.
func Hub(cluster *v1alpha1.Cluster) string {
	istio := cluster.Istio
	if istio.Hub == "" && istio.Distribution == v1alpha1.DistributionSolo && istio.Version != "" && istio.AtLeast("1.29.0") {
		return soloHub
	}
	return istio.Hub
}

// tag of the images: Solo's charts do not know their own. Elsewhere the chart says it.
func (v values) tag() string {
	if !v.solo() || v.cluster.Istio.Version == "" {
		return ""
	}
	return SoloVersion(v.cluster.Istio.Version)
}

// SoloVersion is a version as Solo's charts and images are tagged: 1.28.0-solo.
func SoloVersion(version string) string {
	if strings.HasSuffix(version, "-solo") || strings.Contains(version, "-solo-") {
		return version
	}
	return version + "-solo"
}

// Repository is where Helm finds the charts of a distribution, for `helm upgrade`: a prefix to put
// before the name of a chart. It is empty when nobody has said it.
func Repository(hub string, solo bool) string {
	const old = "us-docker.pkg.dev/gloo-mesh/istio-"
	switch {
	case !solo:
		return "istio/"
	case hub == soloHub:
		return "oci://us-docker.pkg.dev/soloio-img/istio-helm/"
	case strings.HasPrefix(hub, old):
		return "oci://us-docker.pkg.dev/gloo-mesh/istio-helm-" + strings.TrimPrefix(hub, old) + "/"
	}
	return ""
}
