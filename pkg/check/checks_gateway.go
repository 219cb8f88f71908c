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
	return Check{ID: "CHECK006", Severity: mesh.SeverityError, Scope: ScopeCluster, After: "CHECK003",
		Title: "The Gateway API is installed and new enough",
		Why: "East-west gateways are Gateway objects of gateway.networking.k8s.io/v1, which Kubernetes does not bring along. Without its CRDs, or " +
			"with those from before version 1.0, nothing can be applied and istiod sees no gateway. Some releases of istiod do not become " +
			"ready with later ones; docs/supported.md lists them. Only clusters that declare a gateway of that API, or run ambient, are checked.",
		Remedy: "Install the standard CRDs of the Gateway API that belong to the Istio release: INSTALL.md has the command. Where the installed ones " +
			"are too new for it, upgrade Istio: other software in the cluster may need them.",
		run: func(s subject) []outcome {
			api, release := s.facts.GatewayAPI, s.release()
			remedy := "install the standard CRDs of the Gateway API: " + s.Commands.Kubectl(s.cluster.Name) + " apply --server-side --field-manager=mesh-cli --filename " +
				upstream.GatewayAPI(release).URL()
			switch {
			case !s.usesGateways():
				return nil
			case api.Why != "":
				return unknown(api.Why, "")
			case !api.Value.Installed:
				return bad("it has no Gateway API, and needs it", remedy)
			case !api.Value.V1:
				return bad(fmt.Sprintf("its Gateway API (bundle %q) does not serve version v1", api.Value.Version), remedy)
			}
			for _, fault := range upstream.Faults(release, upstream.Situation{GatewayAPI: upstream.VersionOf(api.Value.Version)}) {
				return bad(fmt.Sprintf("its Gateway API is %s and its Istio %s: %s (%s)", api.Value.Version, release, fault.Symptom, fault.Thread),
					fmt.Sprintf("upgrade Istio to %s or later", fault.FixedBy(release)))
			}
			return ok()
		}}
}

// release is the Istio that runs in the cluster, or else the one that mesh.yaml has.
func (s subject) release() upstream.Version {
	return upstream.VersionOf(cmp.Or(s.facts.Told.Istio.Version, s.cluster.Istio.Version))
}

func gatewayProgrammed() Check {
	return Check{ID: "CHECK007", Severity: mesh.SeverityError, Scope: ScopeCluster, After: "CHECK003",
		Title: "Every east-west gateway is programmed",
		Why: "A Gateway object is a wish. The condition Programmed says that its controller has made a gateway of it. Until then calls from " +
			"other networks end nowhere.",
		Remedy: "Look at the conditions of the Gateway and at the Service that belongs to it: most often a load balancer is missing.",
		run: func(s subject) []outcome {
			if s.facts.EastWest.Why != "" {
				return unknown(s.facts.EastWest.Why, "")
			}
			var found []outcome
			for _, gateway := range s.facts.EastWest.Value {
				if !gateway.Programmed {
					found = append(found, bad(fmt.Sprintf("Gateway %s/%s is not programmed: %s", gateway.Namespace, gateway.Name, gateway.Why),
						s.Commands.Kubectl(s.cluster.Name)+" -n "+gateway.Namespace+" describe gateway "+gateway.Name)...)
				}
			}
			exposure := s.Graph.Exposure(s.cluster.Name)
			own := s.cluster.EastWest()
			hidden := own.AddressesOnly && s.cluster.Istio.DataPlane == v1alpha1.DataPlaneAmbient // has no label
			labelled := (exposure.Workloads || exposure.Peers) && own.API != v1alpha1.GatewayAPIIstio && !hidden
			switch {
			case s.facts.EastWest.Value == nil && labelled:
				return bad("other clusters enter it at an east-west gateway, and it has no such Gateway", s.Commands.Apply)
			case found == nil && s.facts.EastWest.Value != nil:
				return ok()
			}
			return found
		}}
}

func gatewayAddress() Check {
	return Check{ID: "CHECK008", Severity: mesh.SeverityError, Scope: ScopeCluster, After: "CHECK003",
		Title: "The east-west gateway is where its peers look for it",
		Why: "Peers in other networks call the addresses that mesh.yaml has. A load balancer that was made anew often has another one, and " +
			"nothing tells the peers. Gateways behind node ports, and those with addressesOnly, which are behind NAT, are not checked.",
		Remedy: "Write the present addresses into gateway.addresses, or have kubectl mesh collect do it, and apply again.",
		run: func(s subject) []outcome {
			gateway := s.cluster.Gateway
			if gateway == nil || len(gateway.Addresses) == 0 || gateway.Service == v1alpha1.ServiceNodePort || gateway.AddressesOnly {
				return nil
			}
			live, network := s.facts.Told.GatewayAddresses, s.facts.Told.Network
			if len(live) == 0 && network != "" && network != s.cluster.Network {
				return unknown(fmt.Sprintf("gateways of network %q were not looked for: its namespace %s is labelled with network %q (CHECK005)",
					s.cluster.Network, s.cluster.Istio.Namespace, network), "")
			}
			if len(live) == 0 {
				return bad("peers look for its east-west gateway at "+abridged(gateway.Addresses)+", and it has no address there or anywhere",
					s.Commands.Kubectl(s.cluster.Name)+" get services,gateways -A -l "+s.gatewayLabel())
			}
			for _, address := range gateway.Addresses {
				if !slices.Contains(live, address) {
					return bad(fmt.Sprintf("peers look for its east-west gateway at %s, and it is at %s", address, abridged(live)),
						"kubectl mesh collect --cluster "+s.cluster.Name+", and apply again")
				}
			}
			return ok()
		}}
}

// gatewayLabel is the label by which collect finds the gateway of a cluster: one that opens a
// control plane alone leads into no network.
func (s subject) gatewayLabel() string {
	exposure := s.Graph.Exposure(s.cluster.Name)
	if exposure.Remotes && !exposure.Workloads {
		return access.LabelMesh
	}
	return "topology.istio.io/network"
}
