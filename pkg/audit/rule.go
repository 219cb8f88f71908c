package audit

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/firewall"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/gke"
)

// defaultPriority of rules without one.
const defaultPriority = 1000

// allProtocols matches any protocol.
const allProtocols = "all"

// live is an enabled rule of a network, with parsed ranges.
type live struct {
	gke.Rule
	sources  []netip.Prefix
	priority int
	traffic  []firewall.Allow
	deny     bool
}

// liveRules returns a network's ingress rules. Unreadable parts of a rule are ignored, so that it allows or denies
// less.
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

// protocols maps numbers to names, for rules created with numbers.
func protocolName(protocol string) string {
	protocol = strings.ToLower(protocol)
	names := map[string]string{"1": "icmp", "6": "tcp", "17": "udp", "50": "esp", "51": "ah", "132": "sctp"}
	if name, ok := names[protocol]; ok {
		return name
	}
	return protocol
}

// allowOf parses a rule's traffic, without unreadable ports.
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

// A rule without sources matches all of them.
func (l live) fromAnywhere() bool {
	return len(l.SourceRanges) == 0 && len(l.SourceTags) == 0 && len(l.SourceServiceAccounts) == 0
}

func (l live) from(source netip.Prefix) bool {
	hasSource := func(outer netip.Prefix) bool { return within(source, outer) }
	return l.fromAnywhere() || slices.ContainsFunc(l.sources, hasSource)
}

// to reports whether a rule applies to machines with a tag; a rule without targets applies to all.
func (l live) to(tag string) bool {
	return len(l.TargetTags) == 0 && len(l.TargetServiceAccounts) == 0 || slices.Contains(l.TargetTags, tag)
}

// allows reports whether a rule matches all of some traffic.
func (l live) allows(want firewall.Allow) bool {
	return slices.ContainsFunc(l.traffic, func(has firewall.Allow) bool { return holds(has, want) })
}

// within reports whether a range is inside another.
func within(inner, outer netip.Prefix) bool {
	return outer.Bits() <= inner.Bits() && outer.Contains(inner.Addr())
}

// holds reports whether allowed traffic includes all wanted traffic.
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

// meets reports whether two have any traffic in common.
func meets(a, b firewall.Allow) bool {
	if a.Protocol != allProtocols && b.Protocol != allProtocols && a.Protocol != protocolName(b.Protocol) {
		return false
	}
	return len(a.Ports) == 0 || len(b.Ports) == 0 || slices.ContainsFunc(a.Ports, func(x firewall.Ports) bool {
		return slices.ContainsFunc(b.Ports, func(y firewall.Ports) bool { return x.First <= y.Last && y.First <= x.Last })
	})
}
