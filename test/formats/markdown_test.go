package formats

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/text"

	"github.com/kubectl-mesh/kubectl-mesh/internal/review"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/changes"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/summary"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/topology"
)

// shape is what a parser of GitHub's Markdown makes of a page, but for the text in it and for some kinds of nodes.
func shape(t testing.TB, page string, without ...ast.NodeKind) string {
	t.Helper()
	root := goldmark.New(goldmark.WithExtensions(extension.GFM)).Parser().Parse(text.NewReader([]byte(page)))
	var b strings.Builder
	depth := 0
	err := ast.Walk(root, func(node ast.Node, entering bool) (ast.WalkStatus, error) {
		switch kind := node.Kind(); {
		case !entering:
			depth--
		default:
			depth++
			if kind != ast.KindText && kind != ast.KindString && !slices.Contains(without, kind) {
				fmt.Fprintf(&b, "%s%s\n", strings.Repeat(" ", depth), kind)
			}
		}
		return ast.WalkContinue, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// hostile are texts that mean something to Markdown, to GitHub or to its runners.
func hostile() []string {
	return []string{"x", "", " ", "a|b", "`", "``` x", "\n# H", "\r\n::error::x", "::set-output name=a::b", "##[group]x", "<b>x</b>", "<!-- x", "]]>", "[a](http://x)",
		"![a](http://x)", "http://example.com", "www.example.com", "a@example.com", "@team", "*x* _y_ ~~z~~", "\\", "\\|", "&lt;", "- [ ] x", "1. x", "> x", "---",
		"\u202e\u200b\u2028", "\x00\xff", "[^1]", "$x$", "a``b`c", " ` "}
}

// FuzzReadme: whatever a name, an address, an annotation or a reason is, README.md has the headings, tables and cells that
// it has for a harmless one. A value that no code span of a table can hold is plain text.
func FuzzReadme(f *testing.F) {
	for _, seed := range hostile() {
		f.Add(seed)
	}
	want := shape(f, readme(f, "x"), ast.KindCodeSpan)
	f.Fuzz(func(t *testing.T, value string) {
		page := readme(t, value)
		if got := shape(t, page, ast.KindCodeSpan); got != want {
			t.Errorf("%q: got\n%s\nwant\n%s\nof\n%s", value, got, want, page)
		}
	})
}

func readme(t testing.TB, value string) string {
	t.Helper()
	file := "../../testdata/scenarios/every-field/mesh.yaml"
	source, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	doc, problems := mesh.Load(mesh.Source{Name: file, Text: source, Files: os.DirFS(filepath.Dir(file))})
	if doc.Mesh == nil {
		t.Fatal(problems)
	}
	s := summary.New(summary.Input{Mesh: doc.Mesh, Graph: topology.New(doc.Mesh)})
	// A letter before each value keeps it from being empty or none: those are other cells.
	v := "v" + value
	s.Mesh, s.Trust.DomainAliases = v, []string{v}
	for i := range s.Clusters {
		c := &s.Clusters[i]
		c.ClusterID, c.Network, c.TrustDomain, c.Locality, c.Platform, c.PodCIDRs = v, "", v, v, v, []string{v}
		c.Istio.Version, c.Istio.Revision, c.Istio.Namespace = v, v, v
		for j := range c.Endpoints {
			e := &c.Endpoints[j]
			e.TLSServerName, e.Proxy, e.CAs = v, v, []summary.Certificate{{Subject: v, SHA256: "00", Expires: v}}
		}
	}
	s.Waivers = []summary.Waiver{{Rule: v, Title: v, Clusters: []string{v}, Reason: v}}
	s.Held = []summary.Held{{File: v, Missing: v, Next: v}}
	return string(s.Markdown())
}

// FuzzReview: no value of a change breaks out of its code span, and no line of a review is a command to a runner.
func FuzzReview(f *testing.F) {
	for _, seed := range hostile() {
		f.Add(seed)
	}
	want := shape(f, reviewOf("x").Markdown(0))
	f.Fuzz(func(t *testing.T, value string) {
		if value == "" {
			return // nothing is said of it
		}
		result := reviewOf(value)
		page := result.Markdown(0)
		if got := shape(t, page); got != want {
			t.Errorf("%q: got\n%s\nwant\n%s\nof\n%s", value, got, want, page)
		}
		for line := range strings.Lines(page + result.Text()) {
			if line = strings.TrimSpace(line); strings.HasPrefix(line, "::") || strings.HasPrefix(line, "##[") {
				t.Errorf("%q: a line is a workflow command: %s", value, line)
			}
		}
	})
}

// reviewOf is a review with a value wherever it can have one: one change for itself, and many that are folded.
func reviewOf(value string) review.Result {
	says := changes.Phrase{Format: "%s reads %s", Values: []string{value, value}}
	at := summary.Place{File: value, Line: 7}
	danger, _ := changes.Find("MC010")
	note, _ := changes.Find("MC074")
	all := []changes.Change{{Kind: danger, Object: value, Class: value, Clusters: []string{value}, Says: says, Before: []string{value}, After: []string{value},
		More: []changes.Phrase{says}, At: at}}
	for range 5 {
		all = append(all, changes.Change{Kind: note, Object: value, Says: says, Common: says, Before: []string{value}, At: at})
	}
	return review.Result{Mesh: value, File: value, Base: review.Revision{Name: value, Commit: "abc"}, Head: review.Revision{Name: value, Commit: "def"}, New: true,
		Members: [][]string{{value}, {value, "z"}}, Changes: all, Steps: []changes.Step{{Does: "render", Command: "kubectl " + value}}}
}
