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
			want: "render sample: namespace sample of a is taken: rename istio.namespace or gateway.namespace in mesh.yaml",
		},
		"of a gateway": {
			spec: "\n  links: [{from: [b], to: [a]}]\n  clusters:\n  - {name: a, network: n1, gateway: {namespace: sample}}\n  - {name: b, network: n2}\n",
			want: "render sample: namespace sample of a is taken: rename istio.namespace or gateway.namespace in mesh.yaml",
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
