package architecture_test

import (
	"fmt"
	"go/ast"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
)

// widthFile lists the files that have lines of more than 120 columns: how many, and how many of more than 140.
const widthFile = "testdata/width.txt"

// width counts the long lines of a file.
type width struct{ over120, over140 int }

// TestLinesGetNoLonger: a new file has no line of more than 120 columns, and an old one no more than it had.
func TestLinesGetNoLonger(t *testing.T) {
	found := map[string]width{}
	eachFile(t, func(name string, _ *ast.File, source []byte) {
		if w := widthOf(source); w != (width{}) {
			found[name] = w
		}
	})
	allowed := allowedWidths(t)
	for _, name := range slices.Sorted(maps.Keys(found)) {
		got, want := found[name], allowed[name]
		if got.over120 > want.over120 || got.over140 > want.over140 {
			t.Errorf("%s: %d lines of more than 120 columns, %d of more than 140; at most %d and %d may be: give the thought a shape",
				name, got.over120, got.over140, want.over120, want.over140)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(allowed)) {
		if found[name] != allowed[name] {
			t.Logf("%s: %d and %d, and %s allows more: shrink it", name, found[name].over120, found[name].over140, widthFile)
		}
	}
}

func TestWidthOf(t *testing.T) {
	line := func(columns int) string { return strings.Repeat("ä", columns) + "\n" }
	got := widthOf([]byte(line(120) + line(121) + line(140) + line(141)))
	if want := (width{over120: 3, over140: 1}); got != want {
		t.Errorf("got %v, want %v", got, want)
	}
}

func widthOf(source []byte) (w width) {
	for line := range strings.Lines(string(source)) {
		columns := len([]rune(strings.TrimSuffix(line, "\n")))
		if columns > 120 {
			w.over120++
		}
		if columns > 140 {
			w.over140++
		}
	}
	return w
}

func allowedWidths(t *testing.T) map[string]width {
	t.Helper()
	text, err := os.ReadFile(widthFile)
	if err != nil {
		t.Fatal(err)
	}
	allowed := map[string]width{}
	for line := range strings.Lines(string(text)) {
		var w width
		var name string
		if _, err := fmt.Sscanf(line, "%d %d %s", &w.over120, &w.over140, &name); err != nil {
			t.Fatalf("%s: %q: %v", widthFile, line, err)
		}
		allowed[name] = w
	}
	return allowed
}
