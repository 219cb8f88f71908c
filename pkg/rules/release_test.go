package rules_test

import "github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"

func releaseCases() map[string][]ruleCase {
	return map[string][]ruleCase{"MESH033": federatedCases(), "MESH044": {
		{
			name: "an old Kubernetes", spec: `{admissionPolicy: true, clusters: [{name: a, kubernetesVersion: v1.29.9-eks-1}, {name: b, kubernetesVersion: v1.30.0}, {name: c}]}`,
			want: []mesh.Problem{found("spec.clusters[0].kubernetesVersion", "Kubernetes v1.29.9-eks-1 in a has no ValidatingAdmissionPolicy, which requires 1.30 or later",
				"upgrade it, or omit spec.admissionPolicy", "a")},
		},
		{
			name: "no remote secrets", spec: `{admissionPolicy: true, discovery: peering, istio: {distribution: solo}, clusters: [{name: a}, {name: b}]}`,
			want: []mesh.Problem{found("spec.admissionPolicy", "with discovery peering there are no remote secrets to admit", "omit spec.admissionPolicy")},
		},
		{name: "no control plane", spec: `{admissionPolicy: true, clusters: [{name: a, kubernetesVersion: v1.29.9, controlPlane: b}, {name: b}]}`},
		{name: "not asked for", spec: `{clusters: [{name: a, kubernetesVersion: v1.29.9}, {name: b}]}`},
	}, "MESH034": {
		{
			name: "EKS", spec: `{reader: {auth: clientCertificate}, links: [{from: [a], to: [b]}], clusters: [{name: a}, {name: b, platform: eks}]}`,
			want: []mesh.Problem{found("spec.clusters[1].reader.auth", "b is on EKS, which signs no client certificates", "use reader.auth: token for it", "b")},
		},
		{name: "GKE", spec: `{reader: {auth: clientCertificate}, clusters: [{name: a}, {name: b, platform: gke}]}`},
		{name: "nobody reads it", spec: `{reader: {auth: clientCertificate}, links: [], clusters: [{name: a, platform: eks}, {name: b}]}`},
	}, "MESH032": {
		{
			name: "an issuer", spec: `{trust: {ca: {provider: certManager}}, clusters: [{name: a}, {name: b}]}`,
			want: []mesh.Problem{found("spec.trust.ca.issuerRef", "no issuer is set for the clusters' certificates", "set issuerRef: {name: NAME}")},
		},
		{
			name: "a store", spec: `{trust: {ca: {provider: external}}, clusters: [{name: a}, {name: b}]}`,
			want: []mesh.Problem{found("spec.trust.ca.external", "no secret store is set for the clusters' certificates", "set external: {secretStoreRef: {name: NAME}}")},
		},
		{name: "both named", spec: `{trust: {ca: {provider: external, issuerRef: {name: m}, external: {secretStoreRef: {name: m}}}}, clusters: [{name: a}, {name: b}]}`},
		{name: "files", spec: `{clusters: [{name: a}, {name: b}]}`},
	}}
}

func federatedCases() []ruleCase {
	const issuers = `api: {serviceAccountIssuer: "https://a.example"}`
	spec := func(a, b string) string {
		return `{links: [{from: [a], to: [b]}], clusters: [{name: a, ` + a + `}, {name: b, reader: {auth: federated, discoveryURL: "https://d.example/"}, ` + b + `}]}`
	}
	field := "spec.clusters[1].reader.auth"
	return []ruleCase{
		{name: "an issuer that nobody knows", spec: spec(`network: net`, `network: net`), want: []mesh.Problem{awaited(found(field,
			"b must trust the issuer of a, which is unknown", "set api.serviceAccountIssuer of a, or: kubectl mesh collect --cluster a", "b", "a"))}},
		{name: "one issuer for both", spec: spec(issuers, issuers), want: []mesh.Problem{found(field,
			"b and a have the same issuer, https://a.example: neither can distinguish their tokens", "give a a unique issuer: --service-account-issuer", "b", "a")}},
		{name: "keys that nobody knows", spec: spec(issuers, `network: net`), want: []mesh.Problem{awaited(found(field,
			"the public keys of a must be served for b, but are unknown", "set api.serviceAccountJWKS of a, or: kubectl mesh collect --cluster a", "b", "a"))}},
		{name: "an old Kubernetes", spec: spec(known, `kubernetesVersion: v1.29.9`), want: []mesh.Problem{found("spec.clusters[1].kubernetesVersion",
			"Kubernetes v1.29.9 in b has no structured authentication, which requires 1.30 or later", "upgrade it, or use reader.auth: token for it", "b")}},
		{name: "a managed API server", spec: spec(known, `platform: eks`), want: []mesh.Problem{found(field,
			"b runs on EKS, which does not offer --authentication-config", "use reader.auth: token for it", "b")}},
		{name: "all is there", spec: spec(known, `kubernetesVersion: v1.30.0`)},
		{name: "nobody reads it", spec: `{links: [], reader: {auth: federated}, clusters: [{name: a}, {name: b}]}`},
	}
}

// known is a cluster with an issuer and its public keys.
const known = `api: {serviceAccountIssuer: "https://a.example", serviceAccountJWKS: '{"keys":[{"kty":"EC","crv":"P-256","kid":"k","use":"sig",` +
	`"x":"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4","y":"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM"}]}'}`
