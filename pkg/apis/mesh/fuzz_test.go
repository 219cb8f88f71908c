package mesh_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	yamlv3 "go.yaml.in/yaml/v3"
	"sigs.k8s.io/yaml"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/printable"
)

// FuzzLoad reads a mesh with the facts of its cluster east, as they are and with a value put
// somewhere. Problems are complete and fit on their lines; a mesh without problems is the same
// when it is written and read again; and a secret in the place of any value is not shown.
func FuzzLoad(f *testing.F) {
	addSeeds(f)
	f.Fuzz(func(t *testing.T, text, facts, value string, place uint) {
		checkLoad(t, text, facts)
		checkLoad(t, plant(text, value, place), facts)
		checkLoad(t, text, plant(facts, value, place))
		checkHidden(t, plant(text, marker, place), facts)
		checkHidden(t, text, plant(facts, marker, place))
	})
}

func addSeeds(f *testing.F) {
	f.Helper()
	f.Add(everything, everythingOfEast, "a: b", uint(30))
	f.Add(small+"    network: a\n  links: []\n", facts("east", "  {}\n"), "", uint(3))
	for _, pattern := range []string{"testdata/invalid/*.yaml", "testdata/scenarios/*/mesh.yaml", "examples/*/mesh.yaml"} {
		names, err := filepath.Glob("../../../" + pattern)
		if err != nil || len(names) == 0 {
			f.Fatalf("found no %s: %v", pattern, err)
		}
		for i, name := range names {
			text, err := os.ReadFile(name)
			if err != nil {
				f.Fatal(err)
			}
			beside, _ := os.ReadFile(filepath.Join(filepath.Dir(name), "clusters", "east.yaml"))
			f.Add(string(text), string(beside), " #\n", uint(i))
		}
	}
}

func beside(facts string) map[string]string {
	if facts == "" {
		return nil
	}
	return map[string]string{"clusters/east.yaml": facts}
}

func checkLoad(t *testing.T, text, facts string) {
	t.Helper()
	doc, problems := read(text, beside(facts))
	checkComplete(t, problems)
	if len(problems) == 0 {
		checkRoundTrip(t, doc.Mesh)
		checkPrinted(t, doc.Mesh)
	}
}

// checkPrinted wants nothing in a mesh that a reader does not see.
func checkPrinted(t *testing.T, mesh *v1alpha1.Mesh) {
	t.Helper()
	text, err := json.Marshal(mesh)
	if err != nil {
		t.Fatal(err)
	}
	var tree any
	if err := json.Unmarshal(text, &tree); err != nil {
		t.Fatal(err)
	}
	breaks := strings.NewReplacer("\n", "", "\r", "", "\t", "")
	if all := breaks.Replace(fmt.Sprint(tree)); !printable.Text(all) {
		t.Errorf("holds %q", all)
	}
}

func checkComplete(t *testing.T, problems []mesh.Problem) {
	t.Helper()
	for _, problem := range problems {
		line := problem.String()
		if problem.Message == "" || problem.Hint == "" || problem.File == "" || problem.Severity != mesh.SeverityError ||
			strings.ContainsAny(line+problem.Hint, "\n\r\x1b") {
			t.Errorf("%q with hint %q: %#v", line, problem.Hint, problem)
		}
	}
}

// checkRoundTrip wants every default and every merged fact to be said, so that no facts are
// needed to read the mesh again. Left out links are not an empty list of them; of other lists
// that may be so.
func checkRoundTrip(t *testing.T, want *v1alpha1.Mesh) {
	t.Helper()
	text, err := yaml.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	if strings.ContainsAny(string(text), "\u0085\u2028\u2029\ufeff") {
		return // the library writes these as they are, and Load does not take them
	}
	doc, problems := mesh.Load(mesh.Source{Name: "again.yaml", Text: text})
	if len(problems) > 0 {
		t.Fatalf("problems:\n%s\nof:\n%s", printed(problems), text)
	}
	if diff := cmp.Diff(want, doc.Mesh, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("(-first +again):\n%s", diff)
	}
	if (want.Spec.Links == nil) != (doc.Mesh.Spec.Links == nil) {
		t.Errorf("links: first %#v, again %#v", want.Spec.Links, doc.Mesh.Spec.Links)
	}
}

// marker stands for a secret: too long for a name, and with characters that no name has.
const marker = "eyJhbGciOiJub25lIn0.TEST_ONLY.0123456789abcdefABCDEF"

func checkHidden(t *testing.T, text, facts string) {
	t.Helper()
	_, problems := read(text, beside(facts))
	if shown := printed(problems) + fmt.Sprint(problems); strings.Contains(shown, marker) {
		t.Errorf("shown:\n%s", shown)
	}
}

// plant puts a value in the place of another one of a YAML text, as text or with the tag that
// the other has. What is no YAML stays as it is.
func plant(text, value string, place uint) string {
	var doc yamlv3.Node
	if yamlv3.Unmarshal([]byte(text), &doc) != nil {
		return text
	}
	values := scalars(nil, &doc)
	if len(values) == 0 {
		return text
	}
	at := values[place/2%uint(len(values))]
	at.Value, at.Style = value, 0
	if place%2 == 0 {
		at.Tag = "!!str"
	}
	planted, err := yamlv3.Marshal(&doc)
	if err != nil {
		return text
	}
	return string(planted)
}

// scalars collects the values of a tree that are no maps and lists, and no keys.
func scalars(found []*yamlv3.Node, node *yamlv3.Node) []*yamlv3.Node {
	step := 1
	if node.Kind == yamlv3.MappingNode {
		step = 2
	}
	for i := step - 1; i < len(node.Content); i += step {
		child := node.Content[i]
		if child.Kind == yamlv3.ScalarNode {
			found = append(found, child)
		}
		found = scalars(found, child)
	}
	return found
}
