package rules_test

import (
	"fmt"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
)

func podCases() map[string][]ruleCase {
	return map[string][]ruleCase{"MESH004": {
		podCase("equal", pods{"a": "10.8.0.0/14", "b": "10.8.0.0/14"},
			overlap(1, 0, "10.8.0.0/14 of b overlaps 10.8.0.0/14 of a in the same network", "a", "b")),
		podCase("nested", pods{"a": "10.8.1.0/24", "b": "10.8.0.0/14"},
			overlap(0, 0, "10.8.1.0/24 of a overlaps 10.8.0.0/14 of b in the same network", "a", "b")),
		podCase("the first address", pods{"a": "10.8.0.0/14", "b": "10.8.0.0/32"},
			overlap(1, 0, "10.8.0.0/32 of b overlaps 10.8.0.0/14 of a in the same network", "a", "b")),
		podCase("the last address", pods{"a": "10.8.0.0/14", "b": "10.11.255.255/32"},
			overlap(1, 0, "10.11.255.255/32 of b overlaps 10.8.0.0/14 of a in the same network", "a", "b")),
		podCase("adjacent", pods{"a": "10.8.0.0/14", "b": "10.12.0.0/14", "c": "10.4.0.0/14"}),
		podCase("IPv6", pods{"a": "fd00::/16", "b": "fd00:1::/32"},
			overlap(1, 0, "fd00:1::/32 of b overlaps fd00::/16 of a in the same network", "a", "b")),
		podCase("IPv6 beside IPv4", pods{"a": "::/0", "b": "0.0.0.0/0"}),
		podCase("IPv4 in the clothes of IPv6", pods{"a": "10.0.0.0/8", "b": "::ffff:10.1.0.0/112"},
			overlap(1, 0, "10.1.0.0/16 of b overlaps 10.0.0.0/8 of a in the same network", "a", "b")),
		podCase("the second range", pods{"a": "10.8.0.0/14", "b": "10.20.0.0/14, 10.9.0.0/16"},
			overlap(1, 1, "10.9.0.0/16 of b overlaps 10.8.0.0/14 of a in the same network", "a", "b")),
		podCase("two places", pods{"a": "10.0.0.0/8, 172.16.0.0/12", "b": "172.16.0.0/16, 10.1.0.0/16"},
			overlap(1, 0, "172.16.0.0/16 of b overlaps 172.16.0.0/12 of a in the same network", "a", "b"),
			overlap(1, 1, "10.1.0.0/16 of b overlaps 10.0.0.0/8 of a in the same network", "a", "b")),
		podCase("of one cluster", pods{"a": "10.0.0.0/8, 10.1.0.0/16, 10.0.0.0/8", "b": "172.16.0.0/12"}),
		podCase("three with one range are one finding", pods{"a": "10.0.0.0/8", "b": "10.0.0.0/8", "c": "10.0.0.0/8"},
			overlap(1, 0, "10.0.0.0/8 of b overlaps 10.0.0.0/8 of a in the same network, and ranges of c", "a", "b", "c")),
		podCase("five with one range", pods{"a": "10.0.0.0/8", "b": "10.0.0.0/8", "c": "10.0.0.0/8", "d": "10.0.0.0/8", "e": "10.0.0.0/8", "f": "10.0.0.0/8"},
			overlap(1, 0, "10.0.0.0/8 of b overlaps 10.0.0.0/8 of a in the same network, and ranges of c, d and 2 others", "a", "b", "c", "d", "e", "f")),
		podCase("nested three times", pods{"a": "10.0.0.0/8", "b": "10.1.0.0/16", "c": "10.1.2.0/24"},
			overlap(1, 0, "10.1.0.0/16 of b overlaps 10.0.0.0/8 of a in the same network", "a", "b"),
			overlap(2, 0, "10.1.2.0/24 of c overlaps 10.0.0.0/8 of a in the same network, and ranges of b", "a", "b", "c")),
		podCase("side by side in a third", pods{"a": "10.1.0.0/16", "b": "10.2.0.0/16", "c": "10.0.0.0/8"},
			overlap(0, 0, "10.1.0.0/16 of a overlaps 10.0.0.0/8 of c in the same network", "a", "c"),
			overlap(1, 0, "10.2.0.0/16 of b overlaps 10.0.0.0/8 of c in the same network", "b", "c")),
		podCase("in another one inside its own", pods{"a": "10.0.0.0/8, 10.1.2.0/24", "b": "10.1.0.0/16"},
			overlap(0, 1, "10.1.2.0/24 of a overlaps 10.1.0.0/16 of b in the same network", "a", "b"),
			overlap(1, 0, "10.1.0.0/16 of b overlaps 10.0.0.0/8 of a in the same network", "a", "b")),
		{
			name: "named in any order",
			spec: `{clusters: [{name: b, podCIDRs: [10.0.0.0/8]}, {name: c, podCIDRs: [10.0.0.0/8]}, {name: a, podCIDRs: [10.0.0.0/8]}]}`,
			want: []mesh.Problem{overlap(0, 0, "10.0.0.0/8 of b overlaps 10.0.0.0/8 of a in the same network, and ranges of c", "a", "b", "c")},
		},
		{
			name: "in different networks",
			spec: `{clusters: [{name: a, network: x, podCIDRs: [10.0.0.0/8]}, {name: b, network: z, podCIDRs: [10.0.0.0/8]}]}`,
		},
		{
			name: "in two of three networks, whatever the links",
			spec: `{links: [], clusters: [{name: a, network: x, podCIDRs: [10.0.0.0/8]}, {name: b, network: z, podCIDRs: [10.0.0.0/8]}, ` +
				`{name: c, network: x, podCIDRs: [10.0.0.0/8]}, {name: d, network: z, podCIDRs: [10.0.0.0/8]}]}`,
			want: []mesh.Problem{
				overlap(2, 0, "10.0.0.0/8 of c overlaps 10.0.0.0/8 of a in the same network", "a", "c"),
				overlap(3, 0, "10.0.0.0/8 of d overlaps 10.0.0.0/8 of b in the same network", "b", "d"),
			},
		},
		{name: "no ranges", spec: `{clusters: [{name: a}, {name: b}]}`},
	}}
}

// pods are the ranges of clusters a to f.
type pods map[string]string

func podCase(name string, ranges pods, want ...mesh.Problem) ruleCase {
	var clusters []string
	for _, cluster := range strings.Fields("a b c d e f") {
		if cidrs, ok := ranges[cluster]; ok {
			clusters = append(clusters, fmt.Sprintf("{name: %s, podCIDRs: [%s]}", cluster, quoted(cidrs)))
		}
	}
	return ruleCase{name: name, spec: "{clusters: [" + strings.Join(clusters, ", ") + "]}", want: want}
}

// quoted writes each element of a list as YAML that has colons in it.
func quoted(cidrs string) string { return `"` + strings.ReplaceAll(cidrs, ", ", `", "`) + `"` }

func overlap(cluster, cidr int, message string, clusters ...string) mesh.Problem {
	return found(fmt.Sprintf("spec.clusters[%d].podCIDRs[%d]", cluster, cidr), message, "use separate ranges or networks for them", clusters...)
}
