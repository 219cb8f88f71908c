package mesh_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
)

// header begins the text of a mesh; the clusters follow, each indented by two.
const header = "apiVersion: kubectl-mesh.dev/v1alpha1\nkind: Mesh\nmetadata: {name: shop}\nspec:\n  clusters:\n"

// facts is the text of clusters/<name>.yaml; spec is indented by two.
func facts(name, spec string) string {
	return "apiVersion: kubectl-mesh.dev/v1alpha1\nkind: ClusterFacts\nmetadata: {name: " + name + "}\nspec:\n" + spec
}

// files makes a directory of names and texts.
func files(content map[string]string) fstest.MapFS {
	folder := fstest.MapFS{}
	for name, text := range content {
		folder[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return folder
}

// read loads a mesh from a text and the files beside it.
func read(text string, beside map[string]string) (*mesh.Document, []mesh.Problem) {
	return mesh.Load(mesh.Source{Name: "mesh.yaml", Text: []byte(text), Files: files(beside)})
}

// mustRead returns the clusters of a mesh without problems.
func mustRead(t *testing.T, text string, beside map[string]string) []v1alpha1.Cluster {
	t.Helper()
	doc, problems := read(text, beside)
	if len(problems) > 0 {
		t.Fatalf("problems:\n%s", printed(problems))
	}
	return doc.Mesh.Spec.Clusters
}

// checkProblems compares problems with how they are printed.
func checkProblems(t *testing.T, problems []mesh.Problem, want ...string) {
	t.Helper()
	got := strings.TrimSuffix(printed(problems), "\n")
	if diff := cmp.Diff(strings.Join(want, "\n"), got); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
}
