package rules_test

import (
	"fmt"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/rules"
)

func gkeCases() map[string][]ruleCase {
	return map[string][]ruleCase{"MESH056": sharedGKECases(), "MESH057": tokenAtDNSCases(), "MESH058": certificateAtDNSCases(), "MESH059": distantCases(),
		"MESH060": foreignFleetCases(), "MESH061": dividedNetworkCases(), "MESH062": fleetDomainCases(), "MESH063": sharedIDCases(), "MESH064": unknownFleetCases()}
}

func sharedGKECases() []ruleCase {
	const spec = `{clusters: [{name: east, gke: {project: acme, location: us-east1}}, {name: west, gke: {project: acme, location: %s, cluster: east}}]}`
	return []ruleCase{
		{name: "one of them twice", spec: fmt.Sprintf(spec, "us-east1"), want: []mesh.Problem{
			found("spec.clusters[1].gke.cluster", "clusters east and west are both east in us-east1 of project acme",
				"correct gke.project, gke.location or gke.cluster, or remove one of the two", "east", "west"),
		}},
		{name: "namesakes in two places", spec: fmt.Sprintf(spec, "us-west1")},
	}
}

// onGKE is a mesh in which east reads west, which has an endpoint of each kind.
func onGKE(east, west string) string {
	return fmt.Sprintf(`{links: [{from: [east], to: [west]}], clusters: [{name: east, %s},
		{name: west, gke: {project: acme, location: us-west1, endpoints: {public: 203.0.113.2, private: 10.0.0.2, dns: gke-1.us-west1.gke.goog}, %s}]}`, east, west)
}

func tokenAtDNSCases() []ruleCase {
	const east = "gke: {project: acme, location: us-east1}"
	return []ruleCase{
		{name: "chosen by name", spec: onGKE(east, "endpoint: dns}"), want: []mesh.Problem{
			found("spec.clusters[1].gke.tokensViaDNS", "east reads west at its DNS endpoint, where tokens are not known to be enabled",
				"enable them: gcloud container clusters update west --project=acme --location=us-west1 --enable-k8s-tokens-via-dns, and set tokensViaDNS: true", "west"),
		}},
		{name: "switched on", spec: onGKE(east, "endpoint: dns, tokensViaDNS: true}")},
		{name: "with a client certificate", spec: onGKE(east, "endpoint: dns}, reader: {auth: clientCertificate}")},
		{name: "another endpoint", spec: onGKE(east, "private: true}")},
	}
}

func certificateAtDNSCases() []ruleCase {
	const east = "gke: {project: acme, location: us-east1}"
	with := func(server string) string {
		return onGKE(east, "tokensViaDNS: true}, api: {server: \"https://"+server+"\"}")
	}
	authority := func(in *rules.Input) { in.Mesh.Spec.Clusters[1].API.CertificateAuthorityData = []byte("a certificate") }
	return []ruleCase{
		{name: "with the cluster's own authority", spec: with("gke-1.us-west1.gke.goog"), change: authority, want: []mesh.Problem{
			found("spec.clusters[1].api.certificateAuthority", "east reads west at https://gke-1.us-west1.gke.goog and verifies it with another CA, but a public CA signs its certificate",
				"remove certificateAuthority or certificateAuthorityData; or omit api.server: the CA is then omitted for the DNS endpoint", "west"),
		}},
		{name: "at an address", spec: with("10.0.0.2"), change: authority},
		{name: "left out where it is chosen", spec: onGKE(east, "endpoint: dns, tokensViaDNS: true}"), change: authority},
		{name: "with a public one", spec: with("gke-1.us-west1.gke.goog")},
	}
}

func distantCases() []ruleCase {
	const managed = "istio: {distribution: csm, managed: true}, gke: {project: acme, location: us-east1}"
	want := []mesh.Problem{found("spec.clusters[1].api.server", "https://10.0.0.2 is a private address of west, and east has a managed control plane",
		"omit api.server, so that each control plane gets the endpoint that it can reach", "west", "east")}
	return []ruleCase{
		{name: "said", spec: onGKE(managed, "private: true}, api: {server: \"https://10.0.0.2\"}"), want: want},
		{name: "said by kind", spec: onGKE(managed, "private: true, endpoint: private}"), want: want},
		{name: "chosen", spec: onGKE(managed, "private: true}")},
		{name: "in the cluster", spec: onGKE(strings.Replace(managed, "true", "false", 1), "private: true, endpoint: private}")},
		{name: "through a proxy", spec: onGKE(managed, "private: true}, api: {server: \"https://10.0.0.2\", proxyURL: \"http://proxy.test:80\"}")},
	}
}
