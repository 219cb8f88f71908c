package rules_test

import "github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"

func releaseCases() map[string][]ruleCase {
	discovery := func(name string) mesh.Problem {
		return found("spec.discovery", "discovery "+name+" is not rendered by this release",
			"use discovery remoteSecret, or waive the finding and make its objects by hand")
	}
	auth := func(field, name, auth string) mesh.Problem {
		return found(field, "reader.auth "+auth+" of "+name+" is not rendered by this release",
			"use reader.auth token, or waive the finding and make the credentials by hand", name)
	}
	return map[string][]ruleCase{"MESH014": {
		{
			name: "peering",
			spec: `{discovery: peering, istio: {distribution: solo}, clusters: [{name: a}, {name: b}]}`,
			want: []mesh.Problem{discovery("peering")},
		},
		{
			name: "fleet",
			spec: `{discovery: fleet, istio: {distribution: csm}, clusters: [{name: a}, {name: b}]}`,
			want: []mesh.Problem{discovery("fleet")},
		},
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
		{
			name: "a remote",
			spec: `{links: [], clusters: [{name: p}, {name: r, controlPlane: p}, {name: q, controlPlane: q}]}`,
			want: []mesh.Problem{found("spec.clusters[1].controlPlane", "the remote side of r, which p serves, is not rendered by this release",
				"give the cluster a control plane of its own, or waive the finding and install the remote by hand", "r")},
		},
		{name: "what is rendered", spec: `{clusters: [{name: a}, {name: b, reader: {serviceAccount: istio-reader-service-account}}]}`},
		{name: "peering without links", spec: `{discovery: peering, istio: {distribution: solo}, links: [], clusters: [{name: a}, {name: b}]}`},
		{name: "credentials that nobody needs", spec: `{links: [], reader: {auth: federated}, clusters: [{name: a}, {name: b}]}`},
	}}
}
