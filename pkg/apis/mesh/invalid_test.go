package mesh_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
)

var update = flag.Bool("update", false, "write the .err files of testdata/invalid anew")

// TestInvalid compares what is printed of each mesh in testdata/invalid with the .err file
// beside it.
func TestInvalid(t *testing.T) {
	files, err := filepath.Glob("../../../testdata/invalid/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("found no files: %v", err)
	}
	for _, file := range files {
		name := filepath.Base(file)
		t.Run(strings.TrimSuffix(name, ".yaml"), func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			doc, problems := mesh.Load(mesh.Source{Name: name, Text: text})
			if doc.Mesh != nil || !mesh.Stop(problems) {
				t.Error("the mesh is taken for valid")
			}
			checkGolden(t, strings.TrimSuffix(file, ".yaml")+".err", printed(problems))
		})
	}
}

// printed is how a person reads problems.
func printed(problems []mesh.Problem) string {
	var b strings.Builder
	for _, problem := range problems {
		b.WriteString(problem.String() + "\nhint: " + problem.Hint + "\n")
	}
	return b.String()
}

func checkGolden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", filepath.Base(file), diff)
	}
}
