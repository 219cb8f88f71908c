package cluster

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

func TestIstioVersion(t *testing.T) {
	const label = "app.kubernetes.io/version"
	for name, test := range map[string]struct {
		image, label, want string
	}{
		"tag":              {image: "docker.io/istio/pilot:1.30.2", want: "1.30.2"},
		"registry's port":  {image: "registry:5000/istio/pilot:1.30.2", want: "1.30.2"},
		"port and no tag":  {image: "registry:5000/pilot"},
		"variant":          {image: "istio/pilot:1.30.2-distroless", want: "1.30.2"},
		"solo":             {image: "gloo/pilot:1.28.0-solo-distroless", want: "1.28.0-solo"},
		"asm":              {image: "gcr.io/gke-release/asm/pilot:1.20.8-asm.0", want: "1.20.8-asm.0"},
		"v":                {image: "istio/pilot:v1.30.2", want: "1.30.2"},
		"digest and tag":   {image: "istio/pilot:1.30.2@sha256:00", want: "1.30.2"},
		"digest":           {image: "istio/pilot@sha256:00", label: "1.30.2", want: "1.30.2"},
		"image is right":   {image: "istio/pilot:1.30.2", label: "1.29.0", want: "1.30.2"},
		"latest":           {image: "istio/pilot:latest"},
		"two numbers":      {image: "istio/pilot:1.30"},
		"a label of words": {image: "istio/pilot:latest", label: "unknown"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := istioVersion(test.image, map[string]string{label: test.label}); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestPickRevision(t *testing.T) {
	for name, test := range map[string]struct {
		found         string // revisions; "-" for the default one
		ask           Ask
		revision, why string
	}{
		"default":                {found: "-", revision: ""},
		"default of several":     {found: "1-30-2 -", revision: ""},
		"the only one":           {found: "1-30-2", revision: "1-30-2"},
		"declared":               {found: "- 1-29-0 1-30-2", ask: Ask{Revision: "1-30-2"}, revision: "1-30-2"},
		"declared, not there":    {found: "- 1-30-2", ask: Ask{Revision: "stable"}, why: "namespace istio-system has no control plane of revision stable, only of default, 1-30-2"},
		"several, none default":  {found: "1-30-2 1-29-0", why: "namespace istio-system has control planes of revisions 1-29-0, 1-30-2: select one of them"},
		"none":                   {why: "namespace istio-system has no Deployment istiod"},
		"none of a revision":     {ask: Ask{Revision: "stable"}, why: "namespace istio-system has no Deployment istiod-stable"},
		"served by another":      {ask: Ask{Served: true}},
		"served, with an own":    {found: "-", ask: Ask{Served: true, Revision: "stable"}, revision: "stable"},
		"may not be listed":      {found: "?", ask: Ask{Revision: "stable"}, revision: "stable"},
		"served, and a revision": {ask: Ask{Served: true, Revision: "stable"}, revision: "stable"},
	} {
		t.Run(name, func(t *testing.T) {
			found := map[string]*appsv1.Deployment{}
			for _, revision := range strings.Fields(test.found) {
				found[strings.TrimPrefix(revision, "-")] = &appsv1.Deployment{}
			}
			if test.found == "?" {
				found = nil
			}
			test.ask.Namespace = "istio-system"
			revision, why := pickRevision(found, test.ask)
			if revision != test.revision || why != test.why {
				t.Errorf("got %q, %q, want %q, %q", revision, why, test.revision, test.why)
			}
		})
	}
}

func TestParseMeshConfig(t *testing.T) {
	var istio Istio
	err := parseMeshConfig("accessLogFile: /dev/stdout\ndefaultConfig:\n  discoveryAddress: istiod:15012\n  meshId: shop\ntrustDomain: shop.example\n", &istio)
	if want := (Istio{MeshID: "shop", TrustDomain: "shop.example"}); err != nil || istio != want {
		t.Errorf("got %+v, %v, want %+v", istio, err, want)
	}
	if err := parseMeshConfig("", &istio); err != nil || istio != (Istio{}) {
		t.Errorf("nothing: got %+v, %v", istio, err)
	}
	if err := parseMeshConfig("TrustDomain: evil.example\ntrust_domain: shop.example\ndefaultConfig: {MeshId: evil, mesh_id: shop}\n", &istio); err != nil || istio != (Istio{MeshID: "shop", TrustDomain: "shop.example"}) {
		t.Errorf("in the names of the proto file: got %+v, %v", istio, err)
	}
	if err := parseMeshConfig("- a\n", &istio); err == nil {
		t.Error("a list: no error")
	}
}

func TestCanonicalKeys(t *testing.T) {
	const want = `{"keys":[{"alg":"RS256","kid":"a","kty":"RSA"},{"alg":"RS256","kid":"b","kty":"RSA"}]}`
	for _, text := range []string{
		`{"keys":[{"kid":"a","kty":"RSA","alg":"RS256"},{"kid":"b","kty":"RSA","alg":"RS256"}]}`,
		`{ "keys": [ {"kty": "RSA", "alg": "RS256", "kid": "b"}, {"kty": "RSA", "alg": "RS256", "kid": "a"} ] }`,
	} {
		if got, err := canonicalKeys([]byte(text)); err != nil || got != want {
			t.Errorf("%s: got %s, %v", text, got, err)
		}
	}
	for text, want := range map[string]string{
		`{"keys":[]}`:                      "the API server's response is not a key set",
		`<html>`:                           "the API server's response is not a key set",
		`{"keys":[{"kty":"EC","d":"AQ"}]}`: "the API server serves a private key",
	} {
		if _, err := canonicalKeys([]byte(text)); err == nil || err.Error() != want {
			t.Errorf("%s: got error %v, want %s", text, err, want)
		}
	}
}

func TestFingerprintsRefuse(t *testing.T) {
	for text, want := range map[string]string{
		"":           "contains no certificate",
		"root":       "contains no certificate",
		emptyKeyPEM:  "contains data other than certificates",
		emptyCertPEM: "contains data other than certificates",
	} {
		if _, err := fingerprints([]byte(text)); err == nil || err.Error() != want {
			t.Errorf("%q: got error %v, want %s", text, err, want)
		}
	}
}

// Blocks with nothing in them.
const (
	emptyKeyPEM  = "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"
	emptyCertPEM = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"
)

func TestGatewayAddresses(t *testing.T) {
	gateway := gatewayv1.Gateway{ObjectMeta: metav1.ObjectMeta{Namespace: "istio-system"}}
	for _, value := range []string{"198.51.100.7", "gateway.istio-system.svc.cluster.local", "lb.example.com", ""} {
		gateway.Status.Addresses = append(gateway.Status.Addresses, gatewayv1.GatewayStatusAddress{Value: value})
	}
	if diff := cmp.Diff([]string{"198.51.100.7", "lb.example.com"}, gatewayAddresses(gateway)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestServiceAddresses(t *testing.T) {
	var service corev1.Service
	service.Spec.ExternalIPs = []string{"203.0.113.1"}
	service.Status.LoadBalancer.Ingress = []corev1.LoadBalancerIngress{{IP: "198.51.100.7"}, {Hostname: "lb.example.com"}, {}}
	if diff := cmp.Diff([]string{"203.0.113.1", "198.51.100.7", "lb.example.com"}, serviceAddresses(service)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
