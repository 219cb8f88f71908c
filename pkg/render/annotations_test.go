package render_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/render"
)

// Every release of Gateway API takes eight annotations for the Service, of 4096 bytes each. Istio copies those of the
// Gateway itself where it has none for the Service.
func TestManyServiceAnnotations(t *testing.T) {
	many := func(n int) string {
		var all []string
		for i := range n {
			all = append(all, fmt.Sprintf("example.com/k%d: v", i))
		}
		return strings.Join(all, ", ")
	}
	for name, test := range map[string]struct {
		gateway                  string
		infrastructure, metadata int
	}{
		"eight":                         {"annotations: {" + many(8) + "}", 8, 0},
		"nine":                          {"annotations: {" + many(9) + "}", 0, 9},
		"eight, and one of ours":        {"service: NodePort, annotations: {" + many(8) + "}", 0, 10},
		"a long one":                    {"annotations: {example.com/k: " + strings.Repeat("v", 4097) + "}", 0, 1},
		"one that is as long as can be": {"annotations: {example.com/k: " + strings.Repeat("v", 4096) + "}", 1, 0},
	} {
		t.Run(name, func(t *testing.T) {
			in := load(t, "\n  clusters:\n  - {name: a, network: n1, gateway: {"+test.gateway+"}}\n  - {name: b, network: n2}\n")
			for _, doc := range documents(yamlOf(t, compile(t, in, "a", render.Options{}))) {
				gateway := objects(t, doc)[0]
				if gateway["kind"] != "Gateway" {
					continue
				}
				service, _ := gateway.at("spec", "infrastructure", "annotations").(map[string]any)
				own, _ := gateway.at("metadata", "annotations").(map[string]any)
				if len(service) != test.infrastructure || len(own) != test.metadata {
					t.Errorf("%d for the Service and %d of the Gateway, want %d and %d", len(service), len(own), test.infrastructure, test.metadata)
				}
			}
		})
	}
}
