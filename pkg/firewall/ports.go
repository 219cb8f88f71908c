package firewall

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// everything is what GKE allows within a cluster, and Google's guides between clusters.
func everything() []Allow {
	all := []Allow{
		{Protocol: "ah"},
		{Protocol: "esp"},
		{Protocol: "icmp"},
		{Protocol: "sctp"},
		{Protocol: "tcp"},
		{Protocol: "udp"},
	}
	return all
}

// forIPv6 converts protocols: IPv4's icmp is number 58 in IPv6.
func forIPv6(allow []Allow) []Allow {
	allow = slices.Clone(allow)
	for i := range allow {
		if allow[i].Protocol == "icmp" {
			allow[i].Protocol = "58"
		}
	}
	slices.SortFunc(allow, func(a, b Allow) int { return strings.Compare(a.Protocol, b.Protocol) })
	return allow
}

func single(port uint16) Ports { return Ports{First: port, Last: port} }

// tcp allows some ports, sorted and merged.
func tcp(ports ...Ports) []Allow {
	ports = slices.Clone(ports)
	slices.SortFunc(ports, func(a, b Ports) int {
		return cmp.Or(cmp.Compare(a.First, b.First), cmp.Compare(a.Last, b.Last))
	})
	var merged []Ports
	for _, p := range ports {
		if last := len(merged) - 1; last >= 0 && int(p.First) <= int(merged[last].Last)+1 {
			merged[last].Last = max(merged[last].Last, p.Last)
			continue
		}
		merged = append(merged, p)
	}
	return []Allow{{Protocol: "tcp", Ports: merged}}
}

// String formats ports like Google: 80, 9000-9100.
func (p Ports) String() string {
	if p.First == p.Last {
		return strconv.Itoa(int(p.First))
	}
	return strconv.Itoa(int(p.First)) + "-" + strconv.Itoa(int(p.Last))
}

// String formats a protocol for gcloud's --allow: tcp, or tcp:80,tcp:443.
func (a Allow) String() string {
	if len(a.Ports) == 0 {
		return a.Protocol
	}
	words := make([]string, len(a.Ports))
	for i, p := range a.Ports {
		words[i] = a.Protocol + ":" + p.String()
	}
	return strings.Join(words, ",")
}
