package helm_test

import (
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/helm"
)

func TestRepository(t *testing.T) {
	for _, test := range []struct {
		hub  string
		solo bool
		want string
	}{
		{"", false, "istio/"},
		{"mirror.example.com/istio", false, "istio/"},
		{"us-docker.pkg.dev/soloio-img/istio", true, "oci://us-docker.pkg.dev/soloio-img/istio-helm/"},
		{"us-docker.pkg.dev/gloo-mesh/istio-0123456789ab", true, "oci://us-docker.pkg.dev/gloo-mesh/istio-helm-0123456789ab/"},
		{"mirror.example.com/solo", true, ""},
		{"", true, ""},
	} {
		if got := helm.Repository(test.hub, test.solo); got != test.want {
			t.Errorf("Repository(%q, %t) = %q, want %q", test.hub, test.solo, got, test.want)
		}
	}
}

func TestSoloVersion(t *testing.T) {
	for version, want := range map[string]string{
		"1.30.2": "1.30.2-solo", "1.28.0-solo": "1.28.0-solo", "1.26.1-patch0": "1.26.1-patch0-solo", "1.27.1-solo-fips": "1.27.1-solo-fips",
	} {
		if got := helm.SoloVersion(version); got != want {
			t.Errorf("SoloVersion(%s) = %s, want %s", version, got, want)
		}
	}
}
