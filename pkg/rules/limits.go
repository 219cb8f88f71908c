package rules

import (
	"fmt"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
)

func notRendered() Rule {
	return Rule{
		ID: "MESH014", Severity: mesh.SeverityError,
		Title: "This release does not render what the mesh asks for",
		Why: "This release renders discovery remoteSecret with reader.auth token, between clusters that have control planes " +
			"of their own. It knows the fields of the other ways, and checks them, but writes nothing for them: the mesh " +
			"would not work.",
		Remedy: "Use discovery remoteSecret, reader.auth token and a control plane in each cluster, or use a release that " +
			"renders the others. Waive the finding to render the rest, and make the missing objects by hand.",
		find: func(in Input) []finding {
			spec := in.Mesh.Spec
			var found []finding
			if spec.Discovery != v1alpha1.DiscoveryRemoteSecret && in.Graph.CountLinks() > 0 {
				found = append(found, finding{field: "spec.discovery",
					message: fmt.Sprintf("discovery %s is not rendered by this release", spec.Discovery),
					hint:    "use discovery remoteSecret, or waive the finding and make its objects by hand"})
			}
			for i, cluster := range spec.Clusters {
				if in.Graph.IsRead(cluster.Name) && cluster.Reader.Auth != v1alpha1.ReaderAuthToken {
					found = append(found, finding{clusters: []string{cluster.Name}, field: at(i, "reader.auth"),
						message: fmt.Sprintf("reader.auth %s of %s is not rendered by this release", cluster.Reader.Auth, cluster.Name),
						hint:    "use reader.auth token, or waive the finding and make the credentials by hand"})
				}
				if cluster.ControlPlane != cluster.Name {
					found = append(found, finding{clusters: []string{cluster.Name}, field: at(i, "controlPlane"),
						message: fmt.Sprintf("the remote side of %s, which %s serves, is not rendered by this release", cluster.Name, cluster.ControlPlane),
						hint:    "give the cluster a control plane of its own, or waive the finding and install the remote by hand"})
				}
			}
			return found
		},
	}
}

func gatewayNotRendered() Rule {
	return Rule{
		ID: "MESH015", Severity: mesh.SeverityWarning,
		Title: "This release does not render east-west gateways",
		Why: "Linked clusters of different networks reach each other through east-west gateways. This release writes the " +
			"network labels and the remote secrets, and leaves the gateways to you.",
		Remedy: "Install an east-west gateway with the label topology.istio.io/network in each cluster that is called " +
			"from another network. For sidecars that is the chart istio/gateway with networkGateway=NETWORK, and the Gateway " +
			"cross-network-gateway of samples/multicluster/expose-services.yaml, which opens it. For ambient it is a Gateway " +
			"of class istio-east-west. Then waive the finding.",
		find: func(in Input) []finding {
			var found []finding
			for i, cluster := range in.Mesh.Spec.Clusters {
				if caller := foreignCaller(in, cluster); caller != "" && in.Mesh.Spec.Discovery == v1alpha1.DiscoveryRemoteSecret {
					found = append(found, finding{clusters: []string{cluster.Name}, field: at(i, "network"),
						message: fmt.Sprintf("%s is called by %s from another network: its east-west gateway is not rendered by this release", cluster.Name, caller),
						hint:    gatewayHint(cluster)})
				}
			}
			return found
		},
	}
}

func gatewayHint(cluster v1alpha1.Cluster) string {
	if cluster.Istio.DataPlane == v1alpha1.DataPlaneAmbient {
		return "install a Gateway of class istio-east-west with the label topology.istio.io/network: " + cluster.Network
	}
	return "install the chart istio/gateway with networkGateway=" + cluster.Network
}

// foreignCaller is the first caller of a cluster that is in another network. To and from a
// cluster that names no network Istio goes without a gateway.
func foreignCaller(in Input, cluster v1alpha1.Cluster) string {
	for other := range in.Graph.Clusters() {
		named := cluster.Network != "" && other.Network != ""
		if named && other.Network != cluster.Network && in.Graph.Linked(other.Name, cluster.Name) {
			return other.Name
		}
	}
	return ""
}
