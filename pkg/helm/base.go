package helm

// baseValues are the values of chart base: CRDs and the default webhook.
type baseValues struct {
	DefaultRevision string     `json:"defaultRevision,omitempty"`
	Global          baseGlobal `json:"global"`
	Profile         string     `json:"profile,omitempty"`
}

type baseGlobal struct {
	IstioNamespace string `json:"istioNamespace"`
	Platform       string `json:"platform,omitempty"`
}

// The validating webhook refers to the revision's Service.
func (v values) base() Chart {
	return Chart{Name: "base", Release: "istio-base", Namespace: v.cluster.Istio.Namespace, Values: baseValues{
		DefaultRevision: v.cluster.Istio.Revision,
		Global:          baseGlobal{IstioNamespace: v.cluster.Istio.Namespace, Platform: v.platform()},
		Profile:         v.profile(),
	}}
}
