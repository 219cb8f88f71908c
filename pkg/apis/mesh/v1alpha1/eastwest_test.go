package v1alpha1_test

import (
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
)

// TestEastWestService: the names that istiod, or Helm, gives the Service.
func TestEastWestService(t *testing.T) {
	sidecar, ambient := v1alpha1.Istio{DataPlane: v1alpha1.DataPlaneSidecar}, v1alpha1.Istio{DataPlane: v1alpha1.DataPlaneAmbient}
	helm := func(workload v1alpha1.GatewayWorkload) *v1alpha1.Gateway {
		return &v1alpha1.Gateway{API: v1alpha1.GatewayAPIIstio, Workload: workload}
	}
	for name, test := range map[string]struct {
		cluster   v1alpha1.ClusterSpec
		discovery v1alpha1.Discovery
		want      string
	}{
		"sidecar":                 {v1alpha1.ClusterSpec{Istio: sidecar}, v1alpha1.DiscoveryRemoteSecret, "istio-eastwestgateway-istio"},
		"ambient":                 {v1alpha1.ClusterSpec{Istio: ambient}, v1alpha1.DiscoveryRemoteSecret, "istio-eastwestgateway"},
		"Helm":                    {v1alpha1.ClusterSpec{Istio: sidecar, Gateway: helm("eastwestgateway")}, v1alpha1.DiscoveryRemoteSecret, "istio-eastwestgateway"},
		"Helm, an ingress":        {v1alpha1.ClusterSpec{Istio: ambient, Gateway: helm("ingressgateway")}, v1alpha1.DiscoveryRemoteSecret, "istio-ingressgateway"},
		"peering, by Solo's docs": {v1alpha1.ClusterSpec{Istio: ambient}, v1alpha1.DiscoveryPeering, "istio-eastwest"},
	} {
		spec := v1alpha1.MeshSpec{Discovery: test.discovery}
		if got := spec.EastWestService(&v1alpha1.Cluster{ClusterSpec: test.cluster}); got != test.want {
			t.Errorf("%s: got %s, want %s", name, got, test.want)
		}
	}
}
