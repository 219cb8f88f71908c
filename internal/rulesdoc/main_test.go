package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/rules"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/topology"
)

// committed is docs/rules.md as it is in the tree.
func committed(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("../../docs/rules.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestPageIsCurrent(t *testing.T) {
	if diff := cmp.Diff(page(rules.All()), committed(t)); diff != "" {
		t.Errorf("docs/rules.md is not what the rules say; run: make update (or go generate ./pkg/rules)\n%s", diff)
	}
}

// TestAnchors: GitHub makes the anchor of a heading from its text in lower case, and a second
// heading of the same text gets another one.
func TestAnchors(t *testing.T) {
	var anchors []string
	for line := range strings.Lines(committed(t)) {
		if heading, ok := strings.CutPrefix(line, "## "); ok {
			anchors = append(anchors, strings.ToLower(strings.TrimSuffix(heading, "\n")))
		}
	}
	for _, id := range rules.IDs() {
		anchor := strings.ToLower(id)
		first := slices.Index(anchors, anchor)
		if first < 0 || slices.Contains(anchors[first+1:], anchor) {
			t.Errorf("docs/rules.md#%s does not lead to one heading; there are %q", anchor, anchors)
		}
		if !strings.Contains(committed(t), "["+id+"](#"+anchor+")") {
			t.Errorf("the table does not link to %s", id)
		}
	}
}

// TestEveryTextIsThere: the page says all that explain says, in sentences on lines of their own.
func TestEveryTextIsThere(t *testing.T) {
	for section := range strings.SplitSeq(committed(t), "\n## ") {
		id, rest, _ := strings.Cut(section, "\n")
		rule, ok := rules.Find(id)
		if !ok {
			continue
		}
		words := strings.Join(strings.Fields(rest), " ")
		want := "**" + rule.Title + "** Severity: " + string(rule.Severity) + ". " + waiving(rule) + " " + rule.Why + " Remedy: " + rule.Remedy
		if words != want {
			t.Errorf("%s says\n%s\nwant\n%s", id, words, want)
		}
	}
}

func TestRow(t *testing.T) {
	tests := map[string]struct {
		rule rules.Rule
		want []string
	}{
		"an error": {
			rule: rules.Rule{ID: "MESH900", Title: "It breaks", Severity: "error", Why: "One. Two: a. b", Remedy: "Mend it."},
			want: []string{
				"| [MESH900](#mesh900) | It breaks | error | yes |\n",
				"\n## MESH900\n\n**It breaks**\n\nSeverity: error.\nIt can be waived.\n\nOne.\nTwo: a.\nb\n\nRemedy:\nMend it.\n",
			},
		},
		"a warning": {
			rule: rules.Rule{ID: "MESH901", Title: "It creaks", Severity: "warning", Why: "W.", Remedy: "R."},
			want: []string{"| It creaks | warning | yes |\n", "\nSeverity: warning.\nIt can be waived.\n"},
		},
		"a firm rule": {
			rule: rules.Rule{ID: "MESH902", Title: "It stands", Severity: "warning", Firm: true, Why: "W.", Remedy: "R."},
			want: []string{"| It stands | warning | no |\n", "\nSeverity: warning.\nIt cannot be waived.\n"},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			text := page([]rules.Rule{test.rule})
			for _, want := range test.want {
				if !strings.Contains(text, want) {
					t.Errorf("the page lacks %q:\n%s", want, strings.TrimPrefix(text, intro))
				}
			}
		})
	}
}

// TestExample makes a mesh of the example: it shows the finding that the page shows, and the
// waiver lets it pass.
func TestExample(t *testing.T) {
	_, rest, _ := strings.Cut(committed(t), "```yaml\n")
	waiver, _, _ := strings.Cut(rest, "```")
	clusters := "  clusters:\n    - name: east\n      api:\n        server: https://127.0.0.1:6443\n    - name: west\n"
	for _, test := range []struct{ spec, reason string }{
		{"spec:\n" + clusters, ""},
		{waiver + clusters, "a lab on one host; every control plane runs in the host's network"},
	} {
		text := "apiVersion: kubectl-mesh.dev/v1alpha1\nkind: Mesh\nmetadata:\n  name: shop\n" + test.spec
		finding := findingOf(t, "MESH006", text)
		if finding.Waived != test.reason {
			t.Errorf("waived %q, want %q:\n%s", finding.Waived, test.reason, text)
		}
		shown := "```\nerror: " + finding.String() + "\nhint: " + finding.Hint + "\n```\n"
		if test.reason == "" && !strings.Contains(committed(t), shown) {
			t.Errorf("the page does not show the finding of this mesh:\n%s\n%s", text, shown)
		}
	}
}

func findingOf(t *testing.T, rule, text string) mesh.Problem {
	t.Helper()
	doc, problems := mesh.Load(mesh.Source{Name: "mesh.yaml", Text: []byte(text)})
	if len(problems) > 0 {
		t.Fatalf("the example is not valid: %v\n%s", problems, text)
	}
	problems = doc.Place(rules.Check(rules.Input{Mesh: doc.Mesh, Graph: topology.New(doc.Mesh)}))
	problems = slices.DeleteFunc(problems, func(p mesh.Problem) bool { return p.Rule != rule })
	if len(problems) != 1 {
		t.Fatalf("got %v, want one finding of %s", problems, rule)
	}
	return problems[0]
}

func TestRun(t *testing.T) {
	file := filepath.Join(t.TempDir(), "rules.md")
	for _, args := range [][]string{nil, {file, file}} {
		if err := run(args); err == nil || err.Error() != "specify the output file: rulesdoc docs/rules.md" {
			t.Errorf("run(%q) = %v", args, err)
		}
	}
	if _, err := os.Stat(file); err == nil {
		t.Error("a file is written in vain")
	}
	if err := run([]string{file}); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if string(text) != page(rules.All()) {
		t.Errorf("the file is not the page:\n%s", text)
	}
}
