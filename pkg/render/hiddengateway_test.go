package render_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/strategicpatch"
	"sigs.k8s.io/yaml"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/render"
)

// TestHiddenService applies the patch of the Service as istiod does: the network label goes, and nothing else.
func TestHiddenService(t *testing.T) {
	in := load(t, `
  clusters:
  - {name: a, network: x}
  - {name: b, network: z, gateway: {addressesOnly: true, peerGateway: true, addresses: [198.51.100.2]}}
`)
	var patch []byte
	for _, doc := range documents(yamlOf(t, compile(t, in, "b", render.Options{}))) {
		var object corev1.ConfigMap
		if err := yaml.Unmarshal(doc, &object); err == nil && object.Kind == "ConfigMap" {
			patch = []byte(object.Data["service"])
		}
	}
	json, err := yaml.YAMLToJSON(patch)
	if err != nil {
		t.Fatal(err)
	}
	const service = `{"apiVersion":"v1","kind":"Service","metadata":{"labels":{"other":"kept","topology.istio.io/network":"z"},"name":"istio-eastwestgateway-istio"}}`
	got, err := strategicpatch.StrategicMergePatch([]byte(service), json, corev1.Service{})
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"apiVersion":"v1","kind":"Service","metadata":{"labels":{"other":"kept"},"name":"istio-eastwestgateway-istio"}}`
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("patch %q (-want +got):\n%s", patch, diff)
	}
}
