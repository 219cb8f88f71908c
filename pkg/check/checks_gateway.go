package check

import (
	"cmp"
	"fmt"
	"slices"

	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
	gatewayapplyv1 "sigs.k8s.io/gateway-api/applyconfiguration/apis/v1"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/cluster"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/render"
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
			"gateway. Until then, calls from other networks fail. With another network, revision or listener than the " +
			"rendered ones it stays programmed, but peers do not find it.",
		Remedy: "Check the conditions of the Gateway and its Service: most often a load balancer is missing. If the " +
			"Gateway was edited, apply the cluster's overlay with --force-conflicts.",
		run: func(s subject) []outcome {
			if s.facts.EastWest.Why != "" {
				return unknown(s.facts.EastWest.Why, "")
			}
			var found []outcome
			for _, gateway := range s.facts.EastWest.Value {
				edited, remedy := s.editedGateway(gateway)
				switch {
				case edited != "":
					found = append(found, bad(edited, remedy)...)
				case !gateway.Programmed:
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
				return bad("the east-west gateway for other networks is missing", s.apply()+" --force-conflicts")
			case found == nil && s.facts.EastWest.Value != nil:
				return ok()
			}
			return found
		},
	}
}

// editedGateway describes how a Gateway differs from the rendered one of the same name, and how to restore it. istiod
// reports nothing in this case: it uses the Gateway for another network or port, or ignores it. Differences that do not
// matter to peers are ignored.
func (s subject) editedGateway(live cluster.EastWest) (reason, remedy string) {
	want, rendered := render.Input{Mesh: s.Mesh, Graph: s.Graph}.Gateway(s.cluster)
	if !rendered || s.Mesh.Spec.Discovery != v1alpha1.DiscoveryRemoteSecret || live.Namespace != want.Namespace ||
		live.Name != want.Name {
		return "", ""
	}
	about, restore := "Gateway "+live.Namespace+"/"+live.Name, s.apply()+" --force-conflicts"
	switch {
	case want.Network != "" && live.Network != want.Network:
		return fmt.Sprintf("%s is for network %q, but mesh.yaml sets %q", about, live.Network, want.Network), restore
	case want.Revision == "" && live.Revision != "" && live.Revision != "default": // applying removes no label
		return fmt.Sprintf("%s is for revision %q, but mesh.yaml sets none", about, live.Revision),
			s.Commands.Kubectl(s.cluster.Name) + " -n " + live.Namespace + " label gateway " + live.Name + " istio.io/rev-"
	case want.Revision != "" && live.Revision != want.Revision:
		return fmt.Sprintf("%s is for revision %q, but mesh.yaml sets %q", about, live.Revision, want.Revision), restore
	}
	for _, listener := range want.Listeners {
		if !slices.ContainsFunc(live.Listeners, func(l gatewayv1.Listener) bool { return opensAs(l, listener) }) {
			return fmt.Sprintf("%s has no listener for port %d, protocol %s, mode %s", about, *listener.Port, *listener.Protocol,
				*listener.TLS.Mode), restore
		}
	}
	return "", ""
}

// opensAs reports whether a listener, under any name, has the port, protocol and TLS mode of a rendered one.
func opensAs(live gatewayv1.Listener, want *gatewayapplyv1.ListenerApplyConfiguration) bool {
	return live.Port == *want.Port && live.Protocol == *want.Protocol &&
		live.TLS != nil && live.TLS.Mode != nil && *live.TLS.Mode == *want.TLS.Mode
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
