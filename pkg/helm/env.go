package helm

import (
	"maps"
	"slices"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/upstream"
)

// env is the environment of istiod. What is not needed is not there: istiod warns of variables
// that it does not use, and a reviewer wonders.
func (v values) env() map[string]string {
	env := map[string]string{}
	if v.takesSecondRoot() {
		env["ISTIO_MULTIROOT_MESH"] = "true"
	}
	if options := v.kubeconfigOptions(); len(options) > 0 {
		env["PILOT_INSECURE_MULTICLUSTER_KUBECONFIG_OPTIONS"] = strings.Join(options, ",")
	}
	switch {
	case v.peering():
		v.addPeeringEnv(env)
	case v.cluster.Istio.DataPlane == v1alpha1.DataPlaneAmbient && v.severalNetworks():
		env["AMBIENT_ENABLE_MULTI_NETWORK"] = "true"
		// The release notes say that it is on; the code says that it is off.
		env["AMBIENT_ENABLE_MULTI_NETWORK_INGRESS"] = "true"
	case v.refusesTLS() && v.ownGateway():
		env["PILOT_ENABLE_ALPHA_GATEWAY_API"] = "true"
	}
	return env
}

// kubeconfigOptions are what istiod has to accept in remote secrets that hold no credential, separated by commas (istio
// pilot/pkg/features/pilot.go, InsecureKubeConfigOptions).
func (v values) kubeconfigOptions() []string {
	options := map[string]bool{}
	for target := range v.Graph.Targets(v.cluster.Name) {
		remote := access.RemoteAccess{Mesh: v.Spec.Metadata.Name, Consumer: v.cluster, Target: target}
		if public := remote.Kind().RemoteUser(remote).Public; public != nil {
			options[public.Option] = true
		}
	}
	return slices.Sorted(maps.Keys(options))
}

// takesSecondRoot tells whether istiod is to take a second root without a restart (istio
// pilot/pkg/bootstrap/istio_ca.go, MultiRootMesh). One that signs with certificates of Google's takes none of ours.
func (v values) takesSecondRoot() bool {
	ca := v.Spec.Spec.Trust.CA
	hasIstiod := v.cluster.ControlPlane == v.cluster.Name
	return hasIstiod && ca.Provider != v1alpha1.CAProviderMeshCA && (*ca.MultiRoot || v.Rotating)
}

// severalNetworks tells whether the clusters of the mesh are in more than one network.
func (v values) severalNetworks() bool { return v.Graph.HasCrossNetwork(v.cluster.Name) }

// refusesTLS: some releases of istiod refuse listeners of protocol TLS unless alpha features of Gateway API are on.
func (v values) refusesTLS() bool { return v.cluster.Istio.Release().Has(upstream.GatedTLSListeners) }

// ownGateway tells whether istiod deploys the east-west gateway here.
func (v values) ownGateway() bool {
	return v.Graph.Exposure(v.cluster.Name).Any() && v.cluster.EastWest().API == v1alpha1.GatewayAPIKubernetes
}
