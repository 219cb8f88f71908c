package schema_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-mesh/kubectl-mesh/internal/schema"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
)

func TestSchemasAreCurrent(t *testing.T) {
	for _, folder := range []string{"../../pkg/apis/mesh/v1alpha1", "../../pkg/summary"} {
		t.Run(filepath.Base(folder), func(t *testing.T) { checkCurrent(t, folder) })
	}
}

func checkCurrent(t *testing.T, apiFolder string) {
	t.Helper()
	kinds := schema.Enum{Type: "ReaderAuth"}
	for _, auth := range access.Auths() {
		kinds.Values = append(kinds.Values, string(auth))
	}
	files, err := schema.Generate(os.DirFS(apiFolder), kinds)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{}
	for _, file := range files {
		want[file.Name] = string(file.Content)
	}
	if diff := cmp.Diff(want, committed(t, apiFolder)); diff != "" {
		t.Errorf("%s/*.schema.json are not what the types say; run: make update (or go generate ./...)\n%s", apiFolder, diff)
	}
}

// committed reads every schema that lies beside the types, one of a former kind included.
func committed(t *testing.T, apiFolder string) map[string]string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(apiFolder, "*.schema.json"))
	if err != nil {
		t.Fatal(err)
	}
	have := map[string]string{}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		have[filepath.Base(path)] = string(text)
	}
	return have
}
