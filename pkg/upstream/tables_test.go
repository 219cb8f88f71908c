package upstream_test

import (
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/upstream"
)

func quote(text string) string { return strconv.Quote(text) }

// Every row says where the fact was read and when, and is there once.
func TestRows(t *testing.T) {
	names := map[string]bool{}
	for _, row := range upstream.Rows() {
		if names[row.Name] {
			t.Errorf("two rows are called %q", row.Name)
		}
		names[row.Name] = true
		day, err := time.Parse(time.DateOnly, row.Checked)
		if err != nil || day.Year() < 2026 {
			t.Errorf("%s: checked on %q: %v", row.Name, row.Checked, err)
		}
		if !strings.Contains(row.Source, " ") && !strings.Contains(row.Source, "://") || strings.TrimSpace(row.Source) != row.Source {
			t.Errorf("%s: source %q", row.Name, row.Source)
		}
	}
	if len(names) < 40 {
		t.Errorf("%d rows", len(names))
	}
}

func TestStale(t *testing.T) {
	all := upstream.Rows()
	day := func(text string) time.Time {
		parsed, err := time.Parse(time.DateOnly, text)
		if err != nil {
			t.Fatal(err)
		}
		return parsed
	}
	newest := slices.MaxFunc(all, func(a, b upstream.Row) int { return strings.Compare(a.Checked, b.Checked) }).Checked
	oldest := slices.MinFunc(all, func(a, b upstream.Row) int { return strings.Compare(a.Checked, b.Checked) }).Checked
	if stale := upstream.Stale(day(oldest).AddDate(0, 6, 0)); len(stale) != 0 {
		t.Errorf("stale after six months: %v", stale)
	}
	if stale := upstream.Stale(day(newest).AddDate(0, 6, 2)); len(stale) != len(all) {
		t.Errorf("%d of %d rows are stale after more than six months", len(stale), len(all))
	}
}

// Every feature that code can name has a row, with a first version.
func TestFeatures(t *testing.T) {
	for i, row := range upstream.FeatureRows() {
		if !row.Since.Stated() || row.Name == "" || row.Of == "" {
			t.Errorf("feature %d has no row: %+v", i, row)
		}
	}
	for _, test := range []struct {
		version string
		feature upstream.Feature
		want    bool
	}{
		{"1.21.6", upstream.GatewayPlatform, false},
		{"1.22.0", upstream.GatewayPlatform, true},
		{"1.26.9", upstream.AmbientMultiNetwork, false},
		{"1.27.0", upstream.AmbientMultiNetwork, true},
		{"1.24.6", upstream.GatedTLSListeners, false},
		{"1.29.9", upstream.GatedTLSListeners, true},
		{"1.30.0", upstream.GatedTLSListeners, false},
		{"", upstream.GatedTLSListeners, false},
		{"", upstream.TLSRouteV1, true},
		{"rapid", upstream.TLSRouteV1, true},
		{"v1.33.9-gke.1", upstream.StructuredAuthnV1, false},
	} {
		if got := upstream.VersionOf(test.version).Has(test.feature); got != test.want {
			t.Errorf("%q has %s: %t", test.version, upstream.NameOf(test.feature), got)
		}
	}
}

func TestCharts(t *testing.T) {
	for _, version := range []string{"", "1.20.0", "1.30.4", "1.31.0", "1.99.0"} {
		charts := upstream.ChartsOf(upstream.VersionOf(version))
		if charts.Repository != "https://blob.istio.io/istio-release/charts" || charts.OCI != "oci://ghcr.io/istio/release/charts" || charts.Retired != "" {
			t.Errorf("charts of %q: %+v", version, charts)
		}
	}
	for version, want := range map[string]string{"": "", "1.29.9": "", "1.30.0": "docker.io/istio", "1.30.99": "docker.io/istio", "1.31.0": ""} {
		if got := upstream.ImageHub(upstream.VersionOf(version)); got != want {
			t.Errorf("ImageHub(%q) = %q, want %q", version, got, want)
		}
	}
	for hub, want := range map[string]bool{"registry.istio.io/release": true, "gcr.io/istio-release": true, "docker.io/istio": false, "": false} {
		if month, instead, retired := upstream.RetiredRegistry(hub); retired != want || want && (month != "December 2026" || instead != "docker.io/istio") {
			t.Errorf("RetiredRegistry(%q) = %q, %q, %t", hub, month, instead, retired)
		}
	}
}

func TestGatewayAPI(t *testing.T) {
	for version, want := range map[string]string{
		"1.11.0": "v1.0.0", "1.21.9": "v1.0.0", "1.22.0": "v1.2.1", "1.25.5": "v1.2.1", "1.26.0": "v1.3.0", "1.27.9": "v1.3.0",
		"1.28.0": "v1.4.1", "1.29.8": "v1.4.1", "1.30.5": "v1.5.1", "1.31.0": "v1.6.0", "1.32.0": "v1.6.0", "": "v1.6.0",
	} {
		if got := upstream.GatewayAPI(upstream.VersionOf(version)); got.Version != want {
			t.Errorf("Gateway API of %q is %s, want %s", version, got.Version, want)
		}
	}
	const url = "https://github.com/kubernetes-sigs/gateway-api/releases/download/v1.5.1/standard-install.yaml"
	if got := upstream.GatewayAPI(upstream.VersionOf("1.30.0")).URL(); got != url {
		t.Errorf("got %s", got)
	}
}

func TestFaults(t *testing.T) {
	rotating := upstream.Situation{Sidecars: true, RemoteClusters: true, ChangingSecrets: true}
	networks := upstream.Situation{Sidecars: true, RemoteClusters: true, RemoteNetworks: true}
	ambient := upstream.Situation{Ambient: true, RemoteClusters: true, ChangingSecrets: true, RemoteNetworks: true}
	bundle := func(version string) upstream.Situation {
		return upstream.Situation{GatewayAPI: upstream.VersionOf(version)}
	}
	for name, test := range map[string]struct {
		version string
		is      upstream.Situation
		want    string
		fixed   string
	}{
		"the deadlock begins":         {"1.29.0", rotating, "59875", "1.29.3"},
		"the deadlock ends":           {"1.29.3", rotating, "", ""},
		"rotation in the first patch": {"1.30.0", rotating, "60612 61043", "1.30.4"},
		"rotation in the last patch":  {"1.30.3", rotating, "61043", "1.30.4"},
		"rotation is mended":          {"1.30.4", rotating, "", ""},
		"a build of a faulty release": {"1.30.3-mine", rotating, "61043", "1.30.4"},
		"gateways of networks":        {"1.30.3", networks, "60920", "1.30.4"},
		"nothing changes":             {"1.30.3", upstream.Situation{Sidecars: true, RemoteClusters: true}, "", ""},
		"ambient, severe ones first":  {"1.30.3", ambient, "61043 61296 61092 60033", "1.30.4"},
		"ambient of the first 1.31":   {"1.31.0", ambient, "61342 60033", ""},
		"ambient of the second 1.31":  {"1.31.1", ambient, "61342", ""},
		"ambient of 1.29":             {"1.29.6", ambient, "61092", "1.29.7"},
		"no version":                  {"", ambient, "61342", ""},
		"a channel":                   {"rapid", ambient, "61342", ""},
		"a newer Gateway API":         {"1.29.1", bundle("v1.5.1"), "59443", "1.29.2"},
		"an old Istio beside it":      {"1.20.0", bundle("v1.6.3"), "59443", "1.27.9"},
		"its own Gateway API":         {"1.29.1", bundle("v1.4.1"), "", ""},
		"an unknown Gateway API":      {"1.29.1", bundle(""), "", ""},
		"gateway of 1.20":             {"1.20.8", upstream.Situation{HelmGateway: true}, "", ""},
		"gateway of 1.24":             {"1.24.6", upstream.Situation{HelmGateway: true}, "57354", "1.25.5"},
		"gateway of the last 1.25":    {"1.25.5", upstream.Situation{HelmGateway: true}, "", ""},
		"gateway of 1.26.3":           {"1.26.3", upstream.Situation{HelmGateway: true}, "57354", "1.26.4"},
		"gateway of 1.27.0":           {"1.27.0", upstream.Situation{HelmGateway: true}, "57354", "1.27.1"},
		"gateway of 1.27.1":           {"1.27.1", upstream.Situation{HelmGateway: true}, "", ""},
		"gateway without a version":   {"", upstream.Situation{HelmGateway: true}, "", ""},
		"Gateway API that it ignores": {"1.29.2", bundle("v1.5.1"), "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			version := upstream.VersionOf(test.version)
			found := upstream.Faults(version, test.is)
			var got []string
			for _, fault := range found {
				got = append(got, fault.Thread[strings.LastIndexByte(fault.Thread, ' ')+1:])
			}
			if diff := cmp.Diff(test.want, strings.Join(got, " ")); diff != "" {
				t.Errorf("faults (-want +got):\n%s", diff)
			}
			if fixed := upstream.Fixed(version, found).String(); fixed != test.fixed {
				t.Errorf("fixed in %q, want %q", fixed, test.fixed)
			}
			if len(found) > 0 && !upstream.Faulty(version) {
				t.Errorf("%s is not faulty", version)
			}
		})
	}
}

// Each fault has a thread to read, a symptom that completes a sentence, and releases whose range has both ends or only one.
func TestFaultRows(t *testing.T) {
	for _, fault := range upstream.FaultRows() {
		kind, number := "", 0
		fields := strings.Fields(strings.TrimPrefix(fault.Thread, "istio/istio "))
		if len(fields) > 1 {
			kind = strings.Join(fields[:len(fields)-1], " ")
			number, _ = strconv.Atoi(fields[len(fields)-1])
		}
		if kind != "issue" && kind != "pull request" || number < 50000 {
			t.Errorf("thread %q", fault.Thread)
		}
		if want := "https://github.com/istio/istio/" + map[string]string{"issue": "issues/", "pull request": "pull/"}[kind] + strconv.Itoa(number); fault.URL() != want {
			t.Errorf("URL of %s is %s, want %s", fault.Thread, fault.URL(), want)
		}
		if fault.Symptom == "" || strings.HasSuffix(fault.Symptom, ".") || len(fault.Affected) == 0 ||
			fault.Severity != upstream.Severe && fault.Severity != upstream.Warning {
			t.Errorf("%s: %+v", fault.Thread, fault)
		}
		for _, affected := range fault.Affected {
			if affected.Since.Stated() && affected.Before.Stated() && affected.Since.AtLeast(affected.Before) {
				t.Errorf("%s: range %s is empty", fault.Thread, affected)
			}
		}
	}
}

func TestNewer(t *testing.T) {
	if known := upstream.HighestKnown(); known.Minor() != "1.31" {
		t.Errorf("the highest known version is %s: the tables of charts, images and Gateway API have to know it too", known)
	}
	for version, want := range map[string]bool{"": false, "rapid": false, "1.30.9": false, "1.31.99": false, "1.32-alpha.1": true, "1.32.0": true, "2.0.0": true} {
		if upstream.Newer(upstream.VersionOf(version)) != want {
			t.Errorf("Newer(%q) = %t", version, !want)
		}
	}
}

func TestRange(t *testing.T) {
	since, before := upstream.VersionOf("1.25.0"), upstream.VersionOf("1.30.0")
	for text, r := range map[string]upstream.Range{
		"every version":       {},
		">= 1.25.0":           {Since: since},
		"< 1.30.0":            {Before: before},
		">= 1.25.0, < 1.30.0": {Since: since, Before: before},
	} {
		if r.String() != text {
			t.Errorf("got %q, want %q", r, text)
		}
	}
}

func TestSolo(t *testing.T) {
	for version, want := range map[string]string{
		"1.30.2": "1.30.2-solo", "1.28.0-solo": "1.28.0-solo", "1.26.1-patch0": "1.26.1-patch0-solo", "1.27.1-solo-fips": "1.27.1-solo-fips",
	} {
		if got := upstream.SoloVersion(version); got != want {
			t.Errorf("SoloVersion(%s) = %s, want %s", version, got, want)
		}
	}
	for hub, want := range map[string]string{
		"us-docker.pkg.dev/soloio-img/istio":             "oci://us-docker.pkg.dev/soloio-img/istio-helm/",
		"us-docker.pkg.dev/gloo-mesh/istio-0123456789ab": "oci://us-docker.pkg.dev/gloo-mesh/istio-helm-0123456789ab/",
		"mirror.example.com/solo":                        "",
		"":                                               "",
	} {
		if got := upstream.SoloCharts(hub); got != want {
			t.Errorf("SoloCharts(%q) = %q, want %q", hub, got, want)
		}
	}
}
