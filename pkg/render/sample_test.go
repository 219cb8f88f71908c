package render_test

import (
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/render"
)

// A namespace is one object: the sample's cannot be Istio's or a gateway's too, whose labels differ.
func TestSampleNeedsItsNamespace(t *testing.T) {
	for name, test := range map[string]struct{ spec, want string }{
		"of Istio": {
			spec: "\n  istio: {namespace: sample}\n  clusters:\n  - {name: a}\n",
			want: "render sample: namespace sample of a is already used: change istio.namespace or gateway.namespace in mesh.yaml",
		},
		"of a gateway": {
			spec: "\n  links: [{from: [b], to: [a]}]\n  clusters:\n  - {name: a, network: n1, gateway: {namespace: sample}}\n  - {name: b, network: n2}\n",
			want: "render sample: namespace sample of a is already used: change istio.namespace or gateway.namespace in mesh.yaml",
		},
		"of a gateway that is not rendered": {spec: "\n  links: []\n  clusters:\n  - {name: a, network: n1, gateway: {namespace: sample}}\n"},
	} {
		t.Run(name, func(t *testing.T) {
			in := load(t, test.spec)
			if _, err := render.Compile(in, "a", render.Options{}); err != nil {
				t.Errorf("without the sample: %v", err)
			}
			in.Sample = true
			_, err := render.Compile(in, "a", render.Options{})
			if got := errorText(err); got != test.want {
				t.Errorf("got %q\nwant %q", got, test.want)
			}
		})
	}
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// An ambient caller ignores remote Services without the label, also those of sidecar clusters.
func TestSampleIsGlobalForAmbientCallers(t *testing.T) {
	for name, test := range map[string]struct {
		spec string
		want any
	}{
		"sidecars":         {"\n  clusters:\n  - {name: a}\n  - {name: b}\n", nil},
		"ambient":          {"\n  istio: {dataPlane: ambient}\n  clusters:\n  - {name: a}\n  - {name: b}\n", "true"},
		"an ambient peer":  {"\n  clusters:\n  - {name: a}\n  - {name: b, istio: {dataPlane: ambient}}\n", "true"},
		"peering says not": {"\n  discovery: peering\n  istio: {distribution: solo, dataPlane: ambient}\n  clusters:\n  - {name: a, network: n1}\n", nil},
	} {
		t.Run(name, func(t *testing.T) {
			in := load(t, test.spec)
			in.Sample = true
			found := false
			for _, doc := range documents(yamlOf(t, compile(t, in, "a", render.Options{}))) {
				if service := objects(t, doc)[0]; service["kind"] == "Service" {
					found = true
					if got := service.at("metadata", "labels", "istio.io/global"); got != test.want {
						t.Errorf("label istio.io/global: got %v, want %v", got, test.want)
					}
				}
			}
			if !found {
				t.Error("there is no Service")
			}
		})
	}
}
