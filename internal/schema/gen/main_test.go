package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const good = "package v1\n\nconst (\n\tAPIVersion = \"example.com/v1\"\n\tKindPet = \"Pet\"\n)\n\n" +
	"// Pet is kept.\ntype Pet struct {\n" +
	"\t// Version.\n\tAPIVersion string `json:\"apiVersion\"`\n\t// Kind.\n\tKind string `json:\"kind\"`\n}\n"

func TestRun(t *testing.T) {
	tests := map[string]struct {
		source string
		fails  string
		files  []string
	}{
		"writes beside the source": {source: good, files: []string{"pet.schema.json", "types.go"}},
		"writes nothing in vain": {
			source: good + "const KindDog = \"Dog\"\n",
			fails:  "describe Dog: find the type: no struct of this name", files: []string{"types.go"},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, "types.go"), []byte(test.source), 0o600); err != nil {
				t.Fatal(err)
			}
			got := ""
			if err := run(dir); err != nil {
				got = err.Error()
			}
			if got != test.fails {
				t.Errorf("got error %q, want %q", got, test.fails)
			}
			if diff := cmp.Diff(test.files, names(t, dir)); diff != "" {
				t.Errorf("files (-want +got):\n%s", diff)
			}
		})
	}
}

func names(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, entry := range entries {
		names = append(names, entry.Name())
	}
	return names
}
