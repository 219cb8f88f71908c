package explain_test

import (
	"strings"
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/internal/explain"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/changes"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/check"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/rules"
)

// words is an error with its remedies, a line each.
func words(err error) string {
	var lines []string
	for _, problem := range hint.List(err) {
		lines = append(lines, problem.Text)
		for _, remedy := range problem.Remedies {
			lines = append(lines, "hint: "+remedy)
		}
	}
	return strings.Join(lines, "\n")
}

// TestIncompletePaths: a name leads to the paths that end in it.
func TestIncompletePaths(t *testing.T) {
	for topic, want := range map[string]string{
		"links":             "find links: Mesh has no such field\nhint: did you mean spec.links?",
		"Links":             "find Links: Mesh has no such field\nhint: did you mean spec.links?",
		"clusters[2].uid":   "find clusters: Mesh has no such field\nhint: did you mean spec.clusters.uid?",
		"clusterfacts.pods": "find pods: ClusterFacts has no such field\nhint: the fields here are apiVersion, kind, metadata, spec",
	} {
		if got := words(explain.Print(&strings.Builder{}, explain.Question{Topic: topic})); got != want {
			t.Errorf("%s: got %q, want %q", topic, got, want)
		}
	}
}

// TestRecursive: all fields below a field, without their descriptions.
func TestRecursive(t *testing.T) {
	var out strings.Builder
	if err := explain.Print(&out, explain.Question{Topic: "spec.links", IsRecursive: true}); err != nil {
		t.Fatal(err)
	}
	want := "KIND:     Mesh\nVERSION:  kubectl-mesh.dev/v1alpha1\n\nFIELD: links <[]Link>\n\nFIELDS:\n" +
		"  between  <[]string>\n  from     <[]string>\n  to       <[]string>\n"
	if out.String() != want {
		t.Errorf("got\n%s\nwant\n%s", out.String(), want)
	}
	err := explain.Print(&out, explain.Question{Topic: "MESH006", IsRecursive: true})
	if got := words(err); got != "rule MESH006 has no fields\nhint: omit --recursive" {
		t.Errorf("got %q", got)
	}
}

// TestUnknownID: a number that is off leads to no other rule, and a field stays a field.
func TestUnknownID(t *testing.T) {
	all := func(noun string, ids []string) string {
		return noun + "s run from " + ids[0] + " to " + ids[len(ids)-1]
	}
	allRules, allChecks, allChanges := all("rule", rules.IDs()), all("check", check.IDs()), all("change", changes.IDs())
	for topic, want := range map[string]string{
		"MESH999":                  "no rule \"MESH999\"\nhint: " + allRules,
		"mesh0":                    "no rule \"mesh0\"\nhint: " + allRules,
		"MESH0005":                 "no rule \"MESH0005\"\nhint: did you mean MESH005?",
		"mesh6":                    "no rule \"mesh6\"\nhint: did you mean MESH006?",
		"MESH18446744073709551616": "no rule \"MESH18446744073709551616\"\nhint: " + allRules,
		"CHECK999":                 "no check \"CHECK999\"\nhint: " + allChecks,
		"check16":                  "no check \"check16\"\nhint: did you mean CHECK016?",
		"CHECK":                    "no check \"CHECK\"\nhint: " + allChecks,
		"CHEKC016":                 "no rule, check or change \"CHEKC016\"\nhint: did you mean MESH016 or CHECK016 or MC016?",
		"mesh0-nonsense":           "no rule \"mesh0-nonsense\"\nhint: " + allRules,
		"WHATEVER123":              "no rule, check or change \"WHATEVER123\"\nhint: " + allRules + ", " + allChecks + ", " + allChanges,
		"mesh":                     "", "spec": "", "spec.clusters": "", "": "", "foo": "", "clusterfacts.spec": "", "spec.x509": "",
	} {
		if got := words(explain.UnknownID(topic)); got != want {
			t.Errorf("%s: got %q, want %q", topic, got, want)
		}
	}
}
