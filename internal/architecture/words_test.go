package architecture_test

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// word is what no text says, and what it says instead.
type word struct {
	pattern *regexp.Regexp
	instead string
}

// passages are texts that people read, by package or document, each with its place.
type passages map[string][]passage

type passage struct{ place, text string }

// unspoken counts the words that are left, by package or document. The counts only shrink.
func unspoken() map[string]int {
	return map[string]int{}
}

// TestWords: text keeps to the vocabulary of testdata/words.txt: strings of the program, comments, those of the API
// because they become its schema and its reference, templates, and documents.
func TestWords(t *testing.T) {
	words := vocabulary(t, readText(t, "testdata/words.txt"))
	found := map[string][]string{}
	texts := textsOf(t)
	for _, where := range slices.Sorted(maps.Keys(texts)) {
		for _, passage := range texts[where] {
			for _, finding := range spoken(words, passage.text) {
				found[where] = append(found[where], passage.place+": "+finding)
			}
		}
	}
	if len(texts) < 50 {
		t.Errorf("%d packages and documents have text: does it still find them?", len(texts))
	}
	compare(t, found, unspoken(), "use the words of testdata/words.txt")
}

// TestWordsAreFound: a word is found in any letter case and between word boundaries only.
func TestWordsAreFound(t *testing.T) {
	words := vocabulary(t, "folders?\tdirectory\nmust be said\tset, required\n")
	for text, want := range map[string]string{
		"the Folder of mesh.yaml": `"Folder": directory`,
		"it must be said":         `"must be said": set, required`,
		"subfolder and unfolded":  "",
		"a directory":             "",
	} {
		if got := strings.Join(spoken(words, text), "; "); got != want {
			t.Errorf("%q: found %q, want %q", text, got, want)
		}
	}
}

// vocabulary parses lines of a pattern, a tab, and what to say instead.
func vocabulary(t *testing.T, lines string) []word {
	t.Helper()
	var words []word
	for line := range strings.Lines(lines) {
		line = strings.TrimSuffix(line, "\n")
		if strings.HasPrefix(line, "#") {
			continue
		}
		pattern, instead, found := strings.Cut(line, "\t")
		if !found || instead == "" {
			t.Fatalf("%q has no second column", line)
		}
		words = append(words, word{pattern: regexp.MustCompile(`(?i)\b(?:` + pattern + `)\b`), instead: instead})
	}
	return words
}

// spoken are the words of a text that it should not have.
func spoken(words []word, text string) []string {
	var found []string
	for _, word := range words {
		for _, said := range word.pattern.FindAllString(text, -1) {
			found = append(found, fmt.Sprintf("%q: %s", said, word.instead))
		}
	}
	return found
}

func textsOf(t *testing.T) passages {
	t.Helper()
	texts := passages{}
	eachFile(t, func(name string, file *ast.File, source []byte) {
		texts.addComments(t, name, source)
		if strings.Contains(name, "testutil") {
			return
		}
		texts.addStrings(name, file, source)
	})
	for _, pattern := range []string{"*.md", "docs/*.md", "templates/*.md", "templates/*.tmpl", "templates/gcloud/*"} {
		files, err := filepath.Glob(filepath.Join("../..", pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			source, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			name := filepath.ToSlash(strings.TrimPrefix(file, filepath.Join("../..")+string(filepath.Separator)))
			texts.addLines(name, name, source, regexp.MustCompile(`(.*)`))
		}
	}
	return texts
}

// addComments adds the comments of a file, line by line.
func (p passages) addComments(t *testing.T, name string, source []byte) {
	t.Helper()
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, name, source, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	for _, group := range file.Comments {
		for _, comment := range group.List {
			place := fmt.Sprintf("%s:%d", name, files.Position(comment.Pos()).Line)
			p[path.Dir(name)] = append(p[path.Dir(name)], passage{place: place, text: comment.Text})
		}
	}
}

// addStrings adds the string literals of a file that have more than one word.
func (p passages) addStrings(name string, file *ast.File, source []byte) {
	ast.Inspect(file, func(node ast.Node) bool {
		literal, ok := node.(*ast.BasicLit)
		if ok && literal.Kind == token.STRING && strings.Contains(literal.Value, " ") {
			line := 1 + bytes.Count(source[:literal.Pos()-file.FileStart], []byte("\n"))
			p[path.Dir(name)] = append(p[path.Dir(name)], passage{place: fmt.Sprintf("%s:%d", name, line), text: literal.Value})
		}
		return true
	})
}

// addLines adds what a pattern captures of each line.
func (p passages) addLines(where, name string, source []byte, pattern *regexp.Regexp) {
	for i, line := range strings.Split(string(source), "\n") {
		if match := pattern.FindStringSubmatch(line); match != nil && match[1] != "" {
			p[where] = append(p[where], passage{place: fmt.Sprintf("%s:%d", name, i+1), text: match[1]})
		}
	}
}
