package architecture_test

import (
	"go/ast"
	"slices"
	"strings"
	"testing"
	"unicode"
)

// TestIdentifiers: names keep to the vocabulary of testdata/identifiers.txt. Names that other modules declare count too:
// none of those in use contains such a word.
func TestIdentifiers(t *testing.T) {
	retired := retiredWords(t, readText(t, "testdata/identifiers.txt"))
	found := map[string][]string{}
	eachFile(t, func(name string, file *ast.File, _ []byte) {
		ast.Inspect(file, func(node ast.Node) bool {
			ident, ok := node.(*ast.Ident)
			if !ok || slices.Contains(found[name], ident.Name) {
				return true
			}
			for _, word := range wordsOfIdentifier(ident.Name) {
				if instead, isRetired := retired[word]; isRetired {
					found[name] = append(found[name], ident.Name)
					t.Errorf("%s: %s contains %q: use %s", name, ident.Name, word, instead)
				}
			}
			return true
		})
	})
}

// TestWordsOfIdentifier: an abbreviation is one word, and ends before the capital letter of the next.
func TestWordsOfIdentifier(t *testing.T) {
	for name, want := range map[string]string{
		"wantTold":        "want told",
		"House":           "house",
		"TestOwnAPIHouse": "test own api house",
		"rootSHA256":      "root sha256",
		"threshold":       "threshold",
		"_":               "_",
	} {
		if got := strings.Join(wordsOfIdentifier(name), " "); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
}

// retiredWords parses lines of a word, a tab, and what to use instead.
func retiredWords(t *testing.T, lines string) map[string]string {
	t.Helper()
	retired := map[string]string{}
	for line := range strings.Lines(lines) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		word, instead, found := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		if !found || word == "" || instead == "" {
			t.Fatalf("%q has no second column", line)
		}
		retired[word] = instead
	}
	return retired
}

// wordsOfIdentifier splits an identifier at its capital letters, into lower-case words.
func wordsOfIdentifier(name string) []string {
	runes := []rune(name)
	var words []string
	start := 0
	for i := 1; i < len(runes); i++ {
		isStart := unicode.IsUpper(runes[i]) && !unicode.IsUpper(runes[i-1]) ||
			unicode.IsUpper(runes[i]) && i+1 < len(runes) && unicode.IsLower(runes[i+1])
		if isStart {
			words = append(words, strings.ToLower(string(runes[start:i])))
			start = i
		}
	}
	return append(words, strings.ToLower(string(runes[start:])))
}
