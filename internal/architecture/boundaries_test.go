package architecture

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestBoundariesAreHeld: each row of the table in SECURITY.md names tests, and there are such tests. One of them is the
// corpus of hostile inputs, which has a part for each row.
func TestBoundariesAreHeld(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", "SECURITY.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(string(text), "## Trust boundaries")
	tests, rows := testNames(t), 0
	corpus, err := os.ReadFile(filepath.Join("..", "cli", "hostile_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(table) {
		cells := strings.Split(line, "|")
		if len(cells) != 6 || strings.HasPrefix(line, "| source") || strings.HasPrefix(line, "| ---") {
			continue
		}
		rows++
		names := regexp.MustCompile(`Test[A-Za-z]+`).FindAllString(cells[4], -1)
		part := regexp.MustCompile("`TestHostile/([^`]+)`").FindStringSubmatch(cells[4])
		if part == nil || !strings.Contains(string(corpus), "\t\t\""+part[1]+"\": ") {
			t.Errorf("no hostile inputs attack the row %s", cells[1])
		}
		for _, name := range names {
			if !tests[name] {
				t.Errorf("the row %s: there is no test %s", cells[1], name)
			}
		}
	}
	if rows != 7 {
		t.Errorf("%d rows, want 7", rows)
	}
}

// testNames are the names of all tests.
func testNames(t *testing.T) map[string]bool {
	t.Helper()
	names, test := map[string]bool{}, regexp.MustCompile(`(?m)^func (Test\w+)\(`)
	root := os.DirFS(filepath.Join("..", ".."))
	err := fs.WalkDir(root, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		source, err := fs.ReadFile(root, path)
		for _, found := range test.FindAllSubmatch(source, -1) {
			names[string(found[1])] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}
