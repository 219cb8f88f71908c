package rules_test

import "github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"

func faultCases() map[string][]ruleCase {
	return map[string][]ruleCase{"MESH073": severeFaultCases(), "MESH074": knownFaultCases(), "MESH075": unknownReleaseCases(), "MESH076": retiredRegistryCases()}
}

func severeFaultCases() []ruleCase {
	const (
		federated = ", or use reader.auth: federated, whose remote secrets never change"
		shards    = ": istiod drops the endpoints of a cluster when its remote secret changes, until istiod is restarted; the cluster is reported as synced " +
			"(istio/istio issue 61043)"
		missed   = ": istiod may not pick up a changed remote secret until it is restarted (istio/istio issue 60612)"
		deadlock = ": istiod stops reading remote secrets as soon as one of them changes, until it is restarted (istio/istio issue 59875)"
		ambient  = ": istiod drops the workloads of a cluster for 30 seconds when its remote secret changes, sometimes until istiod is restarted " +
			"(istio/istio pull request 61296)"
		gateways = ": when a remote secret changes or is removed, istiod loses the gateways of remote networks and sends calls to unreachable pods, " +
			"until it is restarted (istio/istio issue 60920)"
	)
	return []ruleCase{
		{
			name: "one finding for the clusters of one version, and the release without any of the faults",
			spec: `{istio: {version: 1.30.2}, clusters: [{name: a}, {name: b}]}`,
			want: []mesh.Problem{
				found("spec.clusters[0].istio.version", "Istio 1.30.2 of a, b"+missed, "upgrade to 1.30.4 or later"+federated, "a", "b"),
				found("spec.clusters[0].istio.version", "Istio 1.30.2 of a, b"+shards, "upgrade to 1.30.4 or later"+federated, "a", "b"),
			},
		},
		{
			name: "each version by itself",
			spec: `{clusters: [{name: a, istio: {version: 1.29.2}}, {name: b, istio: {version: 1.30.3}}, {name: c, istio: {version: 1.30.4}}]}`,
			want: []mesh.Problem{
				found("spec.clusters[0].istio.version", "Istio 1.29.2 of a"+deadlock, "upgrade to 1.29.3 or later"+federated, "a"),
				found("spec.clusters[1].istio.version", "Istio 1.30.3 of b"+shards, "upgrade to 1.30.4 or later"+federated, "b"),
			},
		},
		{
			name: "ambient",
			spec: `{istio: {version: 1.30.3, dataPlane: ambient}, links: [{from: [a], to: [b]}], clusters: [{name: a}, {name: b}]}`,
			want: []mesh.Problem{
				found("spec.clusters[0].istio.version", "Istio 1.30.3 of a"+shards, "upgrade to 1.30.4 or later"+federated, "a"),
				found("spec.clusters[0].istio.version", "Istio 1.30.3 of a"+ambient, "upgrade to 1.30.4 or later"+federated, "a"),
			},
		},
		{
			name: "a cluster that leaves takes gateways away, whatever the credentials are",
			spec: `{istio: {version: 1.30.0}, reader: {auth: federated}, links: [{from: [a], to: [b]}], clusters: [{name: a, network: x}, {name: b, network: z}]}`,
			want: []mesh.Problem{found("spec.clusters[0].istio.version", "Istio 1.30.0 of a"+gateways, "upgrade to 1.30.4 or later", "a")},
		},
		{name: "remote secrets that never change", spec: `{istio: {version: 1.30.2}, reader: {auth: federated}, clusters: [{name: a}, {name: b}]}`},
		{name: "no remote secret", spec: `{istio: {version: 1.30.2}, links: [], clusters: [{name: a}, {name: b}]}`},
		{name: "the release with the fixes", spec: `{istio: {version: 1.30.4}, clusters: [{name: a, network: x}, {name: b, network: z}]}`},
		{name: "a release from before the fault", spec: `{istio: {version: 1.28.9}, clusters: [{name: a}, {name: b}]}`},
		{name: "no version", spec: `{clusters: [{name: a}, {name: b}]}`},
		{name: "builds of vendors have patches of their own", spec: `{istio: {distribution: solo, version: 1.30.2-solo}, clusters: [{name: a}, {name: b, istio: {distribution: csm, version: 1.30.2-asm.1}}]}`},
		{name: "a cluster without a control plane", spec: `{clusters: [{name: a}, {name: b, controlPlane: a, istio: {version: 1.30.2}}]}`},
	}
}

func knownFaultCases() []ruleCase {
	const (
		leak = ": istiod leaks the cached state of a cluster when its remote secret changes, and its memory grows (istio/istio issue 60033)"
		way  = ": ingress gateways bypass the waypoint of a service with workloads in another network, so its policies are not enforced " +
			"(istio/istio issue 61092)"
	)
	return []ruleCase{
		{
			name: "a leak", spec: `{istio: {version: 1.31.0, dataPlane: ambient}, clusters: [{name: a}, {name: b}]}`,
			want: []mesh.Problem{found("spec.clusters[0].istio.version", "Istio 1.31.0 of a, b"+leak,
				"upgrade to 1.31.1 or later, or use reader.auth: federated, whose remote secrets never change", "a", "b")},
		},
		{
			name: "policies of waypoints", spec: `{istio: {version: 1.29.6, dataPlane: ambient}, links: [{from: [a], to: [b]}], clusters: [{name: a, network: x}, {name: b, network: z}]}`,
			want: []mesh.Problem{found("spec.clusters[0].istio.version", "Istio 1.29.6 of a"+way, "upgrade to 1.29.7 or later", "a")},
		},
		{
			name: "the schema of chart gateway", spec: `{istio: {version: 1.26.3}, clusters: [{name: a, network: n1, gateway: {api: istio}}, {name: b, network: n2, gateway: {api: gateway-api}}]}`,
			want: []mesh.Problem{found("spec.clusters[0].istio.version", "Istio 1.26.3 of a: Helm 3.18.5 and later rejects all values of chart gateway, including its defaults, "+
				"without --skip-schema-validation (istio/istio issue 57354)", "upgrade to 1.26.4 or later", "a")},
		},
		{name: "sidecars", spec: `{istio: {version: 1.31.0}, clusters: [{name: a}, {name: b}]}`},
		{name: "the release with the fix", spec: `{istio: {version: 1.31.1, dataPlane: ambient}, clusters: [{name: a}, {name: b}]}`},
	}
}

func unknownReleaseCases() []ruleCase {
	return []ruleCase{
		{
			name: "a later minor release", spec: `{istio: {version: 1.32.0}, clusters: [{name: a}, {name: b, istio: {version: 1.33.1-solo, distribution: solo}}, {name: c, controlPlane: a}]}`,
			want: []mesh.Problem{
				found("spec.clusters[0].istio.version", "Istio 1.32.0 of a, c is newer than 1.31, the last known minor release",
					"upgrade kubectl mesh: kubectl krew upgrade mesh", "a", "c"),
				found("spec.clusters[1].istio.version", "Istio 1.33.1-solo of b is newer than 1.31, the last known minor release",
					"upgrade kubectl mesh: kubectl krew upgrade mesh", "b"),
			},
		},
		{name: "a later patch release", spec: `{istio: {version: 1.31.99}, clusters: [{name: a}]}`},
		{name: "no version", spec: `{clusters: [{name: a}]}`},
	}
}

func retiredRegistryCases() []ruleCase {
	return []ruleCase{
		{
			name: "a registry that is switched off", spec: `{istio: {hub: gcr.io/istio-release}, clusters: [{name: a}, {name: b, istio: {hub: registry.istio.io/release}}]}`,
			want: []mesh.Problem{
				found("spec.clusters[0].istio.hub", "the registry of a, gcr.io/istio-release, is shut down in December 2026",
					"write hub: docker.io/istio, or your own mirror", "a"),
				found("spec.clusters[1].istio.hub", "the registry of b, registry.istio.io/release, is shut down in December 2026",
					"write hub: docker.io/istio, or your own mirror", "b"),
			},
		},
		{name: "a mirror", spec: `{istio: {hub: mirror.example.com/istio-release}, clusters: [{name: a}]}`},
		{name: "the chart's own", spec: `{clusters: [{name: a}]}`},
	}
}
