package helm

import (
	"maps"
	"slices"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/upstream"
)

// env is istiod's environment. It contains only what is needed: istiod warns about unused variables, and they confuse
// reviewers.
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
		// Enabled according to the release notes, but disabled in the code.
		env["AMBIENT_ENABLE_MULTI_NETWORK_INGRESS"] = "true"
	case v.refusesTLS() && v.ownGateway():
		env["PILOT_ENABLE_ALPHA_GATEWAY_API"] = "true"
	}
	return env
}

// kubeconfigOptions returns what istiod must accept in remote secrets without a credential, comma-separated (istio
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

// takesSecondRoot reports whether istiod must accept a second root without a restart (istio
// pilot/pkg/bootstrap/istio_ca.go, MultiRootMesh). One that uses Google's certificates has none of ours.
func (v values) takesSecondRoot() bool {
	ca := v.Spec.Spec.Trust.CA
	hasIstiod := v.cluster.ControlPlane == v.cluster.Name
	return hasIstiod && ca.Provider != v1alpha1.CAProviderMeshCA && (*ca.MultiRoot || v.Rotating)
}

// severalNetworks reports whether the mesh's clusters are in more than one network.
func (v values) severalNetworks() bool { return v.Graph.HasCrossNetwork(v.cluster.Name) }

// refusesTLS: some istiod releases reject listeners of protocol TLS unless alpha features of the Gateway API are
// enabled.
func (v values) refusesTLS() bool { return v.cluster.Istio.Release().Has(upstream.GatedTLSListeners) }

// ownGateway reports whether istiod deploys the east-west gateway here.
func (v values) ownGateway() bool {
	return v.Graph.Exposure(v.cluster.Name).Any() && v.cluster.EastWest().API == v1alpha1.GatewayAPIKubernetes
}
