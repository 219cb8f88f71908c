package upstream

// Feature is something that software has from a release on, and sometimes only up to one.
type Feature int

// The features that decide what is rendered, or whether it works.
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

	// What Istio's charts take.
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

	features // how many there are
)

// Software is whose version a feature goes by.
type Software string

// The software of the table.
const (
	Istio       Software = "Istio"
	IstioCharts Software = "Istio's charts"
	SoloIstio   Software = "Solo's distribution of Istio"
	Kubernetes  Software = "Kubernetes"
)

// FeatureRow says which versions have a feature.
type FeatureRow struct {
	Of Software
	// Name is how messages call the feature, without an article.
	Name string
	Range
	Fact
}

// Has tells whether a version has a feature; one without numbers is a current one.
func (v Version) Has(feature Feature) bool { return featureTable()[feature].Has(v) }

// NameOf is how messages call a feature.
func NameOf(feature Feature) string { return featureTable()[feature].Name }

// SinceOf is the first version that has a feature.
func SinceOf(feature Feature) Version { return featureTable()[feature].Since }

// FeatureRows returns the table, sorted by software and version.
func FeatureRows() []FeatureRow {
	table := featureTable()
	return table[:]
}

// featureTable is an array, so that a look-up allocates nothing: a rendering asks for every peer.
func featureTable() [features]FeatureRow {
	const soloDocs = "docs.solo.io gloo-mesh and istio 1.25 to 1.30, project notes of November 2026; not read upstream"
	return [features]FeatureRow{
		TokenFiles: {Istio, "token files in remote secrets", Range{Since: at(1, 13, 0)},
			Fact{"istio/istio pilot/pkg/features/pilot.go at 1.13.0 (PILOT_INSECURE_MULTICLUSTER_KUBECONFIG_OPTIONS), pull request 36307", read}},
		GatewayV1: {Istio, "Gateway of gateway.networking.k8s.io/v1", Range{Since: at(1, 20, 0)},
			Fact{"istio/istio go.mod at 1.20.0: built with Gateway API v1.0.0, the first with v1", read}},
		NetworkingV1: {Istio, "Gateway of networking.istio.io/v1", Range{Since: at(1, 22, 0)},
			Fact{"istio/istio manifests/charts/base/crds/crd-all.gen.yaml at 1.21.0 and 1.22.0: v1 is served from 1.22.0 on", read}},
		PeerGateways: {Istio, "discovery of gateways by Gateway objects of class istio-remote", Range{Since: at(1, 23, 0)},
			Fact{"istio/istio pilot/pkg/features at 1.22.0 and 1.23.0: PILOT_MULTI_NETWORK_DISCOVER_GATEWAY_API is on by default from 1.23.0 on", read}},
		GatedTLSListeners: {Istio, "listeners of protocol TLS only with PILOT_ENABLE_ALPHA_GATEWAY_API", Range{at(1, 25, 0), at(1, 30, 0)},
			Fact{"istio/istio pilot/pkg/config/kube/gateway/conversion.go at 1.24.6, 1.25.0, 1.29.6 and 1.30.0; issues 54276 and 59693", read}},
		AmbientMultiNetwork: {Istio, "ambient mesh across clusters", Range{Since: at(1, 27, 0)},
			Fact{"istio/istio pkg/config/constants at 1.26.0 and 1.27.0: class istio-east-west begins with 1.27.0; beta since 1.29 by istio.io", read}},
		GatewayParameters: {Of: Istio, Name: "parametersRef of a Gateway", Range: Range{Since: at(1, 26, 0)},
			Fact: Fact{Source: "istio/istio pull request 55283 of February 2025, after the branch of 1.25 was cut; pilot/pkg/config/kube/gatewaycommon/deploymentcontroller.go at 1.30.0", Checked: read}},
		TLSRouteV1: {Istio, "TLSRoute to istiod for remote clusters", Range{Since: at(1, 30, 0)},
			Fact{"istio/istio pkg/config/schema/metadata.yaml at 1.29.0 (v1alpha2) and 1.30.0 (v1); istio/istio.io pull request 17394", read}},
		ChartVolumes: {IstioCharts, "volumes in chart istiod", Range{Since: at(1, 19, 0)},
			Fact{"istio/istio manifests/charts/istio-control/istio-discovery/templates/deployment.yaml at 1.18.0 and 1.19.0", read}},
		RemoteProfile: {IstioCharts, "profile remote in chart istiod", Range{Since: at(1, 24, 0)},
			Fact{"istio/istio manifests/charts/istio-control/istio-discovery/files/profile-remote.yaml: at 1.24.0, not at 1.23.0, which fails with unknown profile", read}},
		GatewayPlatform: {IstioCharts, "platform in chart gateway", Range{Since: at(1, 22, 0)},
			Fact{"istio/istio manifests/charts/gateway at the .0 tags from 1.16 to 1.21 and all tags from 1.22.0 to 1.30.3: read from 1.22.0 on; up to 1.20 the schema refuses it", read}},
		FlatValues: {IstioCharts, "env and volumes at the top of the values of chart istiod", Range{Since: at(1, 24, 0)},
			Fact{"istio/istio manifests/charts/istio-control/istio-discovery/values.yaml at 1.23.0 (below pilot, all else is ignored) and 1.24.0", read}},
		GKEPlatform: {IstioCharts, "platform gke", Range{Since: at(1, 25, 0)},
			Fact{"istio/istio manifests/charts/base/files/profile-platform-gke.yaml: at 1.25.0, not at 1.24.6, which fails with unknown platform", read}},
		Peering:           {SoloIstio, "peering", Range{Since: at(1, 24, 3)}, Fact{soloDocs, read}},
		PeeringNodePorts:  {SoloIstio, "peering at node ports", Range{Since: at(1, 28, 0)}, Fact{soloDocs, read}},
		LegacyMultiSwitch: {SoloIstio, "DISABLE_LEGACY_MULTICLUSTER", Range{Since: at(1, 28, 0)}, Fact{soloDocs, read}},
		DataPlaneStatus:   {SoloIstio, "condition gloo.solo.io/PeerDataPlaneProgrammed", Range{Since: at(1, 28, 0)}, Fact{soloDocs, read}},
		PeeringXDSOnly: {SoloIstio, "peers without a listener for data", Range{Since: at(1, 28, 2)},
			Fact{"public manifests made by Solo's istioctl 1.28.2 and 1.30, project notes of November 2026; not read upstream", read}},
		SoloPublicCharts: {SoloIstio, "public registry of charts and images", Range{Since: at(1, 29, 0)}, Fact{soloDocs, read}},
		AdmissionPolicies: {Kubernetes, "ValidatingAdmissionPolicy", Range{Since: at(1, 30, 0)},
			Fact{"https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy: stable since v1.30", read}},
		StructuredAuthn: {Kubernetes, "structured authentication", Range{Since: at(1, 30, 0)},
			Fact{"https://kubernetes.io/blog/2024/04/25/structured-authentication-moves-to-beta", read}},
		StructuredAuthnV1: {Kubernetes, "structured authentication v1", Range{Since: at(1, 34, 0)},
			Fact{"https://github.com/kubernetes/enhancements/issues/3331: stable since v1.34; measured with kube-apiserver 1.36.3", read}},
	}
}
