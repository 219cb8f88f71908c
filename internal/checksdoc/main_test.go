package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/check"
)

func TestPageIsCurrent(t *testing.T) {
	text, err := os.ReadFile("../../docs/checks.md")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(page(check.All()), string(text)); diff != "" {
		t.Errorf("docs/checks.md is not what the checks say; run: make update (or go generate ./pkg/check)\n%s", diff)
	}
}

// TestAnchors: GitHub makes the anchor of a heading from its text, so that each must be there once.
func TestAnchors(t *testing.T) {
	text := page(check.All())
	for _, id := range check.IDs() {
		if strings.Count(text, "\n## "+id+"\n") != 1 {
			t.Errorf("there is not one heading %s", id)
		}
		if !strings.Contains(text, "| ["+id+"](#"+strings.ToLower(id)+") |") {
			t.Errorf("the table does not link to %s", id)
		}
	}
}

func TestRun(t *testing.T) {
	file := filepath.Join(t.TempDir(), "checks.md")
	for _, args := range [][]string{nil, {file, file}} {
		if err := run(args); err == nil || err.Error() != "specify the output file: checksdoc docs/checks.md" {
			t.Errorf("run(%q) = %v", args, err)
		}
	}
	if err := run([]string{file}); err != nil {
		t.Fatal(err)
	}
	if text, err := os.ReadFile(file); err != nil || string(text) != page(check.All()) {
		t.Errorf("the file is not the page: %v", err)
	}
}
