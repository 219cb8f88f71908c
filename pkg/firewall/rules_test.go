package firewall_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/firewall"
)

// three are clusters of one VPC network with node tags ta, tb and tc.
const three = `clusters: [
  {name: a, podCIDRs: [10.1.0.0/16], gke: {project: acme, location: us-east1, nodeTags: [ta]}},
  {name: b, podCIDRs: [10.2.0.0/16], gke: {project: acme, location: us-west1, nodeTags: [tb]}},
  {name: c, podCIDRs: [10.3.0.0/16], gke: {project: acme, location: us-west1-b, nodeTags: [tc]}}]`

func TestPodRules(t *testing.T) {
	all := func(protocols ...string) []firewall.Allow {
		var allow []firewall.Allow
		for _, protocol := range protocols {
			allow = append(allow, firewall.Allow{Protocol: protocol})
		}
		return allow
	}
	a, b, c := "10.1.0.0/16", "10.2.0.0/16", "10.3.0.0/16"
	for name, test := range map[string]struct {
		spec string
		want []firewall.Rule
	}{
		"all linked": {`{firewall: {applicationPorts: ["8080"]}, ` + three + `}`,
			[]firewall.Rule{pods("mesh-shop-default-pods", tcp(8080), cidrs(a, b, c), "ta", "tb", "tc")}},
		"every TCP port, where those of applications are not said": {`{` + three + `}`,
			[]firewall.Rule{pods("mesh-shop-default-pods", tcp(), cidrs(a, b, c), "ta", "tb", "tc")}},
		"all ports": {`{firewall: {ports: all}, ` + three + `}`,
			[]firewall.Rule{pods("mesh-shop-default-pods", all("ah", "esp", "icmp", "sctp", "tcp", "udp"), cidrs(a, b, c), "ta", "tb", "tc")}},
		"ambient": {`{istio: {dataPlane: ambient}, ` + three + `}`,
			[]firewall.Rule{pods("mesh-shop-default-pods", tcp(15008), cidrs(a, b, c), "ta", "tb", "tc")}},
		"ports are merged": {`{firewall: {applicationPorts: ["15000-15007", "80", "15005", "81", "15009"]}, clusters: [
			{name: a, podCIDRs: [10.1.0.0/16], istio: {dataPlane: ambient}},
			{name: b, gke: {project: acme, location: us-west1, nodeTags: [tb]}}]}`,
			[]firewall.Rule{pods("mesh-shop-default-pods", []firewall.Allow{{Protocol: "tcp", Ports: []firewall.Ports{{First: 80, Last: 81}, {First: 15000, Last: 15009}}}},
				cidrs(a), "tb")}},
		"one way": {`{links: [{from: [a], to: [b]}], ` + three + `}`,
			[]firewall.Rule{pods("mesh-shop-default-pods", tcp(), cidrs(a), "tb")}},
		"one caller of two": {`{links: [{from: [a], to: [b, c]}], ` + three + `}`,
			[]firewall.Rule{pods("mesh-shop-default-pods", tcp(), cidrs(a), "tb", "tc")}},
		"two who call each other, and one who calls one of them": {`{links: [{between: [a, b]}, {from: [c], to: [a]}], ` + three + `}`,
			[]firewall.Rule{
				pods("mesh-shop-default-pods", tcp(), cidrs(b, c), "ta"),
				pods("mesh-shop-default-pods-b", tcp(), cidrs(a), "tb"),
			}},
		"hub and spokes, both ways": {`{links: [{between: [a, b]}, {between: [a, c]}], ` + three + `}`,
			[]firewall.Rule{
				pods("mesh-shop-default-pods", tcp(), cidrs(a), "tb", "tc"),
				pods("mesh-shop-default-pods-a", tcp(), cidrs(b, c), "ta"),
			}},
		"nobody calls": {`{links: [], ` + three + `}`, nil},
		"a caller elsewhere": {`{clusters: [
			{name: a, podCIDRs: [172.20.0.0/16, "::ffff:172.21.0.0/112", 172.20.3.0/24], platform: eks},
			{name: b, podCIDRs: [10.2.0.0/16], gke: {project: acme, location: us-west1, networkProject: host, vpc: shared, nodeTags: [tb, ta]}}]}`,
			[]firewall.Rule{pods("mesh-shop-shared-pods", tcp(), cidrs("172.20.0.0/16", "172.21.0.0/16"), "ta", "tb")}},
		"both families": {`{firewall: {ports: all}, clusters: [
			{name: a, podCIDRs: ["2001:db8:1::/48", 10.1.0.0/16]},
			{name: b, gke: {project: acme, location: us-west1, nodeTags: [tb]}}]}`,
			[]firewall.Rule{
				pods("mesh-shop-default-pods", all("ah", "esp", "icmp", "sctp", "tcp", "udp"), cidrs(a), "tb"),
				pods("mesh-shop-default-pods-v6", all("58", "ah", "esp", "sctp", "tcp", "udp"), cidrs("2001:db8:1::/48"), "tb"),
			}},
		"networks apart need no rule for pods": {`{clusters: [
			{name: a, network: x, podCIDRs: [10.1.0.0/16], gke: {project: acme, location: us-east1, nodeTags: [ta]}},
			{name: b, network: z, podCIDRs: [10.2.0.0/16], gke: {project: acme, location: us-west1, nodeTags: [tb]}}]}`, nil},
	} {
		t.Run(name, func(t *testing.T) { checkRules(t, rulesOf(t, test.spec), test.want...) })
	}
}

func TestGatewayRules(t *testing.T) {
	const pair = `clusters: [
		{name: a, network: x, podCIDRs: [10.1.0.0/16], egressCIDRs: [203.0.113.1/32]%s},
		{name: b, network: z, podCIDRs: [10.2.0.0/16], gateway: {%s}, gke: {project: acme, location: us-west1, nodeTags: [tb]}}]`
	gateways := func(kind string, allow []firewall.Allow, sources ...string) firewall.Rule {
		return of(firewall.Kind(kind), pods("mesh-shop-default-"+kind, allow, cidrs(sources...), "tb"))
	}
	for name, test := range map[string]struct {
		spec, caller, gateway string
		want                  []firewall.Rule
	}{
		"private":                {gateway: "addresses: [10.0.0.9]", want: []firewall.Rule{gateways("gateways", tcp(15443), "10.1.0.0/16")}},
		"public":                 {gateway: "addresses: [198.51.100.7]", want: []firewall.Rule{gateways("gateways", tcp(15443), "203.0.113.1/32")}},
		"not known":              {want: []firewall.Rule{gateways("gateways", tcp(15443), "203.0.113.1/32")}},
		"internal load balancer": {gateway: "annotations: {networking.gke.io/load-balancer-type: Internal}", want: []firewall.Rule{gateways("gateways", tcp(15443), "10.1.0.0/16")}},
		"ingress gateway":        {gateway: "addresses: [10.0.0.9], api: istio, workload: ingressgateway", want: []firewall.Rule{gateways("gateways", tcp(443), "10.1.0.0/16")}},
		"ambient":                {spec: "istio: {dataPlane: ambient}, ", gateway: "addresses: [10.0.0.9]", want: []firewall.Rule{gateways("gateways", tcp(15008), "10.1.0.0/16")}},
		"node ports":             {gateway: "addresses: [10.0.0.9], service: NodePort"},
		"a remote": {caller: ", controlPlane: b", gateway: "addresses: [10.0.0.9]", want: []firewall.Rule{
			gateways("gateways", tcp(15443), "10.1.0.0/16"), gateways("istiod", tcp(15012, 15017), "10.1.0.0/16")}},
		"a remote that knows a host name": {caller: ", controlPlane: b", gateway: "addresses: [b.example.com]", want: []firewall.Rule{
			gateways("gateways", tcp(15443), "203.0.113.1/32"), gateways("istiod", tcp(443, 15012, 15017), "203.0.113.1/32")}},
		"peering": {spec: "discovery: peering, istio: {distribution: solo}, ", gateway: "addresses: [10.0.0.9], xdsPort: 30012", want: []firewall.Rule{
			gateways("gateways", tcp(15008), "10.1.0.0/16"), gateways("istiod", tcp(30012), "10.1.0.0/16")}},
	} {
		t.Run(name, func(t *testing.T) {
			checkRules(t, rulesOf(t, "{"+test.spec+fmt.Sprintf(pair, test.caller, test.gateway)+"}"), test.want...)
		})
	}
}

func TestWebhookRules(t *testing.T) {
	const cluster = `{clusters: [%s{name: b, %sgke: {project: acme, location: us-west1, networkProject: host, private: %s, masterCIDR: 172.16.0.0/28, nodeTags: [tb]}}]}`
	webhook := pods("mesh-shop-b-webhook", tcp(15017), cidrs("172.16.0.0/28"), "tb")
	webhook.Kind, webhook.Cluster, webhook.Description = firewall.KindWebhook, "b", "kubectl-mesh shop webhook b"
	for name, test := range map[string]struct {
		before, more, private string
		want                  []firewall.Rule
	}{
		"private": {private: "true", want: []firewall.Rule{webhook}},
		"public":  {private: "false"},
		"managed": {private: "true", more: "istio: {distribution: csm, managed: true}, "},
		"remote":  {private: "true", before: "{name: a}, ", more: "controlPlane: a, "},
	} {
		t.Run(name, func(t *testing.T) {
			rules := rulesOf(t, fmt.Sprintf(cluster, test.before, test.more, test.private))
			checkRules(t, rules, test.want...)
		})
	}
}

// A rule without sources is for everybody, and one without targets for every machine.
func TestNoRuleAllowsAllSources(t *testing.T) {
	for name, spec := range map[string]string{
		"no tags":      strings.NewReplacer(", nodeTags: [ta]", "", ", nodeTags: [tb]", "", ", nodeTags: [tc]", "").Replace("{" + three + "}"),
		"no ranges":    strings.NewReplacer("10.1.0.0/16", "", "10.2.0.0/16", "", "10.3.0.0/16", "").Replace("{" + three + "}"),
		"no plane":     `{clusters: [{name: b, gke: {project: acme, location: us-west1, private: true, nodeTags: [tb]}}]}`,
		"no addresses": `{clusters: [{name: a, network: x}, {name: b, network: z, gke: {project: acme, location: us-west1, nodeTags: [tb]}}]}`,
	} {
		t.Run(name, func(t *testing.T) { checkRules(t, rulesOf(t, spec)) })
	}
}

// Of an ambient network one cluster has the gateway for all.
func TestAmbientEntrance(t *testing.T) {
	rules := rulesOf(t, `{istio: {dataPlane: ambient}, links: [{from: [a], to: [b]}, {from: [c], to: [g]}], clusters: [
		{name: a, network: x, podCIDRs: [10.1.0.0/16]}, {name: c, network: x, podCIDRs: [10.3.0.0/16]}, {name: b, network: z},
		{name: g, network: z, gateway: {addresses: [10.9.0.7]}, gke: {project: acme, location: us-west1, nodeTags: [tg]}}]}`)
	checkRules(t, rules, of(firewall.KindGateways, pods("mesh-shop-default-gateways", tcp(15008), cidrs("10.1.0.0/16", "10.3.0.0/16"), "tg")))
}

// BenchmarkPlan: a thousand clusters in one VPC network that all call each other.
func BenchmarkPlan(b *testing.B) {
	mesh, graph := load(b, many(1000))
	for b.Loop() {
		firewall.New(mesh, graph)
	}
}
