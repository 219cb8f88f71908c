package upstream

// Charts is a repository of Istio's charts.
type Charts struct {
	// Alias is the name of the repository in INSTALL.md.
	Alias string
	// Repository is the URL for `helm repo add`, OCI the same charts in a registry.
	Repository, OCI string
	// Versions published there.
	Versions Range
	// Retired is the month in which it is shut down, such as December 2026; empty if none is announced.
	Retired string
	Fact
}

// ChartRows returns the table, the preferred repository first.
func ChartRows() []Charts {
	const move = "https://istio.io/latest/blog/2026/retirement-of-gcp: "
	return []Charts{
		{Alias: "istio", Repository: "https://blob.istio.io/istio-release/charts", OCI: "oci://ghcr.io/istio/release/charts",
			Fact: from(move + "all charts of all versions, and the only place from 1.31 on")},
		{
			Alias:      "istio",
			Repository: "https://istio-release.storage.googleapis.com/charts",
			OCI:        "oci://gcr.io/istio-release/charts",
			Versions:   Range{Before: at(1, 31, 0)},
			Retired:    "December 2026",
			Fact: from(move + "1.30 is the last minor release there; istio/istio issue 61467 names the trial outages " +
				"until 2026-12-09"),
		},
	}
}

// ChartsOf returns the repository that has a version's charts permanently.
func ChartsOf(v Version) Charts {
	rows := ChartRows()
	for _, row := range rows {
		if row.Retired == "" && row.Versions.Has(v) {
			return row
		}
	}
	return rows[0]
}

// HelmFloor returns the oldest Helm that installs the charts.
func HelmFloor() Helm {
	return Helm{
		Version: "3.6",
		Fact: Fact{
			Source: "https://istio.io/latest/docs/setup/install/helm and https://istio.io/latest/docs/ambient/install/helm: " +
				"version 3.6 or above, with every release since 1.15",
			Checked: "2026-11-30",
		},
	}
}

// Helm is a version of Helm.
type Helm struct {
	Version string
	Fact
}

// Images is the registry of a release's images.
type Images struct {
	Range
	// Default is the registry in the release's charts (global.hub).
	Default string
	// Retired is the month in which it is shut down, such as December 2026; empty if none is announced.
	Retired string
	// Instead is a registry with the same images; empty if Default stays.
	Instead string
	Fact
}

// ImageRows returns the table, oldest release first.
func ImageRows() []Images {
	const build = "istio/release-builder release/build.sh (DOCKER_HUB) on branches release-1.26 to release-1.31; " +
		"https://istio.io/latest/blog/2026/retirement-of-gcp"
	return []Images{
		{Range: Range{Before: at(1, 30, 0)}, Default: dockerHub, Fact: from(build)},
		{
			Range:   between(at(1, 30, 0), at(1, 31, 0)),
			Default: "registry.istio.io/release",
			Retired: "December 2026",
			Instead: dockerHub,
			Fact:    from(build),
		},
		{Range: since(at(1, 31, 0)), Default: dockerHub, Fact: from(build)},
	}
}

const dockerHub = "docker.io/istio"

// ImageHub returns the registry to set for a version whose charts use a retired one; empty if the charts' default
// works, or if the version is unspecified.
func ImageHub(v Version) string {
	for _, row := range ImageRows() {
		if v.Stated() && row.Has(v) {
			return row.Instead
		}
	}
	return ""
}

// RetiredRegistry returns when a registry is shut down, and which registry has the same images.
func RetiredRegistry(hub string) (month, instead string, retired bool) {
	switch hub {
	case "registry.istio.io/release", "gcr.io/istio-release":
		return "December 2026", dockerHub, true
	}
	return "", "", false
}
