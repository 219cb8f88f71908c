package rules_test

import (
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/rules"
)

func serverCases() map[string][]ruleCase {
	const hint = "set each cluster's own address, or its own tlsServerName behind a shared proxy"
	same := func(server string) []mesh.Problem {
		return []mesh.Problem{found("spec.clusters[1].api.server", "clusters east and west have the same API server "+server, hint, "east", "west")}
	}
	return map[string][]ruleCase{
		"MESH001": {
			{
				name: "one address",
				spec: `{clusters: [{name: east, api: {server: https://a.example.com}}, {name: west, api: {server: https://a.example.com}}]}`,
				want: same("https://a.example.com"),
			},
			{
				name: "three of them",
				spec: `{clusters: [{name: b, api: {server: https://x.test}}, {name: a, api: {server: https://x.test}}, {name: c, api: {server: https://x.test}}]}`,
				want: []mesh.Problem{
					found("spec.clusters[1].api.server", "clusters b and a have the same API server https://x.test", hint, "b", "a"),
					found("spec.clusters[2].api.server", "clusters b and c have the same API server https://x.test", hint, "b", "c"),
				},
			},
			{
				name:   "tunnels to two clusters",
				spec:   `{clusters: [{name: east, api: {server: "https://192.0.2.1:6443"}}, {name: west, api: {server: "https://192.0.2.1:6443"}}]}`,
				change: twoAuthorities,
				want: []mesh.Problem{found("spec.clusters[1].api.server",
					"clusters east and west have the same API server https://192.0.2.1:6443, but different CAs: only one of them responds there",
					"set the address at which the peers' pods reach each of them", "east", "west")},
			},
			{
				name: "another spelling",
				spec: `{clusters: [{name: east, api: {server: https://A.example.com}}, {name: west, api: {server: "https://a.example.com:443/"}}]}`,
				want: same("https://a.example.com:443/"),
			},
			{
				name: "another spelling of IPv6",
				spec: `{clusters: [{name: east, api: {server: "https://[2001:db8::1]"}}, {name: west, api: {server: "https://[2001:DB8:0::1]"}}]}`,
				want: same("https://[2001:DB8:0::1]"),
			},
			{
				name: "IPv4 in the clothes of IPv6",
				spec: `{clusters: [{name: east, api: {server: https://192.0.2.1}}, {name: west, api: {server: "https://[::ffff:192.0.2.1]"}}]}`,
				want: same("https://[::ffff:192.0.2.1]"),
			},
			{
				name: "the name that goes without saying",
				spec: `{clusters: [{name: east, api: {server: https://a.test}}, {name: west, api: {server: https://a.test, tlsServerName: a.test}}]}`,
				want: same("https://a.test"),
			},
			{
				name: "nobody reads them",
				spec: `{links: [], clusters: [{name: east, api: {server: https://a.test}}, {name: west, api: {server: https://a.test}}]}`,
				want: same("https://a.test"),
			},
			{
				name: "another port",
				spec: `{clusters: [{name: east, api: {server: "https://a.test:6443"}}, {name: west, api: {server: "https://a.test:6444"}}]}`,
			},
			{
				name: "another path",
				spec: `{clusters: [{name: east, api: {server: https://a.test/k8s/east}}, {name: west, api: {server: https://a.test/k8s/west}}]}`,
			},
			{
				name: "another TLS server name",
				spec: `{clusters: [{name: east, api: {server: https://a.test, tlsServerName: east.test}}, {name: west, api: {server: https://a.test, tlsServerName: west.test}}]}`,
			},
			{
				name: "another proxy",
				spec: `{clusters: [{name: east, api: {server: https://10.0.0.2, proxyURL: "http://p.test:1"}}, {name: west, api: {server: https://10.0.0.2, proxyURL: "http://p.test:2"}}]}`,
			},
			{
				name: "no address at all",
				spec: `{links: [], clusters: [{name: east}, {name: west}]}`,
			},
		},
		"MESH003": {
			{
				name: "read by one",
				spec: `{links: [{from: [east], to: [west]}], clusters: [{name: east}, {name: west}]}`,
				want: []mesh.Problem{found("spec.clusters[1].api.server", "cluster west is read by east, but has no API server address",
					"set api: {server: https://HOST:PORT} to the address that the peers reach", "west")},
			},
			{
				name: "read by its primary only",
				spec: `{links: [], clusters: [{name: p}, {name: r, controlPlane: p}]}`,
				want: []mesh.Problem{found("spec.clusters[1].api.server", "cluster r is read by p, but has no API server address",
					"set api: {server: https://HOST:PORT} to the address that the peers reach", "r")},
			},
			{
				name: "read by three",
				spec: `{links: [{from: ["*"], to: [x]}], clusters: [{name: c}, {name: b}, {name: a}, {name: x}]}`,
				want: []mesh.Problem{found("spec.clusters[3].api.server", "cluster x is read by a, b, c, but has no API server address",
					"set api: {server: https://HOST:PORT} to the address that the peers reach", "x")},
			},
			{
				name: "read by many",
				spec: `{links: [{from: ["*"], to: [x]}], clusters: [{name: d}, {name: c}, {name: b}, {name: a}, {name: x}]}`,
				want: []mesh.Problem{found("spec.clusters[4].api.server", "cluster x is read by a, b and 2 others, but has no API server address",
					"set api: {server: https://HOST:PORT} to the address that the peers reach", "x")},
			},
			{
				name: "on GKE, of which nothing is known",
				spec: `{links: [{from: [east], to: [west]}], clusters: [{name: east}, {name: west, gke: {project: acme, location: us-west1}}]}`,
				want: []mesh.Problem{found("spec.clusters[1].api.server", "cluster west is read by east, but has no API server address",
					"set api: {server: https://HOST:PORT} to the address that the peers reach; for GKE, import its endpoints: kubectl mesh import gke FILE", "west")},
			},
			{
				name: "private alone, and read from Google",
				spec: `{links: [{from: [east], to: [west]}], clusters: [{name: east, istio: {distribution: csm, managed: true}}, {name: west, gke: {project: acme, location: us-west1, endpoints: {private: 10.0.0.2}}}]}`,
				want: []mesh.Problem{found("spec.clusters[1].api.server", "west has no endpoint that east can reach",
					"enable its public or DNS endpoint, and import the facts again: kubectl mesh import gke FILE; or set api: {server: https://HOST:PORT}", "west")},
			},
			{
				name: "an endpoint is chosen",
				spec: `{links: [{from: [east], to: [west]}], clusters: [{name: east}, {name: west, gke: {project: acme, location: us-west1, endpoints: {public: 203.0.113.2}}}]}`,
			},
			{
				name: "it reads, and nobody reads it",
				spec: `{links: [{from: [east], to: [west]}], clusters: [{name: east}, {name: west, api: {server: https://west.test}}]}`,
			},
			{
				name: "discovery goes another way",
				spec: `{discovery: peering, istio: {distribution: solo}, clusters: [{name: east}, {name: west}]}`,
			},
			{name: "alone", spec: `{clusters: [{name: east}]}`},
		},
	}
}

func authorityCases() map[string][]ruleCase {
	const two = `{links: [{from: [east], to: [west]}], clusters: [{name: east, api: {server: https://east.test}}, {name: west, api: {server: https://west.test}}]}`
	return map[string][]ruleCase{
		"MESH011": {
			{
				name: "none",
				spec: two,
				want: []mesh.Problem{found("spec.clusters[1].api", "cluster west sets no CA: peers accept only public CAs",
					"set certificateAuthority: clusters/west-api.crt", "west")},
			},
			{
				name: "has one",
				spec: two,
				change: func(in *rules.Input) {
					in.Mesh.Spec.Clusters[1].API.CertificateAuthorityData = []byte("-----BEGIN CERTIFICATE-----")
				},
			},
			{name: "no server yet", spec: `{clusters: [{name: east}, {name: west}]}`},
			{
				name: "nobody reads",
				spec: `{discovery: fleet, istio: {distribution: csm}, clusters: [{name: east, api: {server: https://east.test}}, {name: west, api: {server: https://west.test}}]}`,
			},
		},
		"MESH012": {
			privateCase("RFC 1918", "https://10.0.0.2", true),
			privateCase("with a port", "https://172.31.0.1:6443", true),
			privateCase("IPv6", "https://[fd00::1]", true),
			privateCase("IPv4 in the clothes of IPv6", "https://[::ffff:192.168.0.1]", true),
			privateCase("public", "https://203.0.113.10", false),
			privateCase("a name", "https://west.test", false),
			privateCase("shared address space, as VPNs have it", "https://100.64.0.1", false),
			{
				name: "in one network",
				spec: `{clusters: [{name: east, network: a, api: {server: https://10.0.0.1}}, {name: west, network: a, api: {server: https://10.0.0.2}}]}`,
			},
			{
				name: "of one VPC network, which routes between its Istio networks",
				spec: `{clusters: [{name: east, network: a, gke: {project: one, location: us-east1, networkProject: host, private: true, endpoints: {private: 10.0.0.1}}},
					{name: west, network: b, gke: {project: two, location: us-east1, networkProject: host, private: true, endpoints: {private: 10.0.0.2}}}]}`,
			},
			{
				name: "of another VPC network",
				spec: `{clusters: [{name: east, network: a, gke: {project: one, location: us-east1, endpoints: {public: 203.0.113.1}}},
					{name: west, network: b, gke: {project: two, location: us-east1, private: true, endpoints: {private: 10.0.0.2}}}]}`,
				want: []mesh.Problem{found("spec.clusters[1].api.server", "https://10.0.0.2 is a private address, and east reads it from another network",
					"set an address that this network can reach, or an api.proxyURL", "west")},
			},
			{
				name: "no networks",
				spec: `{clusters: [{name: east, api: {server: https://10.0.0.1}}, {name: west, api: {server: https://10.0.0.2}}]}`,
			},
			{
				name: "through a proxy",
				spec: `{clusters: [{name: east, network: a, api: {server: https://east.test}}, {name: west, network: b, api: {server: https://10.0.0.2, proxyURL: "http://p.test:3128"}}]}`,
			},
			{
				name: "the primary is in the network of its remote",
				spec: `{links: [{from: [r], to: [q]}], clusters: [{name: p, network: a}, {name: q, network: b, api: {server: https://q.test}}, {name: r, network: a, controlPlane: p, api: {server: https://10.0.0.2}}]}`,
			},
			{
				name: "the primary of a caller is in another network",
				spec: `{links: [{from: [r], to: [q]}], clusters: [{name: p, network: a}, {name: q, network: b, api: {server: https://10.0.0.2}}, {name: r, network: b, controlPlane: p, api: {server: https://r.test}}]}`,
				want: []mesh.Problem{found("spec.clusters[1].api.server", "https://10.0.0.2 is a private address, and p reads it from another network",
					"set an address that this network can reach, or an api.proxyURL", "q")},
			},
		},
	}
}

func privateCase(name, server string, private bool) ruleCase {
	test := ruleCase{name: name, spec: `{clusters: [{name: east, network: a, api: {server: https://east.test}}, {name: west, network: b, api: {server: "` + server + `"}}]}`}
	if private {
		test.want = []mesh.Problem{found("spec.clusters[1].api.server", server+" is a private address, and east reads it from another network",
			"set an address that this network can reach, or an api.proxyURL", "west")}
	}
	return test
}

func twoAuthorities(in *rules.Input) {
	in.Mesh.Spec.Clusters[0].API.CertificateAuthorityData = []byte("one")
	in.Mesh.Spec.Clusters[1].API.CertificateAuthorityData = []byte("another")
}
