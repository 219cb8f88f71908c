package templates_test

import (
	"io/fs"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/templates"
)

func TestNothingIsYAML(t *testing.T) {
	err := fs.WalkDir(templates.FS, ".", func(path string, _ fs.DirEntry, err error) error {
		if extension := filepath.Ext(strings.TrimSuffix(path, ".tmpl")); extension == ".yaml" || extension == ".yml" || extension == ".json" {
			t.Errorf("%s: Kubernetes objects are typed Go, not templates", path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestCompletionShimIsShell(t *testing.T) {
	sh, err := exec.LookPath("sh")
	if err != nil {
		t.Skip("no sh to parse it")
	}
	text, err := fs.ReadFile(templates.FS, templates.CompletionShim)
	if err != nil {
		t.Fatal(err)
	}
	parse := exec.CommandContext(t.Context(), sh, "-n")
	parse.Stdin = strings.NewReader(string(text))
	if out, err := parse.CombinedOutput(); err != nil {
		t.Errorf("sh -n: %v\n%s", err, out)
	}
	if want := "exec kubectl-mesh __complete \"$@\"\n"; !strings.HasSuffix(string(text), want) {
		t.Errorf("the shim must end in %q:\n%s", want, text)
	}
}
