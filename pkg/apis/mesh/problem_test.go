package mesh_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
)

func TestProblemString(t *testing.T) {
	for want, problem := range map[string]mesh.Problem{
		"is empty":                               {Message: "is empty"},
		"mesh.yaml: is empty":                    {File: "mesh.yaml", Message: "is empty"},
		"mesh.yaml:7: is empty":                  {File: "mesh.yaml", Line: 7, Message: "is empty"},
		"is empty [MESH001]":                     {Line: 7, Message: "is empty", Rule: "MESH001"},
		"mesh.yaml:7: spec.links: wrong":         {File: "mesh.yaml", Line: 7, Field: "spec.links", Message: "wrong", Hint: "a hint", Waived: "a reason"},
		`clusters/\x1b[2J.yaml: a\nb\r\u2028: c`: {File: "clusters/\x1b[2J.yaml", Field: "a\nb\r\u2028", Message: "c"},
		"spec.öst: ü":                            {Field: "spec.öst", Message: "ü"},
		strings.Repeat("ö", 300) + ": wrong":     {Field: strings.Repeat("ö", 300), Message: "wrong"},
		strings.Repeat("ö", 300) + "...: wrong":  {Field: strings.Repeat("ö", 301), Message: "wrong"},
	} {
		if got := problem.String(); got != want {
			t.Errorf("got %q\nwant %q", got, want)
		}
	}
}

func TestStop(t *testing.T) {
	stopping := mesh.Problem{Severity: mesh.SeverityError}
	waived := mesh.Problem{Severity: mesh.SeverityError, Waived: "lab"}
	warning := mesh.Problem{Severity: mesh.SeverityWarning}
	for _, test := range []struct {
		problems []mesh.Problem
		want     bool
	}{
		{nil, false},
		{[]mesh.Problem{waived, warning}, false},
		{[]mesh.Problem{warning, stopping}, true},
	} {
		if got := mesh.Stop(test.problems); got != test.want {
			t.Errorf("Stop(%v): got %v", test.problems, got)
		}
	}
}

func TestSort(t *testing.T) {
	want := []mesh.Problem{
		{File: "a", Line: 9},
		{File: "b", Line: 1, Field: "b"},
		{File: "b", Line: 2, Field: "a", Rule: "A", Message: "b"},
		{File: "b", Line: 2, Field: "a", Rule: "B", Message: "a"},
		{File: "b", Line: 2, Field: "a", Rule: "B", Message: "b"},
		{File: "b", Line: 2, Field: "b", Rule: "A"},
		{File: "b", Line: 10, Field: "a"},
	}
	got := make([]mesh.Problem, len(want))
	for i, problem := range want {
		got[len(want)-1-i] = problem
	}
	mesh.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestLongValues: what is long is no name, and may be a secret in the wrong place. A problem
// shows only how it begins.
func TestLongValues(t *testing.T) {
	forty, name := strings.Repeat("X", 40), strings.Repeat("x", 63)
	for value, want := range map[string]string{
		forty:                           forty,
		forty + "X":                     "XXXXXXXXXXXX... (41 characters)",
		strings.Repeat("ö", 41):         "öööööööööööö... (41 characters)",
		name:                            name,
		name + "x":                      "xxxxxxxxxxxx... (64 characters)",
		"https://u:pw@a.example.com":    "[not shown]",
		"https://a.example.com/" + name: "https://a.example.com/xxxxxxxxxxxxxxxxxx... (85 characters)",
	} {
		t.Run(value, func(t *testing.T) {
			_, problems := read(small+"  links: [{from: ['"+value+"'], to: [east]}]\n", nil)
			checkProblems(t, problems,
				`mesh.yaml:7: spec.links[0].from[0]: Not found: "`+want+`": no cluster has this name`,
				"hint: use the name of a cluster in spec.clusters")
		})
	}
}

// TestSecretsInTheWrongPlace puts a token wherever a value can be wrong: no problem may show it.
func TestSecretsInTheWrongPlace(t *testing.T) {
	for name, text := range map[string]string{
		"api version":     strings.Replace(small, "kubectl-mesh.dev/v1alpha1", token, 1),
		"version":         strings.Replace(small, "v1alpha1", token, 1),
		"kind":            strings.Replace(small, "kind: Mesh", "kind: "+token, 1),
		"name":            strings.Replace(small, "shop", token, 1),
		"document":        token,
		"enumeration":     small + "  discovery: " + token + "\n",
		"duplicate":       header + "  - {name: a, context: " + token + "}\n  - {name: b, context: " + token + "}\n",
		"cluster":         header + "  - name: " + token + "\n    api: {certificateAuthority: missing.crt}\n",
		"near a cluster":  header + "  - name: " + token + "\n  links: [{between: [" + token + "x, '*']}]\n",
		"tag":             small + "    network: !!int " + token + "\n",
		"binary":          small + "    network: !!binary " + token + "_\n",
		"null key":        small + "    ~: " + token + "\n",
		"map as key":      small + "    ? {a: " + token + "}\n    : b\n",
		"syntax":          small + "    network: [" + token + "\n",
		"quote":           small + "    network: \"" + token + "\n",
		"colon":           small + "    network: " + token + ": " + token + "\n",
		"wrong type":      small + "    api: " + token + "\n",
		"base64":          small + "    api: {certificateAuthorityData: " + token + "}\n",
		"path":            small + "    api: {certificateAuthority: /" + token + "}\n",
		"query":           small + "    api: {server: 'https://a.example.com/?token=" + token + "'}\n",
		"another scheme":  small + "    api: {server: " + token + "}\n",
		"unknown field":   small + "    token: " + token + "\n",
		"duplicate field": small + "    network: " + token + "\n    network: " + token + "\n",
		"address":         small + "    gateway: {addresses: [" + token + "]}\n",
		"name of facts":   small,
	} {
		t.Run(name, func(t *testing.T) {
			beside := map[string]string{}
			if name == "name of facts" {
				beside["clusters/east.yaml"] = facts(token, "  {}\n")
			}
			_, problems := read(text, beside)
			if got := printed(problems); len(problems) == 0 || strings.Contains(got, token) {
				t.Errorf("got problems:\n%s", got)
			}
		})
	}
}

// token looks like the secret of a service account, and is none.
const token = "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJrdWJlcm5ldGVzL3NlcnZpY2VhY2NvdW50In0.VEVTVCBPTkxZ"
