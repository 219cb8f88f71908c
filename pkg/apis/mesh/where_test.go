package mesh_test

import (
	"fmt"
	"testing"
	"testing/fstest"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
)

// TestWhere: a reviewer is sent to the line that has a fact, whichever file that is in.
func TestWhere(t *testing.T) {
	const text = `apiVersion: kubectl-mesh.dev/v1alpha1
kind: Mesh
metadata: {name: shop}
spec:
  istio: {version: "1.30.5"}
  clusters:
  - name: east
    api:
      server: https://10.0.0.1
      certificateAuthorityData: LS0tCg==
    readerGenerations: {north: [2]}
  - name: west
`
	facts := "apiVersion: kubectl-mesh.dev/v1alpha1\nkind: ClusterFacts\nmetadata: {name: west}\nspec:\n  api:\n    server: https://10.0.0.2\n"
	state := "apiVersion: kubectl-mesh.dev/v1alpha1\nkind: State\nspec:\n  clusters:\n    west:\n      readerGenerations:\n        east: [2]\n"
	doc, _ := mesh.Load(mesh.Source{Name: "mesh.yaml", Text: []byte(text), Files: fstest.MapFS{
		"clusters/west.yaml": {Data: []byte(facts)}, ".kubectl-mesh/state.yaml": {Data: []byte(state)}}})
	for field, want := range map[string]string{
		"spec.clusters[0]":                          "mesh.yaml:7",
		"spec.clusters[0].api.server":               "mesh.yaml:9",
		"spec.clusters[0].api.certificateAuthority": "mesh.yaml:10",
		"spec.clusters[0].readerGenerations[north]": "mesh.yaml:11",
		"spec.clusters[1].api.server":               "clusters/west.yaml:6",
		"spec.clusters[1].readerGenerations[east]":  ".kubectl-mesh/state.yaml:7",
		"spec.clusters[1].readerGenerations[north]": "mesh.yaml:12",
		"spec.clusters[1].api.certificateAuthority": "clusters/west.yaml:5",
		"spec.clusters[1].istio.version":            "mesh.yaml:5",
		"spec.clusters[1].istio.revision":           "mesh.yaml:12",
		"spec.links":                                "mesh.yaml:4",
	} {
		file, line := doc.Where(field)
		if got := fmt.Sprintf("%s:%d", file, line); got != want {
			t.Errorf("%s: got %s, want %s", field, got, want)
		}
	}
}
