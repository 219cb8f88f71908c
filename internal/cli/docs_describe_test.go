package cli

import (
	"os"
	"strings"
	"testing"
)

// TestDescribeDocs: docs/review.md shows what script describe has seen the command print.
func TestDescribeDocs(t *testing.T) {
	page, err := os.ReadFile("../../docs/review.md")
	if err != nil {
		t.Fatal(err)
	}
	script, err := os.ReadFile("testdata/script/describe.txtar")
	if err != nil {
		t.Fatal(err)
	}
	for file, fence := range map[string]string{"west.txt": "```\n", "whole.mmd": "```mermaid\n"} {
		_, rest, found := strings.Cut(string(script), "-- "+file+" --\n")
		output, _, _ := strings.Cut(rest, "-- ")
		if !found || output == "" || !strings.Contains(string(page), fence+output+"```\n") {
			t.Errorf("docs/review.md does not show %s of script describe:\n%s", file, output)
		}
	}
}
