package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestReadmeTableIsCurrent(t *testing.T) {
	page, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	lines, err := filepath.Glob("../../test/istio/lines/*/go.mod")
	if err != nil || len(lines) == 0 {
		t.Fatalf("no line of Istio is tested: %v", err)
	}
	for i, file := range lines {
		lines[i] = filepath.Base(filepath.Dir(file))
	}
	want := "## Supported versions\n\n" + readme(lines) + "\n"
	if !strings.Contains(string(page), want) {
		t.Errorf("README.md does not have what pkg/upstream says:\n%s", want)
	}
}
