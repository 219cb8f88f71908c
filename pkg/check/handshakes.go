package check

import (
	"fmt"
	"net"
	"slices"
	"strconv"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/handshake"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/topology"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/trust"
)

// Handshakes are the results of handshakes with gateways, and what the workspace's certificates say.
type Handshakes struct {
	Service handshake.Service
	// Named is set if the user chose the services: they are assumed to exist.
	Named bool
	// Results are by the gateway's cluster, including clusters without an address.
	Results map[string][]handshake.Result
	// Signers are the fingerprints of each cluster's signing certificate in the workspace.
	Signers map[string]string
}

// Count returns the number of dialed addresses.
func (h *Handshakes) Count() int {
	if h == nil {
		return 0
	}
	dialed := 0
	for _, seen := range h.Results {
		dialed += len(seen)
	}
	return dialed
}

// portHBONE is the inbound port of ambient and peer gateways (istio pkg/model, HBoneInboundListenPort).
const portHBONE = 15008

// HandshakeTargets returns the gateway addresses of each cluster that other networks reach through a gateway: those of
// mesh.yaml, those that the cluster reports, and those that its callers' control planes use. If only is set, it returns
// the gateways of that cluster and of those that it calls.
func HandshakeTargets(in Input, only string, service handshake.Service) map[string][]handshake.Target {
	targets := map[string][]handshake.Target{}
	for gateway := range in.Graph.Clusters() {
		name := gateway.Name
		wanted := only == "" || only == name || in.Graph.Linked(only, name) && in.Graph.CrossNetwork(only, name)
		if wanted && in.Graph.Exposure(name).Workloads {
			targets[name] = gatewayTargets(in, gateway, service)
		}
	}
	return targets
}

func gatewayTargets(in Input, gateway *v1alpha1.Cluster, service handshake.Service) []handshake.Target {
	found := targetList{service: service.ServerName(), hbone: entersByHBONE(in.Mesh, gateway)}
	own := gateway.EastWest()
	for _, address := range own.Addresses {
		found.add(address, own.AdvertisedPort(), originMesh)
	}
	if facts := in.Observed[gateway.Name]; facts != nil && !own.AddressesOnly && own.Service != v1alpha1.ServiceNodePort {
		for _, address := range facts.Reported.GatewayAddresses {
			found.add(address, own.Port(), gateway.Name)
		}
	}
	for caller := range callersOf(in.Graph, gateway) {
		facts := in.Observed[caller]
		if facts == nil {
			continue
		}
		for _, known := range facts.Istiod.Gateways.Value {
			if known.Network == gateway.Network && in.pointsAt(known, gateway) {
				found.add(known.Addr, known.port(found.hbone), "istiod of "+caller)
			}
		}
	}
	return found.targets
}

// pointsAt reports whether a gateway that istiod knows is a cluster's: that of a named cluster, or otherwise of the
// first cluster of the network that has one.
func (in Input) pointsAt(known NetworkGateway, gateway *v1alpha1.Cluster) bool {
	if _, ours := in.Graph.ClusterByID(known.Cluster); ours {
		return known.Cluster == gateway.ID()
	}
	for cluster := range in.Graph.InNetwork(gateway.Network) {
		if in.Graph.Exposure(cluster.Name).Workloads {
			return cluster.Name == gateway.Name
		}
	}
	return false
}

// entersByHBONE reports whether other networks use Istio's tunnel rather than the server name.
func entersByHBONE(mesh *v1alpha1.Mesh, gateway *v1alpha1.Cluster) bool {
	ambient := gateway.Istio.DataPlane == v1alpha1.DataPlaneAmbient && gateway.EastWest().API != v1alpha1.GatewayAPIIstio
	return ambient || mesh.Spec.Discovery == v1alpha1.DiscoveryPeering
}

// callersOf returns the clusters that reach a network through a gateway, sorted, without duplicates.
func callersOf(graph *topology.Graph, gateway *v1alpha1.Cluster) func(yield func(string) bool) {
	var callers []string
	for behind := range graph.InNetwork(gateway.Network) {
		for caller := range graph.Callers(behind.Name) {
			if graph.CrossNetwork(caller.Name, gateway.Name) {
				callers = append(callers, caller.Name)
			}
		}
	}
	return slices.Values(slices.Compact(sortNames(callers)))
}

// originMesh is the origin of a declared address.
const originMesh = "mesh.yaml"

// targetList contains each address and port once, with all origins.
type targetList struct {
	service string
	hbone   bool
	targets []handshake.Target
}

func (l *targetList) add(host string, port int32, origin string) {
	if l.hbone {
		port = portHBONE
	}
	if host == "" || port < 1 || port > 65535 {
		return
	}
	at := slices.IndexFunc(l.targets, func(t handshake.Target) bool { return t.Host == host && int32(t.Port) == port })
	if at < 0 {
		at = len(l.targets)
		l.targets = append(l.targets, handshake.Target{Host: host, Port: uint16(port), ServerName: l.service, HBONE: l.hbone})
	}
	if !slices.Contains(l.targets[at].Origins, origin) {
		l.targets[at].Origins = append(l.targets[at].Origins, origin)
	}
}

// callersExpect returns what a gateway's callers accept.
func (s subject) callersExpect() handshake.Expected {
	expected := handshake.Expected{
		Known:   s.Roots,
		Now:     s.Now,
		Callers: map[string][]string{},
		Signers: map[string][]string{},
	}
	for _, domain := range append(s.Graph.TrustDomains(), s.Mesh.Spec.Trust.DomainAliases...) {
		if domain != "" {
			expected.TrustDomains = append(expected.TrustDomains, domain)
		}
	}
	for caller := range callersOf(s.Graph, s.cluster) {
		expected.Callers[caller] = s.trustedBy(caller)
	}
	for name, signer := range s.Handshakes.Signers {
		expected.Signers[name] = append(expected.Signers[name], signer)
	}
	for name, facts := range s.Observed {
		if signing := facts.Certificates.Value.SigningSHA256; signing != "" {
			expected.Signers[name] = append(expected.Signers[name], signing)
		}
	}
	for behind := range s.Graph.InNetwork(s.cluster.Network) {
		expected.Behind = append(expected.Behind, behind.Name, signerOf(behind))
	}
	return expected
}

// signerOf returns the cluster whose control plane signs for another cluster's workloads.
func signerOf(cluster *v1alpha1.Cluster) string {
	if cluster.ControlPlane != "" {
		return cluster.ControlPlane
	}
	return cluster.Name
}

// trustedBy returns the fingerprints of the roots that a cluster trusts: as observed, as collected, or as in the
// workspace.
func (s subject) trustedBy(name string) []string {
	if facts := s.Observed[name]; facts != nil && len(facts.Reported.RootSHA256) > 0 {
		return facts.Reported.RootSHA256
	}
	cluster, known := s.Graph.Cluster(name)
	if known && cluster.Installed != nil && len(cluster.Installed.RootSHA256) > 0 {
		return cluster.Installed.RootSHA256
	}
	return append(s.rootsInFiles(), s.Mesh.Spec.Trust.CA.Roots...)
}

// place formats an address, with its origins unless mesh.yaml is the only one.
func place(seen handshake.Result) string {
	at := net.JoinHostPort(seen.Host, strconv.Itoa(int(seen.Port)))
	if seen.Address.IsValid() && seen.Address.Addr().String() != seen.Host {
		at += " at " + seen.Address.Addr().String()
	}
	if len(seen.Origins) == 0 || len(seen.Origins) == 1 && seen.Origins[0] == originMesh {
		return at
	}
	return at + " (from " + abridged(seen.Origins) + ")"
}

// describeChain describes a chain: the workload, its issuer and the root; or the holder, if it is not a workload's.
func describeChain(found handshake.Judgement) string {
	own := found.Chain[0]
	if found.Workload == "" {
		return fmt.Sprintf("%q, issued by %q", brief(own.Subject.String()), brief(own.Issuer.String()))
	}
	text := fmt.Sprintf("%s, valid until %s", found.Workload, stamp(own))
	for _, above := range found.Chain[1:] {
		text += fmt.Sprintf("; signed by %q sha256:%s", brief(above.Subject.String()), trust.Fingerprint(above)[:16])
	}
	return text
}

func brief(text string) string {
	const most = 80
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return text
}
