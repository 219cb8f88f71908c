package firewall

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
)

// opening is what the nodes of a cluster must allow for one purpose.
type opening struct {
	kind    Kind
	target  *v1alpha1.Cluster
	callers []*v1alpha1.Cluster // sorted by name
	// egress is set if callers appear with the addresses of their NAT or nodes, not of their pods.
	egress bool
	allow  []Allow
	// nodePorts is set if the ports are a Service's, and Kubernetes chooses the node ports.
	nodePorts bool
	reason    string
}

// Istio's ports (https://istio.io/latest/docs/ops/deployment/application-requirements).
const (
	portHBONE   = 15008
	portXDS     = 15012
	portWebhook = 15017
)

// openings returns everything that a cluster needs, with notes on what needs no rule.
func (p *planner) openings(target *v1alpha1.Cluster) (found []opening, notes []string) {
	for _, find := range []func(*v1alpha1.Cluster) (opening, string){p.pods, p.gateway, p.istiod, p.webhook} {
		o, note := find(target)
		if note != "" {
			notes = append(notes, note)
		}
		if o.target == nil {
			continue
		}
		if o.nodePorts {
			notes = append(notes, fmt.Sprintf("%s arrive at node ports of %s, which Kubernetes chooses: open them to %s",
				o.reason, target.Name, listNames(namesOf(o.callers))))
			continue
		}
		var unknown []string
		if o.callers, unknown = p.nameable(o); len(unknown) > 0 {
			notes = append(notes, fmt.Sprintf("the source addresses of calls from %s at the gateway of %s are unknown "+
				"(egressCIDRs): "+
				"GKE's rule for its load balancer allows them", listNames(unknown), target.Name))
		}
		switch {
		case len(target.GKE.NodeTags) == 0 && (len(o.callers) > 0 || !o.egress):
			others := slices.DeleteFunc(namesOf(o.callers), func(name string) bool { return name == target.Name })
			p.missing(GapNodeTags, target.Name, others...)
		case len(o.callers) > 0:
			found = append(found, o)
		}
	}
	return found, notes
}

// nameable returns the callers with addresses in mesh.yaml. The others are gaps; callers of a public load balancer need
// no rule.
func (p *planner) nameable(o opening) (kept []*v1alpha1.Cluster, unknown []string) {
	kept = make([]*v1alpha1.Cluster, 0, len(o.callers))
	for _, caller := range o.callers {
		switch {
		case o.known(caller):
			kept = append(kept, caller)
		case o.kind == KindWebhook:
			p.missing(GapMasterCIDR, caller.Name)
		case o.egress:
			unknown = append(unknown, caller.Name)
		default:
			p.missing(GapPodCIDRs, caller.Name, o.target.Name)
		}
	}
	return kept, unknown
}

// known reports whether mesh.yaml has addresses of a caller. They are validated.
func (o opening) known(caller *v1alpha1.Cluster) bool {
	switch {
	case o.kind == KindWebhook:
		return caller.GKE.MasterCIDR != ""
	case o.egress:
		return len(caller.EgressCIDRs) > 0
	}
	return len(caller.PodCIDRs) > 0
}

// addresses returns a caller's addresses as the target's nodes see them.
func (o opening) addresses(caller *v1alpha1.Cluster) []netip.Prefix {
	switch {
	case o.kind == KindWebhook:
		return parse([]string{caller.GKE.MasterCIDR})
	case o.egress:
		return parse(caller.EgressCIDRs)
	}
	return parse(caller.PodCIDRs)
}

// Callers in the same Istio network connect directly to pods.
func (p *planner) pods(target *v1alpha1.Cluster) (opening, string) {
	o := opening{kind: KindPods, target: target}
	for caller := range p.graph.Callers(target.Name) {
		if !p.graph.CrossNetwork(caller.Name, target.Name) {
			o.callers = append(o.callers, caller)
		}
	}
	if len(o.callers) == 0 {
		return opening{}, "no cluster calls the pods of " + target.Name + " directly"
	}
	o.allow = p.podPorts(target, o.callers)
	o.reason = "calls from pod to pod"
	return o, ""
}

// podPorts: ambient pods use the HBONE port in both directions; a sidecar is called at the application's port.
func (p *planner) podPorts(target *v1alpha1.Cluster, callers []*v1alpha1.Cluster) []Allow {
	firewall := p.mesh.Spec.Firewall
	if firewall.Ports == v1alpha1.FirewallPortsAll {
		return everything()
	}
	all := append(slices.Clone(callers), target)
	sidecar := func(c *v1alpha1.Cluster) bool { return !isAmbient(c) }
	var ports []Ports
	if slices.ContainsFunc(all, isAmbient) {
		ports = append(ports, Ports{First: portHBONE, Last: portHBONE})
	}
	if slices.ContainsFunc(all, sidecar) {
		if len(firewall.ApplicationPorts) == 0 {
			p.missing(GapApplicationPorts, target.Name)
			return []Allow{{Protocol: "tcp"}}
		}
		for _, text := range firewall.ApplicationPorts {
			if first, last, ok := v1alpha1.ParsePorts(text); ok {
				ports = append(ports, Ports{First: first, Last: last})
			}
		}
	}
	return tcp(ports...)
}

// Callers in other Istio networks connect to the east-west gateway.
func (p *planner) gateway(target *v1alpha1.Cluster) (opening, string) {
	if !p.graph.Exposure(target.Name).Workloads {
		return opening{}, ""
	}
	o := opening{kind: KindGateways, target: target, egress: !privateGateway(target), callers: p.entering(target)}
	if len(o.callers) == 0 {
		return opening{}, ""
	}
	own := target.EastWest()
	o.nodePorts = own.Service == v1alpha1.ServiceNodePort
	o.allow = tcp(single(p.gatewayPort(target, own)))
	o.reason = "calls from other networks through the east-west gateway"
	return o, ""
}

// entering returns the clusters that call through a gateway, sorted. In an ambient network, one cluster has the gateway
// for all.
func (p *planner) entering(gateway *v1alpha1.Cluster) []*v1alpha1.Cluster {
	callers := map[string]*v1alpha1.Cluster{}
	for target := range p.graph.InNetwork(gateway.Network) {
		if target.Name != gateway.Name && (!isAmbient(target) || !isAmbient(gateway)) {
			continue
		}
		for caller := range p.graph.Callers(target.Name) {
			if p.graph.CrossNetwork(caller.Name, gateway.Name) {
				callers[caller.Name] = caller
			}
		}
	}
	return slices.SortedFunc(maps.Values(callers), compareNames)
}

func compareNames(a, b *v1alpha1.Cluster) int { return strings.Compare(a.Name, b.Name) }

func isAmbient(cluster *v1alpha1.Cluster) bool {
	return cluster.Istio.DataPlane == v1alpha1.DataPlaneAmbient
}

func (p *planner) gatewayPort(target *v1alpha1.Cluster, own v1alpha1.Gateway) uint16 {
	if isAmbient(target) && own.API != v1alpha1.GatewayAPIIstio || p.mesh.Spec.Discovery == v1alpha1.DiscoveryPeering {
		return portHBONE
	}
	if own.Service == v1alpha1.ServiceNodePort {
		return uint16(own.AdvertisedPort()) //nolint:gosec // a port, by validation
	}
	return uint16(own.Port()) //nolint:gosec // 443 or 15443
}

// Clusters without a control plane, and peers with Solo's distribution, reach istiod through the east-west gateway.
func (p *planner) istiod(target *v1alpha1.Cluster) (opening, string) {
	exposure, own := p.graph.Exposure(target.Name), target.EastWest()
	o := opening{kind: KindIstiod, target: target, egress: !privateGateway(target), reason: "connections from other " +
		"clusters to istiod, through the east-west gateway"}
	var ports []Ports
	if exposure.Peers {
		o.callers = slices.AppendSeq(o.callers, p.graph.PeeredBy(target.Name))
		ports = append(ports, single(uint16(own.XDSPort))) //nolint:gosec // validated
	}
	if exposure.Remotes {
		o.callers = slices.AppendSeq(o.callers, p.graph.Served(target.Name))
		o.nodePorts = own.Service == v1alpha1.ServiceNodePort
		ports = append(ports, single(portXDS), single(portWebhook))
		if hostName(own) { // API servers call a webhook with a host name on port 443
			ports = append(ports, single(443))
		}
	}
	if len(o.callers) == 0 {
		return opening{}, ""
	}
	slices.SortFunc(o.callers, func(a, b *v1alpha1.Cluster) int { return strings.Compare(a.Name, b.Name) })
	o.callers = slices.Compact(o.callers)
	o.allow = tcp(ports...)
	return o, ""
}

// In a private cluster, GKE allows only ports 443 and 10250 from the control plane, and the call of the injection
// webhook goes to the pod's port, not the Service's (https://github.com/kubernetes/kubernetes/issues/79739). Google
// manages the webhook of a managed control plane; that of a remote is in its primary.
func (p *planner) webhook(target *v1alpha1.Cluster) (opening, string) {
	switch {
	case target.GKE == nil || !target.GKE.Private:
		return opening{}, ""
	case target.ControlPlane != target.Name:
		return opening{}, "the webhook of " + target.Name + " is in " + target.ControlPlane
	case *target.Istio.Managed:
		return opening{}, "the webhook of " + target.Name + " is managed by Google"
	}
	return opening{
		kind:    KindWebhook,
		target:  target,
		callers: []*v1alpha1.Cluster{target},
		allow:   tcp(single(portWebhook)),
		reason:  "its control plane to the injection webhook, at the port of the pod",
	}, ""
}

// privateGateway reports whether the gateway sees the pod addresses of callers: GKE does not masquerade traffic to
// private addresses (https://cloud.google.com/kubernetes-engine/docs/concepts/ip-masquerade-agent).
func privateGateway(target *v1alpha1.Cluster) bool {
	own := target.EastWest()
	if len(own.Addresses) == 0 {
		return strings.EqualFold(own.Annotations["networking.gke.io/load-balancer-type"], "internal")
	}
	return !slices.ContainsFunc(own.Addresses, func(text string) bool {
		address, err := netip.ParseAddr(text)
		return err != nil || !address.Unmap().IsPrivate()
	})
}

func hostName(gateway v1alpha1.Gateway) bool {
	if len(gateway.Addresses) == 0 {
		return false
	}
	_, err := netip.ParseAddr(gateway.Addresses[0])
	return err != nil
}

func namesOf(clusters []*v1alpha1.Cluster) []string {
	names := make([]string, len(clusters))
	for i, cluster := range clusters {
		names[i] = cluster.Name
	}
	return names
}
