package output_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/internal/output"
)

func TestCheckPrivate(t *testing.T) {
	home := t.TempDir()
	at := func(name string) string { return filepath.Join(home, name) }
	for _, name := range []string{"private", "shared"} {
		if err := os.Mkdir(at(name), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chmod(at("shared"), 0o720); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(at("file"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("private", at("link")); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"private":      "",
		"missing":      "",
		"missing/deep": "",
		"file":         " is not a directory, and Secrets are stored in one\nhint: move the file to another directory",
		"link":         " is not a directory, and Secrets are stored in one\nhint: move the file to another directory",
		"file/deep":    "stat ",
		"shared":       ": writable by other users (mode 0720)\nhint: chmod 700 ",
	} {
		err := output.CheckPrivate(at(name))
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(printed(err), want)) {
			t.Errorf("%s: got %v, want %q", name, err, want)
		}
	}
}
