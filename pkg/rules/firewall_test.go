package rules_test

import (
	"fmt"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
)

// firewallCases are about clusters a and b on GKE.
func firewallCases() map[string][]ruleCase {
	on := func(before string, a, b string) string {
		return fmt.Sprintf(`{%s clusters: [{name: a, %s}, {name: b, %s}]}`, before, a, b)
	}
	const (
		gke    = `gke: {project: acme, location: us-east1, nodeTags: [t%s], private: true, masterCIDR: 172.16.0.0/28}`
		tables = `firewall: {outputs: [csv]},`
	)
	a, b := "podCIDRs: [10.1.0.0/16], "+fmt.Sprintf(gke, "a"), "podCIDRs: [10.2.0.0/16], "+fmt.Sprintf(gke, "b")
	untagged := strings.Replace(b, ", nodeTags: [tb]", "", 1)
	podless := strings.Replace(a, "podCIDRs: [10.1.0.0/16], ", "", 1)
	planeless := strings.Replace(b, ", masterCIDR: 172.16.0.0/28", "", 1)
	read := `api: {server: "https://203.0.113.9"}, gke: {project: acme, location: us-east1, authorizedNetworks: [192.0.2.0/24]}`
	oneWay := "links: [{from: [a], to: [b]}],"
	return map[string][]ruleCase{
		"MESH046": {
			{name: "sidecars", spec: on("", a, b), want: []mesh.Problem{found("spec.firewall.applicationPorts",
				"every TCP port of a, b is open to the clusters that call it: no application ports are set for sidecars",
				`set firewall: {applicationPorts: ["8080"]} with the ports on which pods listen`, "a", "b")}},
			{name: "a sidecar calls ambient", spec: on(oneWay, a, b+", istio: {dataPlane: ambient}"), want: []mesh.Problem{found("spec.firewall.applicationPorts",
				"every TCP port of b is open to the clusters that call it: no application ports are set for sidecars",
				`set firewall: {applicationPorts: ["8080"]} with the ports on which pods listen`, "b")}},
			{name: "said", spec: on(`firewall: {applicationPorts: ["80"]},`, a, b)},
			{name: "every port is meant", spec: on(`firewall: {ports: all},`, a, b)},
			{name: "ambient", spec: on(`istio: {dataPlane: ambient},`, a, b)},
			{name: "networks apart", spec: on("", a+", network: x", b+", network: z")},
			{name: "no rules, but tables", spec: on(tables, a, b)},
			{name: "elsewhere", spec: on("", "platform: eks", "platform: eks")},
		},
		"MESH047": {
			{name: "no tags", spec: on("", a, untagged), want: []mesh.Problem{found("spec.clusters[1].gke.nodeTags",
				"no rule allows a to call b: gke.nodeTags is not set", "set gke: {nodeTags: [TAG]}", "b")}},
			{name: "nobody calls, but the webhook is called", spec: on("links: [],", a, untagged), want: []mesh.Problem{found("spec.clusters[1].gke.nodeTags",
				"no rule allows the control plane of b to call its webhook: gke.nodeTags is not set", "set gke: {nodeTags: [TAG]}", "b")}},
			{name: "nobody calls", spec: on("links: [],", a, strings.Replace(untagged, "private: true", "private: false", 1))},
			{name: "tags", spec: on("", a, b)},
			{name: "tables need none", spec: on(tables, a, untagged)},
		},
		"MESH048": {
			{name: "no ranges", spec: on(oneWay, podless, b), want: []mesh.Problem{found("spec.clusters[0].podCIDRs",
				"traffic from a to b is not allowed by any firewall rule: podCIDRs of the caller is not set",
				"set podCIDRs: [RANGE], or collect them: kubectl mesh collect --cluster a", "a")}},
			{name: "it calls nobody", spec: on("links: [{from: [b], to: [a]}],", podless, strings.Replace(b, "private: true", "private: false", 1))},
			{name: "ranges", spec: on("", a, b)},
		},
		"MESH049": {
			{name: "no range", spec: on("", a, planeless), want: []mesh.Problem{found("spec.clusters[1].gke.masterCIDR",
				"no rule allows the control plane of b to call istiod's webhook: gke.masterCIDR is not set", "set gke: {masterCIDR: RANGE}", "b")}},
			{name: "not private", spec: on("", a, strings.Replace(planeless, "private: true", "private: false", 1))},
			{name: "a remote", spec: on("", a, planeless+", controlPlane: a")},
			{name: "tables need none", spec: on(tables, a, planeless)},
		},
		"MESH050": {
			{name: "not known", spec: on(oneWay, a, read), want: []mesh.Problem{found("spec.clusters[0].egressCIDRs",
				"a reads b at an address with authorized networks, but egressCIDRs of the consumer is not set", "set egressCIDRs: [RANGE] of a", "a")}},
			{name: "known", spec: on(oneWay, a+", egressCIDRs: [203.0.113.77/32]", read)},
			{name: "everybody is let in", spec: on(oneWay, a, strings.Replace(read, ", authorizedNetworks: [192.0.2.0/24]", "", 1))},
		},
		"MESH051": sharedTagCases(),
		"MESH052": {
			{name: "two networks to Istio", spec: on("", a+", network: x", strings.Replace(b, "10.2.0.0/16", "10.1.2.0/24", 1)+", network: z"), want: []mesh.Problem{found(
				"spec.clusters[1].podCIDRs[0]", "10.1.2.0/24 of b overlaps 10.1.0.0/16 of a in VPC network default of project acme",
				"use separate ranges or networks for them", "a", "b")}},
			{name: "one network, which is another finding", spec: on("", a, strings.Replace(b, "10.2.0.0/16", "10.1.2.0/24", 1))},
			{name: "two VPC networks", spec: on("", a+", network: x", strings.Replace(strings.Replace(b, "10.2.0.0/16", "10.1.2.0/24", 1), "gke: {", "gke: {vpc: other, ", 1)+", network: z")},
			{name: "apart", spec: on("", a+", network: x", b+", network: z")},
		},
		"MESH053": crowdedCases(),
		"MESH054": {
			{
				name: "everybody", spec: on("", `podCIDRs: [10.1.0.0/16, "::/0"], egressCIDRs: [0.0.0.0/0]`, `podCIDRs: ["::ffff:0.0.0.0/96"], gke: {project: acme, location: us-east1, masterCIDR: 0.0.0.0/0}`),
				want: []mesh.Problem{
					everybody("spec.clusters[0].podCIDRs[1]", "::/0", "a"), everybody("spec.clusters[0].egressCIDRs[0]", "0.0.0.0/0", "a"),
					everybody("spec.clusters[1].podCIDRs[0]", "::ffff:0.0.0.0/96", "b"), everybody("spec.clusters[1].gke.masterCIDR", "0.0.0.0/0", "b"),
				},
			},
			{name: "two halves", spec: on("", a, "podCIDRs: [10.1.0.0/16, 128.0.0.0/1, 0.0.0.0/1]"), want: []mesh.Problem{together("spec.clusters[1].podCIDRs", "0.0.0.0/0", "b")}},
			{name: "four parts", spec: on("", a, `egressCIDRs: ["::/2", "4000::/2", "8000::/2", "c000::/3", "e000::/3"]`), want: []mesh.Problem{together("spec.clusters[1].egressCIDRs", "::/0", "b")}},
			{name: "most of them, without the end", spec: on("", a, "podCIDRs: [0.0.0.0/1, 128.0.0.0/2]"), want: []mesh.Problem{
				share("spec.clusters[1].podCIDRs[0]", "0.0.0.0/1", "1/2 of all IPv4 addresses"), share("spec.clusters[1].podCIDRs[1]", "128.0.0.0/2", "1/4 of all IPv4 addresses")}},
			{name: "what a registry assigns", spec: on("", a, `egressCIDRs: ["2000::/3"]`), want: []mesh.Problem{
				share("spec.clusters[1].egressCIDRs[0]", "2000::/3", "1/8 of all IPv6 addresses")}},
			{name: "the widest that there are", spec: on("", a, `podCIDRs: [10.0.0.0/8, 240.0.0.0/4, "fc00::/7"]`)},
		},
	}
}

func share(field, text, share string) mesh.Problem {
	return found(field, text+" of b is "+share+": its rules would allow every address", "set the ranges of the cluster", "b")
}

func everybody(field, text, name string) mesh.Problem {
	return found(field, text+" of "+name+" is every address: its rules would allow every address", "set the ranges of the cluster", name)
}

func together(field, every, name string) mesh.Problem {
	return found(field, "the ranges of "+name+" together include every address, "+every+": their rules would allow everyone", "set the ranges of the cluster", name)
}

func sharedTagCases() []ruleCase {
	const spec = `{links: [%s], clusters: [
		{name: a, podCIDRs: [10.1.0.0/16], gke: {project: acme, location: us-east1, nodeTags: [ta]}},
		{name: b, podCIDRs: [10.2.0.0/16], gke: {project: acme, location: us-east1, nodeTags: [own, nodes]}},
		{name: c, podCIDRs: [10.3.0.0/16], gke: {project: acme, location: us-east1%s, nodeTags: [nodes]}}]}`
	return []ruleCase{
		{name: "one is called", spec: fmt.Sprintf(spec, "{from: [a], to: [c]}", ""), want: []mesh.Problem{found("spec.clusters[1].gke.nodeTags[1]",
			"tag nodes is also used by c: the rule that allows a to call c also allows calls to b", "use a tag that only the nodes of b have", "b", "c")}},
		{name: "both are called", spec: fmt.Sprintf(spec, "{from: [a], to: [b, c]}", "")},
		{name: "by each other", spec: fmt.Sprintf(spec, "{between: [b, c]}", "")},
		{name: "in two networks", spec: fmt.Sprintf(spec, "{from: [a], to: [c]}", ", vpc: other")},
	}
}

func crowdedCases() []ruleCase {
	networks := func(count int) string {
		var list []string
		for i := range count {
			list = append(list, fmt.Sprintf("198.51.100.%d/32", i))
		}
		return fmt.Sprintf(`{links: [{from: [a], to: [b]}], clusters: [{name: a, egressCIDRs: [203.0.113.77/32, 198.51.100.1/32]},
			{name: b, api: {server: "https://203.0.113.9"}, gke: {project: acme, location: us-east1, authorizedNetworks: [%s]}}]}`, strings.Join(list, ", "))
	}
	return []ruleCase{
		{name: "one too many", spec: networks(50), want: []mesh.Problem{found("spec.clusters[1].gke.authorizedNetworks",
			"b would have 51 authorized networks, of at most 50", "merge ranges into wider ones", "b")}},
		{name: "as many as fit", spec: networks(49)},
		{name: "nothing is added", spec: strings.Replace(networks(60), "links: [{from: [a], to: [b]}]", "links: []", 1)},
	}
}
