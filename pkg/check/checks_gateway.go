package check

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/upstream"
)

func gatewayAPI() Check {
	return Check{
		ID:       "CHECK006",
		Severity: mesh.SeverityError,
		Scope:    ScopeCluster,
		After:    "CHECK003",
		Title:    "The Gateway API CRDs are installed, in a supported version",
		Why: "East-west gateways are Gateway objects of gateway.networking.k8s.io/v1, which Kubernetes does not include. " +
			"Without its CRDs, or with CRDs older than v1.0, nothing can be applied and istiod finds no gateway. Some " +
			"istiod releases do not become ready with newer CRDs; docs/supported.md lists them. Only clusters that declare " +
			"such a gateway, or run ambient, are checked.",
		Remedy: "Install the Gateway API CRDs for the Istio release: INSTALL.md has the command. If the installed CRDs " +
			"are too new for it, upgrade Istio: other software in the cluster may require them.",
		run: func(s subject) []outcome {
			api, release := s.facts.GatewayAPI, s.release()
			remedy := "install the Gateway API CRDs: " + s.Commands.Kubectl(s.cluster.Name) +
				" apply --server-side --field-manager=mesh-cli --filename " + upstream.GatewayAPI(release).URL()
			switch {
			case !s.usesGateways():
				return nil
			case api.Why != "":
				return unknown(api.Why, "")
			case !api.Value.Installed:
				return bad("the Gateway API CRDs are not installed", remedy)
			case !api.Value.V1:
				return bad(fmt.Sprintf("its Gateway API CRDs (bundle %q) do not serve version v1", api.Value.Version), remedy)
			}
			installed := upstream.Situation{GatewayAPI: upstream.VersionOf(api.Value.Version)}
			for _, fault := range upstream.Faults(release, installed) {
				return bad(fmt.Sprintf("its Gateway API CRDs are %s and its Istio is %s: %s (%s)",
					api.Value.Version, release, fault.Symptom, fault.Thread),
					fmt.Sprintf("upgrade Istio to %s or later", fault.FixedBy(release)))
			}
			return ok()
		},
	}
}

// release returns the Istio version that runs in the cluster, or else that of mesh.yaml.
func (s subject) release() upstream.Version {
	return upstream.VersionOf(cmp.Or(s.facts.Reported.Istio.Version, s.cluster.Istio.Version))
}

func gatewayProgrammed() Check {
	return Check{
		ID:       "CHECK007",
		Severity: mesh.SeverityError,
		Scope:    ScopeCluster,
		After:    "CHECK003",
		Title:    "Every east-west gateway is programmed",
		Why: "A Gateway only describes the desired state. Condition Programmed reports that its controller created the " +
			"gateway. Until then, calls from other networks fail.",
		Remedy: "Check the conditions of the Gateway and its Service: most often a load balancer is missing.",
		run: func(s subject) []outcome {
			if s.facts.EastWest.Why != "" {
				return unknown(s.facts.EastWest.Why, "")
			}
			var found []outcome
			for _, gateway := range s.facts.EastWest.Value {
				if !gateway.Programmed {
					found = append(found, bad(fmt.Sprintf("Gateway %s/%s is not programmed: %s",
						gateway.Namespace, gateway.Name, gateway.Why),
						s.Commands.Kubectl(s.cluster.Name)+" -n "+gateway.Namespace+" describe gateway "+gateway.Name)...)
				}
			}
			exposure := s.Graph.Exposure(s.cluster.Name)
			own := s.cluster.EastWest()
			hidden := own.AddressesOnly && s.cluster.Istio.DataPlane == v1alpha1.DataPlaneAmbient // has no label
			labelled := (exposure.Workloads || exposure.Peers) && own.API != v1alpha1.GatewayAPIIstio && !hidden
			switch {
			case s.facts.EastWest.Value == nil && labelled:
				return bad("the east-west gateway for other networks is missing", s.Commands.Apply)
			case found == nil && s.facts.EastWest.Value != nil:
				return ok()
			}
			return found
		},
	}
}

func gatewayAddress() Check {
	return Check{
		ID:       "CHECK008",
		Severity: mesh.SeverityError,
		Scope:    ScopeCluster,
		After:    "CHECK003",
		Title:    "The east-west gateway has the address that its peers call",
		Why: "Peers in other networks call the addresses in mesh.yaml. A re-created load balancer often has another " +
			"address, and the peers do not learn it. Gateways behind node ports, and those with addressesOnly, which are " +
			"behind NAT, are not checked.",
		Remedy: "Set gateway.addresses to the current addresses, or run kubectl mesh collect, and apply again.",
		run: func(s subject) []outcome {
			gateway := s.cluster.Gateway
			if gateway == nil || len(gateway.Addresses) == 0 {
				return nil
			}
			if gateway.Service == v1alpha1.ServiceNodePort || gateway.AddressesOnly {
				return nil
			}
			live, network := s.facts.Reported.GatewayAddresses, s.facts.Reported.Network
			if len(live) == 0 && network != "" && network != s.cluster.Network {
				return unknown(fmt.Sprintf("gateways of network %q were not checked: namespace %s has label network %q "+
					"(CHECK005)",
					s.cluster.Network, s.cluster.Istio.Namespace, network), "")
			}
			if len(live) == 0 {
				return bad("peers call its east-west gateway at "+abridged(gateway.Addresses)+", but it has no address",
					s.Commands.Kubectl(s.cluster.Name)+" get services,gateways -A -l "+s.gatewayLabel())
			}
			for _, address := range gateway.Addresses {
				if !slices.Contains(live, address) {
					return bad(fmt.Sprintf("peers call its east-west gateway at %s, but it is at %s", address, abridged(live)),
						"kubectl mesh collect --cluster "+s.cluster.Name+", and apply again")
				}
			}
			return ok()
		},
	}
}

// gatewayLabel is the label by which collect finds a cluster's gateway: one that exposes only a control plane has no
// network.
func (s subject) gatewayLabel() string {
	exposure := s.Graph.Exposure(s.cluster.Name)
	if exposure.Remotes && !exposure.Workloads {
		return access.LabelMesh
	}
	return "topology.istio.io/network"
}
