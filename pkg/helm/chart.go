package helm

import (
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/topology"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/upstream"
)

// Chart is a chart for one cluster.
type Chart struct {
	// Name of the values file, without .yaml, and of the chart: base, istiod, cni, ztunnel, gateway.
	Name string
	// Release and Namespace of the installation.
	Release, Namespace string
	// Comment explains to reviewers what the values do not show; may be empty.
	Comment string
	// Values to encode as YAML.
	Values any
	// Entrance is the cluster whose east-west gateway the values refer to and whose address is unknown; nil if the values
	// are complete.
	Entrance *v1alpha1.Cluster
}

// Mesh is the input of the values: a mesh with its defaults, and its topology.
type Mesh struct {
	Spec  *v1alpha1.Mesh
	Graph *topology.Graph
	// Rotating is set during a root rotation: istiod must accept a second root.
	Rotating bool
}

// Charts returns a cluster's charts in installation order. With distribution csm, Google installs all except the
// gateway.
func Charts(mesh Mesh, cluster *v1alpha1.Cluster) []Chart {
	v := values{Mesh: mesh, cluster: cluster}
	var charts []Chart
	if cluster.Istio.Distribution != v1alpha1.DistributionCSM {
		charts = v.controlPlane()
	}
	if v.helmGateway() {
		charts = append(charts, v.gateway())
	}
	return charts
}

// controlPlane returns all charts except the gateway.
func (v values) controlPlane() []Chart {
	charts := []Chart{v.base()}
	if v.needsCNI() {
		charts = append(charts, v.cni())
	}
	charts = append(charts, v.istiod())
	if v.ambient() {
		charts = append(charts, v.ztunnel())
	}
	return charts
}

// values makes the charts of one cluster.
type values struct {
	Mesh
	cluster *v1alpha1.Cluster
}

func (v values) solo() bool { return v.cluster.Istio.Distribution == v1alpha1.DistributionSolo }

func (v values) peering() bool { return v.Spec.Spec.Discovery == v1alpha1.DiscoveryPeering }

func (v values) remote() bool { return v.cluster.ControlPlane != v.cluster.Name }

// ambient: Solo's peering runs a ztunnel in its gateways, so it also uses the profile for sidecars.
func (v values) ambient() bool {
	return v.cluster.Istio.DataPlane == v1alpha1.DataPlaneAmbient || v.peering()
}

// openShift runs the CNI plugin and ztunnel in kube-system, which allows privileged pods.
func (v values) openShift() bool { return v.cluster.Platform == v1alpha1.PlatformOpenShift }

func (v values) needsCNI() bool { return v.ambient() || v.openShift() }

func (v values) nodeNamespace() string {
	if v.openShift() {
		return "kube-system"
	}
	return v.cluster.Istio.Namespace
}

// profile of the charts, which reject unknown ones.
func (v values) profile() string {
	switch {
	case v.remote():
		return "remote"
	case v.ambient():
		return "ambient"
	}
	return ""
}

// platform for the charts, which reject unknown ones, and do not know EKS and AKS.
func (v values) platform() string {
	switch platform := v.cluster.Platform; platform {
	case v1alpha1.PlatformGKE:
		if v.cluster.Istio.Release().Has(upstream.GKEPlatform) {
			return string(platform)
		}
	case v1alpha1.PlatformOpenShift, v1alpha1.PlatformK3s:
		return string(platform)
	case v1alpha1.PlatformPlain, v1alpha1.PlatformEKS, v1alpha1.PlatformAKS:
	}
	return ""
}
