package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/changes"
)

func TestPageIsCurrent(t *testing.T) {
	committed, err := os.ReadFile("../../docs/changes.md")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(page(changes.All()), string(committed)); diff != "" {
		t.Errorf("docs/changes.md is not what the kinds say; run: make update (or go generate ./pkg/changes)\n%s", diff)
	}
}

// TestAnchors: each ID has one heading, and the table links to it.
func TestAnchors(t *testing.T) {
	text := page(changes.All())
	for _, id := range changes.IDs() {
		if strings.Count(text, "\n## "+id+"\n") != 1 || !strings.Contains(text, "| ["+id+"](#"+strings.ToLower(id)+") |") {
			t.Errorf("%s has no heading of its own, or no link to it", id)
		}
	}
}

func TestRun(t *testing.T) {
	if err := run(nil); err == nil || err.Error() != "specify the output file: changesdoc docs/changes.md" {
		t.Errorf("run() = %v", err)
	}
	file := filepath.Join(t.TempDir(), "changes.md")
	if err := run([]string{file}); err != nil {
		t.Fatal(err)
	}
	if text, err := os.ReadFile(file); err != nil || string(text) != page(changes.All()) {
		t.Errorf("the file is not the page: %v", err)
	}
}
