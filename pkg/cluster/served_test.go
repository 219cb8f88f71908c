package cluster

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// objects are the answers of an API server, as JSON by URL.
func objects(answers map[string]string) map[string]any {
	all := map[string]any{}
	for at, text := range answers {
		all["GET "+at] = json.RawMessage(text)
	}
	return all
}

const (
	istioNamespaceURL = "/api/v1/namespaces/istio-system"
	istiodURL         = "/api/v1/namespaces/istio-system/services/istiod-canary"
	slicesURL         = "/apis/discovery.k8s.io/v1/namespaces/istio-system/endpointslices?labelSelector=kubernetes.io%2Fservice-name%3Distiod-canary"
	webhooksURL       = "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations?labelSelector=app%3Dsidecar-injector%2Cistio.io%2Frev%3Dcanary"
)

// TestServed reads what Istio's chart and the overlay of a remote cluster leave there.
func TestServed(t *testing.T) {
	server := httptest.NewTLSServer(nil)
	defer server.Close()
	block := &pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}
	sum := sha256.Sum256(block.Bytes)
	bundle := base64.StdEncoding.EncodeToString(pem.EncodeToMemory(block))
	const slices = `{"kind":"EndpointSliceList","apiVersion":"discovery.k8s.io/v1","items":[
		{"metadata":{"name":"b"},"addressType":"IPv4","endpoints":[{"addresses":["203.0.113.2"]},{"addresses":["203.0.113.1"]}],
			"ports":[{"name":"tcp-istiod","port":15012},{"name":"tcp-webhook","port":15017},{"port":9}]},
		{"metadata":{"name":"a"},"addressType":"IPv4","endpoints":[{"addresses":["203.0.113.1"]}]}]}`
	webhooks := `{"kind":"MutatingWebhookConfigurationList","apiVersion":"admissionregistration.k8s.io/v1","items":[{"metadata":{"name":"istio-sidecar-injector-canary"},"webhooks":[
		{"name":"rev.object","clientConfig":{"service":{"name":"istiod-canary","namespace":"istio-system","port":8443,"path":"/inject/cluster/shore"},"caBundle":"` + bundle + `"}},
		{"name":"rev.namespace","clientConfig":{"url":"https://istiod.example/inject"}}]}]}`
	for name, test := range map[string]struct {
		answers map[string]string
		want    Served
		err     string
	}{
		"all is there": {map[string]string{
			istioNamespaceURL: `{"metadata":{"name":"istio-system","annotations":{"topology.istio.io/controlPlaneClusters":"north, south,"}}}`,
			istiodURL: `{"kind":"Service","apiVersion":"v1","metadata":{"name":"istiod-canary"},"spec":{"ports":[
				{"name":"tcp-istiod","port":15012},{"name":"tcp-webhook","port":443},{"name":"other","port":8080}]}}`,
			slicesURL: slices, webhooksURL: webhooks,
		}, Served{Found: true, Ports: map[int32]int32{15012: 15012, 443: 15017}, Addresses: []string{"203.0.113.1", "203.0.113.2"}, ControlPlanes: []string{"north", "south"}, Webhooks: []Webhook{
			{Configuration: "istio-sidecar-injector-canary", Name: "rev.namespace", URL: "https://istiod.example/inject"},
			{Configuration: "istio-sidecar-injector-canary", Name: "rev.object", Service: "istio-system/istiod-canary", Port: 8443, Path: "/inject/cluster/shore",
				RootSHA256: []string{hex.EncodeToString(sum[:])}}}}, ""},
		"a host name": {map[string]string{
			istioNamespaceURL: `{"metadata":{"name":"istio-system"}}`,
			istiodURL:         `{"kind":"Service","apiVersion":"v1","metadata":{"name":"istiod-canary"},"spec":{"type":"ExternalName","externalName":"north.example"}}`,
			slicesURL:         `{"kind":"EndpointSliceList","apiVersion":"discovery.k8s.io/v1","items":[]}`,
			webhooksURL:       `{"kind":"MutatingWebhookConfigurationList","apiVersion":"admissionregistration.k8s.io/v1","items":[]}`,
		}, Served{Found: true, ExternalName: "north.example"}, ""},
		"nothing is installed": {map[string]string{
			istioNamespaceURL: `{"metadata":{"name":"istio-system"}}`,
			webhooksURL:       `{"kind":"MutatingWebhookConfigurationList","apiVersion":"admissionregistration.k8s.io/v1","items":[]}`,
		}, Served{}, ""},
		"no namespace": {nil, Served{}, "read namespace istio-system: "},
	} {
		t.Run(name, func(t *testing.T) {
			_, config := serve(t, objects(test.answers))
			client, err := Open(config)
			if err != nil {
				t.Fatal(err)
			}
			got, err := client.Served(t.Context(), "istio-system", "istiod-canary", "canary")
			if (err == nil) != (test.err == "") || err != nil && !strings.HasPrefix(err.Error(), test.err) {
				t.Fatalf("got error %v, want %q", err, test.err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestTLSRoutes: each version that a cluster may have, and what gateways say of a route.
func TestTLSRoutes(t *testing.T) {
	const accepted = `{"parentRef":{"name":"g"},"controllerName":"istio.io/gateway-controller","conditions":[{"type":"Accepted","status":"True"},{"type":"ResolvedRefs","status":"True"}]}`
	const refused = `{"parentRef":{"name":"g"},"conditions":[{"type":"Accepted","status":"False","reason":"NotAllowedByListeners","message":"no listener"}]}`
	const unresolved = `{"parentRef":{"name":"g"},"conditions":[{"type":"Accepted","status":"True"},{"type":"ResolvedRefs","status":"False","reason":"BackendNotFound","message":"istiod"}]}`
	route := func(name, parents string) string {
		return `{"metadata":{"name":"` + name + `"},"spec":{"hostnames":["istiod.svc"],"rules":[{"backendRefs":[{"name":"istiod","port":443}]}]},"status":{"parents":[` + parents + `]}}`
	}
	list := `{"kind":"TLSRouteList","items":[` + strings.Join([]string{route("a", accepted), route("b", refused), route("c", unresolved), route("d", ""), route("e", accepted+","+refused)}, ",") + `]}`
	want := []TLSRoute{{Name: "a"}, {Name: "b", Why: "NotAllowedByListeners: no listener"}, {Name: "c", Why: "BackendNotFound: istiod"},
		{Name: "d", Why: "no gateway has processed it"}, {Name: "e", Why: "NotAllowedByListeners: no listener"}}
	for i := range want {
		want[i].Hosts, want[i].Backends = []string{"istiod.svc"}, []string{"istiod:443"}
	}
	for _, version := range []string{"v1", "v1alpha3", "v1alpha2", "none"} {
		_, config := serve(t, objects(map[string]string{"/apis/gateway.networking.k8s.io/" + version + "/namespaces/istio-system/tlsroutes": list}))
		client, err := Open(config)
		if err != nil {
			t.Fatal(err)
		}
		got, err := client.TLSRoutes(t.Context(), "istio-system")
		wanted := want
		if version == "none" {
			wanted = nil
		}
		if diff := cmp.Diff(wanted, got); diff != "" || err != nil {
			t.Errorf("%s: %v (-want +got):\n%s", version, err, diff)
		}
	}
}
