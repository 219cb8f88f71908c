package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/upstream"
)

func TestPageIsCurrent(t *testing.T) {
	committed, err := os.ReadFile("../../docs/supported.md")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(page(), string(committed)); diff != "" {
		t.Errorf("docs/supported.md is not what pkg/upstream says; run: make update (or go generate ./pkg/upstream)\n%s", diff)
	}
}

// Every row is on the page with its source, and no cell breaks its table.
func TestEveryRowIsThere(t *testing.T) {
	text := page()
	for _, row := range upstream.Rows() {
		if line := "- " + row.Name + " (" + row.Checked + "): " + row.Source + "\n"; !strings.Contains(text, line) {
			t.Errorf("the page lacks %q", line)
		}
	}
	columns := 0
	for line := range strings.Lines(text) {
		switch {
		case !strings.HasPrefix(line, "|"):
			columns = 0
		case columns == 0:
			columns = strings.Count(line, "|")
		case strings.Count(line, "|") != columns:
			t.Errorf("a row with another number of cells: %s", line)
		}
	}
	if !strings.Contains(text, "is "+upstream.HighestKnown().String()+". A later minor release") {
		t.Error("the page does not name the highest release")
	}
}

func TestReadmeLinksToThePage(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(readme), "(docs/supported.md)") {
		t.Error("README.md does not link to docs/supported.md")
	}
}

func TestRun(t *testing.T) {
	file := filepath.Join(t.TempDir(), "supported.md")
	for _, args := range [][]string{nil, {file, file}} {
		if err := run(args); err == nil || err.Error() != "specify the output file: upstreamdoc docs/supported.md" {
			t.Errorf("run(%q) = %v", args, err)
		}
	}
	if err := run([]string{file}); err != nil {
		t.Fatal(err)
	}
	if text, err := os.ReadFile(file); err != nil || string(text) != page() {
		t.Errorf("the file is not the page: %v", err)
	}
}
