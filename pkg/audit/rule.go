package audit

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/firewall"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/gke"
)

// defaultPriority is that of a rule that says none.
const defaultPriority = 1000

// allProtocols stands for every protocol.
const allProtocols = "all"

// live is a rule that is in force in a network, with its ranges parsed.
type live struct {
	gke.Rule
	sources  []netip.Prefix
	priority int
	traffic  []firewall.Allow
	deny     bool
}

// liveRules are the rules for incoming traffic of a network. What a rule says that cannot be read is
// left out of it, so that it counts for less.
func liveRules(rules []gke.Rule, project, network string) []live {
	var found []live
	for _, rule := range rules {
		owner, name := rule.VPC()
		if rule.Disabled || rule.Direction != "INGRESS" || name != network || owner != "" && owner != project {
			continue
		}
		l := live{Rule: rule, priority: defaultPriority, deny: len(rule.Denied) > 0}
		if rule.Priority != nil {
			l.priority = *rule.Priority
		}
		for _, text := range rule.SourceRanges {
			if prefix, err := netip.ParsePrefix(text); err == nil {
				l.sources = append(l.sources, prefix.Masked())
			}
		}
		for _, traffic := range slices.Concat(rule.Allowed, rule.Denied) {
			l.traffic = append(l.traffic, allowOf(traffic))
		}
		found = append(found, l)
	}
	return found
}

// protocols are the names of numbers, for rules that were made with numbers.
func protocolName(protocol string) string {
	protocol = strings.ToLower(protocol)
	names := map[string]string{"1": "icmp", "6": "tcp", "17": "udp", "50": "esp", "51": "ah", "132": "sctp"}
	if name, ok := names[protocol]; ok {
		return name
	}
	return protocol
}

// allowOf reads what a rule is for. Ports that cannot be read are no ports.
func allowOf(traffic gke.Traffic) firewall.Allow {
	allow := firewall.Allow{Protocol: protocolName(traffic.IPProtocol)}
	for _, text := range traffic.Ports {
		first, last, isRange := strings.Cut(text, "-")
		if !isRange {
			last = first
		}
		from, err := strconv.ParseUint(first, 10, 16)
		to, also := strconv.ParseUint(last, 10, 16)
		if err == nil && also == nil && from <= to {
			allow.Ports = append(allow.Ports, firewall.Ports{First: uint16(from), Last: uint16(to)})
		}
	}
	if len(traffic.Ports) > 0 && len(allow.Ports) == 0 {
		allow.Protocol = "none"
	}
	return allow
}

// fromAnywhere: a rule that names no source is for everybody.
func (l live) fromAnywhere() bool {
	return len(l.SourceRanges) == 0 && len(l.SourceTags) == 0 && len(l.SourceServiceAccounts) == 0
}

func (l live) from(source netip.Prefix) bool {
	hasSource := func(outer netip.Prefix) bool { return within(source, outer) }
	return l.fromAnywhere() || slices.ContainsFunc(l.sources, hasSource)
}

// to tells whether a rule is for machines with a tag; one without targets is for all.
func (l live) to(tag string) bool {
	return len(l.TargetTags) == 0 && len(l.TargetServiceAccounts) == 0 || slices.Contains(l.TargetTags, tag)
}

// allows tells whether a rule lets through all of some traffic.
func (l live) allows(want firewall.Allow) bool {
	return slices.ContainsFunc(l.traffic, func(has firewall.Allow) bool { return holds(has, want) })
}

// within tells whether a range lies in another.
func within(inner, outer netip.Prefix) bool {
	return outer.Bits() <= inner.Bits() && outer.Contains(inner.Addr())
}

// holds tells whether what is let through has all that is wanted.
func holds(has, want firewall.Allow) bool {
	if has.Protocol != allProtocols && has.Protocol != protocolName(want.Protocol) {
		return false
	}
	if len(has.Ports) == 0 {
		return true
	}
	return len(want.Ports) > 0 && !slices.ContainsFunc(want.Ports, func(port firewall.Ports) bool {
		return !slices.ContainsFunc(has.Ports, func(open firewall.Ports) bool {
			return open.First <= port.First && port.Last <= open.Last
		})
	})
}

// meets tells whether two have any traffic in common.
func meets(a, b firewall.Allow) bool {
	if a.Protocol != allProtocols && b.Protocol != allProtocols && a.Protocol != protocolName(b.Protocol) {
		return false
	}
	return len(a.Ports) == 0 || len(b.Ports) == 0 || slices.ContainsFunc(a.Ports, func(x firewall.Ports) bool {
		return slices.ContainsFunc(b.Ports, func(y firewall.Ports) bool { return x.First <= y.Last && y.First <= x.Last })
	})
}
