package upstream

// Feature is something that software has since a release, and sometimes only up to one.
type Feature int

// Features that determine what is rendered, or whether it works.
const (
	// What Istio's control plane does.
	TokenFiles Feature = iota
	GatewayV1
	NetworkingV1
	PeerGateways
	GatedTLSListeners
	AmbientMultiNetwork
	GatewayParameters
	TLSRouteV1

	// What Istio's charts accept.
	ChartVolumes
	RemoteProfile
	GatewayPlatform
	FlatValues
	GKEPlatform

	// What Solo's distribution adds.
	Peering
	PeeringNodePorts
	LegacyMultiSwitch
	DataPlaneStatus
	PeeringXDSOnly
	SoloPublicCharts

	// What Kubernetes serves.
	AdmissionPolicies
	StructuredAuthn
	StructuredAuthnV1

	features // the number of features
)

// Software whose version determines a feature.
type Software string

// The software of the table.
const (
	Istio       Software = "Istio"
	IstioCharts Software = "Istio's charts"
	SoloIstio   Software = "Solo's distribution of Istio"
	Kubernetes  Software = "Kubernetes"
)

// FeatureRow is the versions with a feature.
type FeatureRow struct {
	Of Software
	// Name of the feature in messages, without an article.
	Name string
	Range
	Fact
}

// Has reports whether a version has a feature; one without numbers counts as current.
func (v Version) Has(feature Feature) bool { return featureTable()[feature].Has(v) }

// NameOf returns a feature's name in messages.
func NameOf(feature Feature) string { return featureTable()[feature].Name }

// SinceOf returns the first version with a feature.
func SinceOf(feature Feature) Version { return featureTable()[feature].Since }

// FeatureRows returns the table, sorted by software and version.
func FeatureRows() []FeatureRow {
	table := featureTable()
	return table[:]
}

// featureTable is an array, so that a lookup allocates nothing: rendering does one per peer.
func featureTable() [features]FeatureRow {
	const soloDocs = "docs.solo.io gloo-mesh and istio 1.25 to 1.30, project notes of November 2026; not read upstream"
	return [features]FeatureRow{
		TokenFiles: {
			Of:    Istio,
			Name:  "token files in remote secrets",
			Range: since(at(1, 13, 0)),
			Fact: from("istio/istio pilot/pkg/features/pilot.go at 1.13.0 " +
				"(PILOT_INSECURE_MULTICLUSTER_KUBECONFIG_OPTIONS), pull request 36307"),
		},
		GatewayV1: {Of: Istio, Name: "Gateway of gateway.networking.k8s.io/v1", Range: since(at(1, 20, 0)),
			Fact: from("istio/istio go.mod at 1.20.0: built with Gateway API v1.0.0, the first with v1")},
		NetworkingV1: {
			Of:    Istio,
			Name:  "Gateway of networking.istio.io/v1",
			Range: since(at(1, 22, 0)),
			Fact: from("istio/istio manifests/charts/base/crds/crd-all.gen.yaml at 1.21.0 and 1.22.0: v1 is served from " +
				"1.22.0 on"),
		},
		PeerGateways: {
			Of:    Istio,
			Name:  "discovery of gateways by Gateway objects of class istio-remote",
			Range: since(at(1, 23, 0)),
			Fact: from("istio/istio pilot/pkg/features at 1.22.0 and 1.23.0: PILOT_MULTI_NETWORK_DISCOVER_GATEWAY_API is " +
				"on by default from 1.23.0 on"),
		},
		GatedTLSListeners: {
			Of:    Istio,
			Name:  "listeners of protocol TLS only with PILOT_ENABLE_ALPHA_GATEWAY_API",
			Range: between(at(1, 25, 0), at(1, 30, 0)),
			Fact: from("istio/istio pilot/pkg/config/kube/gateway/conversion.go at 1.24.6, 1.25.0, 1.29.6 and 1.30.0; " +
				"issues 54276 and 59693"),
		},
		AmbientMultiNetwork: {
			Of:    Istio,
			Name:  "ambient mesh across clusters",
			Range: since(at(1, 27, 0)),
			Fact: from("istio/istio pkg/config/constants at 1.26.0 and 1.27.0: class istio-east-west begins with 1.27.0; " +
				"beta since 1.29 by istio.io"),
		},
		GatewayParameters: {
			Of:    Istio,
			Name:  "parametersRef of a Gateway",
			Range: since(at(1, 26, 0)),
			Fact: from("istio/istio pull request 55283 of February 2025, after the branch of 1.25 was cut; " +
				"pilot/pkg/config/kube/gatewaycommon/deploymentcontroller.go at 1.30.0"),
		},
		TLSRouteV1: {
			Of:    Istio,
			Name:  "TLSRoute to istiod for remote clusters",
			Range: since(at(1, 30, 0)),
			Fact: from("istio/istio pkg/config/schema/metadata.yaml at 1.29.0 (v1alpha2) and 1.30.0 (v1); istio/istio.io " +
				"pull request 17394"),
		},
		ChartVolumes: {
			Of:    IstioCharts,
			Name:  "volumes in chart istiod",
			Range: since(at(1, 19, 0)),
			Fact: from("istio/istio manifests/charts/istio-control/istio-discovery/templates/deployment.yaml at 1.18.0 and " +
				"1.19.0"),
		},
		RemoteProfile: {
			Of:    IstioCharts,
			Name:  "profile remote in chart istiod",
			Range: since(at(1, 24, 0)),
			Fact: from("istio/istio manifests/charts/istio-control/istio-discovery/files/profile-remote.yaml: at 1.24.0, " +
				"not at 1.23.0, which fails with unknown profile"),
		},
		GatewayPlatform: {
			Of:    IstioCharts,
			Name:  "platform in chart gateway",
			Range: since(at(1, 22, 0)),
			Fact: from("istio/istio manifests/charts/gateway at the .0 tags from 1.16 to 1.21 and all tags from 1.22.0 to " +
				"1.30.3: read from 1.22.0 on; up to 1.20 the schema refuses it"),
		},
		FlatValues: {
			Of:    IstioCharts,
			Name:  "env and volumes at the top of the values of chart istiod",
			Range: since(at(1, 24, 0)),
			Fact: from("istio/istio manifests/charts/istio-control/istio-discovery/values.yaml at 1.23.0 (below pilot, all " +
				"else is ignored) and 1.24.0"),
		},
		GKEPlatform: {
			Of:    IstioCharts,
			Name:  "platform gke",
			Range: since(at(1, 25, 0)),
			Fact: from("istio/istio manifests/charts/base/files/profile-platform-gke.yaml: at 1.25.0, not at 1.24.6, which " +
				"fails with unknown platform"),
		},
		Peering:          {Of: SoloIstio, Name: "peering", Range: since(at(1, 24, 3)), Fact: from(soloDocs)},
		PeeringNodePorts: {Of: SoloIstio, Name: "peering at node ports", Range: since(at(1, 28, 0)), Fact: from(soloDocs)},
		LegacyMultiSwitch: {
			Of:    SoloIstio,
			Name:  "DISABLE_LEGACY_MULTICLUSTER",
			Range: since(at(1, 28, 0)),
			Fact:  from(soloDocs),
		},
		DataPlaneStatus: {
			Of:    SoloIstio,
			Name:  "condition gloo.solo.io/PeerDataPlaneProgrammed",
			Range: since(at(1, 28, 0)),
			Fact:  from(soloDocs),
		},
		PeeringXDSOnly: {
			Of:    SoloIstio,
			Name:  "peers without a listener for data",
			Range: since(at(1, 28, 2)),
			Fact: from("public manifests made by Solo's istioctl 1.28.2 and 1.30, project notes of November 2026; not read " +
				"upstream"),
		},
		SoloPublicCharts: {
			Of:    SoloIstio,
			Name:  "public registry of charts and images",
			Range: since(at(1, 29, 0)),
			Fact:  from(soloDocs),
		},
		AdmissionPolicies: {
			Of:    Kubernetes,
			Name:  "ValidatingAdmissionPolicy",
			Range: since(at(1, 30, 0)),
			Fact: from("https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy: stable since " +
				"v1.30"),
		},
		StructuredAuthn: {Of: Kubernetes, Name: "structured authentication", Range: since(at(1, 30, 0)),
			Fact: from("https://kubernetes.io/blog/2024/04/25/structured-authentication-moves-to-beta")},
		StructuredAuthnV1: {
			Of:    Kubernetes,
			Name:  "structured authentication v1",
			Range: since(at(1, 34, 0)),
			Fact: from("https://github.com/kubernetes/enhancements/issues/3331: stable since v1.34; measured with " +
				"kube-apiserver 1.36.3"),
		},
	}
}
