package architecture_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestDocumentLinks: every link between documents leads to a file, and to a heading or an anchor in it.
func TestDocumentLinks(t *testing.T) {
	documents, err := filepath.Glob("../../docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	top, err := filepath.Glob("../../*.md")
	if err != nil {
		t.Fatal(err)
	}
	count := 0
	for _, document := range append(documents, top...) {
		text := readText(t, document)
		for _, link := range regexp.MustCompile(`\]\(([^)\s]+)\)`).FindAllStringSubmatch(withoutFences(text), -1) {
			if strings.Contains(link[1], "://") {
				continue
			}
			count++
			checkLink(t, document, link[1])
		}
	}
	if count < 100 {
		t.Errorf("found %d links: does it still find them?", count)
	}
}

func checkLink(t *testing.T, document, link string) {
	t.Helper()
	name, anchor, _ := strings.Cut(link, "#")
	file := document
	if name != "" {
		file = filepath.Join(filepath.Dir(document), filepath.FromSlash(name))
	}
	if _, err := os.Stat(file); err != nil {
		t.Errorf("%s links to %s, which does not exist", document, link)
		return
	}
	if anchor != "" && !hasAnchor(readText(t, file), anchor) {
		t.Errorf("%s links to %s, which has no such heading", document, link)
	}
}

// hasAnchor goes by the anchors that GitHub gives to headings.
func hasAnchor(text, anchor string) bool {
	if strings.Contains(text, `id="`+anchor+`"`) || strings.Contains(text, `name="`+anchor+`"`) {
		return true
	}
	for line := range strings.Lines(withoutFences(text)) {
		heading := strings.TrimLeft(line, "#")
		if heading == line {
			continue
		}
		kept := regexp.MustCompile(`[^\p{L}\p{N} _-]`).ReplaceAllString(strings.ToLower(strings.TrimSpace(heading)), "")
		if strings.ReplaceAll(kept, " ", "-") == anchor {
			return true
		}
	}
	return false
}

// withoutFences drops fenced blocks, whose text is no Markdown.
func withoutFences(text string) string {
	var kept strings.Builder
	for i, part := range strings.Split("\n"+text, "\n```") {
		if i%2 == 0 {
			kept.WriteString(part + "\n")
		}
	}
	return kept.String()
}

func readText(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
