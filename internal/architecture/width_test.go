package architecture_test

import (
	"go/ast"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"
)

// No line has more than maxWidth columns. One of more than wantedWidth is in a file that widthFile lists, with the
// number of such lines in it. Tests are left out: they hold exact texts, which are as long as they are.
const (
	maxWidth    = 140
	wantedWidth = 120
	widthFile   = "testdata/width.txt"
)

// TestLinesAreShort: a new file has no line of more than 120 columns, an old one no more of them than it had, and none
// has a line of more than 140.
func TestLinesAreShort(t *testing.T) {
	found := map[string]int{}
	eachFile(t, func(name string, _ *ast.File, source []byte) {
		if n := longer(source, wantedWidth); len(n) > 0 {
			found[name] = len(n)
		}
		for _, line := range longer(source, maxWidth) {
			t.Errorf("%s:%d: more than %d columns: give the thought a shape", name, line, maxWidth)
		}
	})
	allowed := allowedWidths(t)
	for _, name := range slices.Sorted(maps.Keys(found)) {
		if found[name] > allowed[name] {
			t.Errorf("%s: %d lines of more than %d columns; at most %d may be: give the thought a shape",
				name, found[name], wantedWidth, allowed[name])
		}
	}
	for _, name := range slices.Sorted(maps.Keys(allowed)) {
		if found[name] < allowed[name] {
			t.Logf("%s: %d lines of more than %d columns, and %s allows %d: shrink it there",
				name, found[name], wantedWidth, widthFile, allowed[name])
		}
	}
}

func TestLonger(t *testing.T) {
	line := func(columns int) string { return strings.Repeat("ä", columns) + "\n" }
	source := []byte(line(120) + line(121) + line(140) + line(141))
	if got, want := longer(source, 120), []int{2, 3, 4}; !slices.Equal(got, want) {
		t.Errorf("120: got lines %d, want %d", got, want)
	}
	if got, want := longer(source, 140), []int{4}; !slices.Equal(got, want) {
		t.Errorf("140: got lines %d, want %d", got, want)
	}
}

// longer are the numbers of the lines that have more columns; a tab is one.
func longer(source []byte, columns int) (lines []int) {
	number := 0
	for line := range strings.Lines(string(source)) {
		number++
		if utf8.RuneCountInString(strings.TrimSuffix(line, "\n")) > columns {
			lines = append(lines, number)
		}
	}
	return lines
}

func allowedWidths(t *testing.T) map[string]int {
	t.Helper()
	text, err := os.ReadFile(widthFile)
	if err != nil {
		t.Fatal(err)
	}
	allowed := map[string]int{}
	for line := range strings.Lines(string(text)) {
		fields := strings.Fields(line)
		lines, err := strconv.Atoi(fields[0])
		if err != nil {
			t.Fatalf("%s: %q: %v", widthFile, line, err)
		}
		allowed[fields[len(fields)-1]] = lines
	}
	return allowed
}
