package rules_test

import "github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"

func releaseCases() map[string][]ruleCase {
	auth := func(field, name, auth string) mesh.Problem {
		return found(field, "reader.auth "+auth+" of "+name+" is not rendered by this release",
			"use reader.auth token, or waive the finding and make the credentials by hand", name)
	}
	return map[string][]ruleCase{"MESH032": {
		{
			name: "an issuer", spec: `{trust: {ca: {provider: certManager}}, clusters: [{name: a}, {name: b}]}`,
			want: []mesh.Problem{found("spec.trust.ca.issuerRef", "no issuer is named for the certificates of the clusters", "write issuerRef: {name: NAME}")},
		},
		{
			name: "a store", spec: `{trust: {ca: {provider: external}}, clusters: [{name: a}, {name: b}]}`,
			want: []mesh.Problem{found("spec.trust.ca.external", "no store is named for the certificates of the clusters", "write external: {secretStoreRef: {name: NAME}}")},
		},
		{name: "both named", spec: `{trust: {ca: {provider: external, issuerRef: {name: m}, external: {secretStoreRef: {name: m}}}}, clusters: [{name: a}, {name: b}]}`},
		{name: "files", spec: `{clusters: [{name: a}, {name: b}]}`},
	}, "MESH014": {
		{
			name: "credentials",
			spec: `{links: [{from: [a], to: [b, c, d, e]}], clusters: [{name: a, reader: {auth: federated}}, {name: b, reader: {auth: federated}}, ` +
				`{name: c, reader: {auth: clientCertificate}}, {name: d, reader: {auth: external, external: {secretStoreRef: {name: s}}}}, {name: e}]}`,
			want: []mesh.Problem{
				auth("spec.clusters[1].reader.auth", "b", "federated"),
				auth("spec.clusters[2].reader.auth", "c", "clientCertificate"),
				auth("spec.clusters[3].reader.auth", "d", "external"),
			},
		},
		{name: "what is rendered", spec: `{clusters: [{name: a}, {name: b, reader: {serviceAccount: istio-reader-service-account}}]}`},
		{name: "peering reads nobody", spec: `{discovery: peering, istio: {distribution: solo}, reader: {auth: federated}, clusters: [{name: a}, {name: b}]}`},
		{name: "a fleet reads nobody", spec: `{discovery: fleet, istio: {distribution: csm}, reader: {auth: federated}, clusters: [{name: a}, {name: b}]}`},
		{name: "a remote", spec: `{links: [], clusters: [{name: p, reader: {auth: federated}}, {name: r, controlPlane: p}]}`},
		{name: "credentials that nobody needs", spec: `{links: [], reader: {auth: federated}, clusters: [{name: a}, {name: b}]}`},
	}}
}
