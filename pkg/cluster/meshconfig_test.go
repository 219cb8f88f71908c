package cluster

import (
	"slices"
	"testing"
)

// TestNoMeshConfig: the chart gives none to a cluster that another one serves, so that it is missed elsewhere alone.
func TestNoMeshConfig(t *testing.T) {
	_, config := serve(t, nil)
	client, err := Open(config)
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		ask  Ask
		want []Note
	}{
		"a control plane of its own": {Ask{Namespace: "istio-system"}, []Note{{What: "the mesh configuration of Istio", Why: "no ConfigMap istio in namespace istio-system"}}},
		"served by another cluster":  {Ask{Namespace: "istio-system", Served: true}, nil},
	} {
		r := reader{Client: client, ctx: t.Context(), ask: test.ask}
		if err := r.meshConfig(""); err != nil || !slices.Equal(r.notes, test.want) {
			t.Errorf("%s: got %v, %v, want %v", name, r.notes, err, test.want)
		}
	}
}
