package upstream

// Bundle is a release of Gateway API's CRDs.
type Bundle struct {
	// Istio releases that it is for.
	Istio Range
	// Version of the bundle: v1.5.1.
	Version string
	Fact
}

// URL of the bundle's standard CRDs.
func (b Bundle) URL() string {
	return "https://github.com/kubernetes-sigs/gateway-api/releases/download/" + b.Version + "/standard-install.yaml"
}

// BundleRows returns the table, newest Istio release first. A bundle is the one that a release was built with: istiod
// ignores kinds of an older one, and some releases do not start with a newer one (istio/istio issue 59443).
func BundleRows() []Bundle {
	const built = "istio/istio go.mod at "
	return []Bundle{
		{Istio: since(at(1, 31, 0)), Version: "v1.6.0", Fact: from(built + "1.31.0-rc.0 and on branch release-1.31")},
		{Istio: between(at(1, 30, 0), at(1, 31, 0)), Version: "v1.5.1", Fact: from(built + "1.30.0 and 1.30.3")},
		{
			Istio:   between(at(1, 28, 0), at(1, 30, 0)),
			Version: "v1.4.1",
			Fact:    from(built + "1.28.10 and 1.29.6; v1.4.0 at 1.28.0 and 1.29.0"),
		},
		{Istio: between(at(1, 26, 0), at(1, 28, 0)), Version: "v1.3.0", Fact: from(built + "1.26.1 and 1.27.9")},
		{
			Istio:   between(at(1, 22, 0), at(1, 26, 0)),
			Version: "v1.2.1",
			Fact: from(built + "1.25.0; earlier ones were built with v1.1.0, whose standard Gateway has no " +
				"spec.infrastructure, and read the same versions (pkg/config/schema/metadata.yaml at 1.22.0)"),
		},
		{
			Istio:   Range{Before: at(1, 22, 0)},
			Version: "v1.0.0",
			Fact:    from(built + "1.20.0; 1.21 reads GRPCRoute v1alpha2, which later bundles do not serve"),
		},
	}
}

// GatewayAPI returns the bundle for an Istio version.
func GatewayAPI(v Version) Bundle {
	rows := BundleRows()
	for _, row := range rows {
		if row.Istio.Has(v) {
			return row
		}
	}
	return rows[0]
}
