package mesh_test

import (
	"fmt"
	"strings"
	"testing"
)

// TestManyClusters: the limit itself is within.
func TestManyClusters(t *testing.T) {
	clusters := func(count int) string {
		var b strings.Builder
		b.WriteString(header)
		for i := range count {
			fmt.Fprintf(&b, "  - name: c%d\n", i)
		}
		return b.String()
	}
	mustRead(t, clusters(5000), nil)
	_, problems := read(clusters(5001), nil)
	checkProblems(t, problems, "mesh.yaml:5: spec.clusters: Too many: must have at most 5000 clusters", "hint: split it into several meshes")
}

// TestManyProblems: a report that is cut says so.
func TestManyProblems(t *testing.T) {
	for name, test := range map[string]struct {
		text string
		want int
		more string
	}{
		"as many as are shown":      {small + "  links:\n" + strings.Repeat("  - {}\n", 1000), 1000, ""},
		"one more":                  {small + "  links:\n" + strings.Repeat("  - {}\n", 1001), 1001, "there are more problems than listed"},
		"unknown fields":            {small + unknown(99), 99, ""},
		"more than the decoder has": {small + unknown(101), 101, "there may be more unknown fields"},
		"double keys":               {small + strings.Repeat("a: 1\n", 1001), 1000, ""},
		"more double keys":          {small + strings.Repeat("a: 1\n", 1003), 1001, "there are more problems than listed"},
	} {
		t.Run(name, func(t *testing.T) {
			_, problems := read(test.text, nil)
			if len(problems) != test.want {
				t.Errorf("got %d problems, want %d", len(problems), test.want)
			}
			if more := problems[0].Message; strings.HasPrefix(more, "there ") != (test.more != "") || test.more != "" && more != test.more {
				t.Errorf("got %q first, want %q", more, test.more)
			}
		})
	}
}

func unknown(count int) string {
	var b strings.Builder
	for i := range count {
		fmt.Fprintf(&b, "field%d: 1\n", i)
	}
	return b.String()
}

// TestDeepKeys: no field of ours lies so deep, so the path would help nobody.
func TestDeepKeys(t *testing.T) {
	deep := func(depth int, text string) string {
		return small + strings.Repeat("{a: ", depth)[1:] + "{" + text + "}" + strings.Repeat("}", depth-1) + "\n"
	}
	_, problems := read(deep(10, "b: 1, b: 2"), nil)
	checkProblems(t, problems, "mesh.yaml:7: "+strings.Repeat("a.", 10)+"b: duplicate field", "hint: specify the field once")
	_, problems = read(deep(60, "b: 1, b: 2"), nil)
	checkProblems(t, problems, "mesh.yaml:7: a key occurs twice", "hint: specify each key once")
	_, problems = read(deep(60, "? {b: 1} : 2"), nil)
	checkProblems(t, problems, "mesh.yaml: a key is not plain text",
		"hint: quote text that begins with { or [, and add text before each colon")
}

// TestListOfBytes: the decoder would take numbers for bytes, and no numbers for nothing said.
func TestListOfBytes(t *testing.T) {
	_, problems := read(small+"    api: {certificateAuthorityData: [45, 45]}\n  certificateAuthorityData: []\n", nil)
	checkProblems(t, problems,
		"mesh.yaml:7: spec.clusters[0].api.certificateAuthorityData: Invalid value: must be base64 text, not a list",
		"hint: encode the file as base64, in quotes and on one line",
		"mesh.yaml:8: spec.certificateAuthorityData: unknown field",
		"hint: the fields here are istio, discovery, links, trust, reader, sealing, fleet, admissionPolicy, clusters, sites, firewall, sample, waivers")
	_, problems = read(small+"  certificateAuthorityData: []\n", nil)
	checkProblems(t, problems,
		"mesh.yaml:7: spec.certificateAuthorityData: unknown field",
		"hint: the fields here are istio, discovery, links, trust, reader, sealing, fleet, admissionPolicy, clusters, sites, firewall, sample, waivers")
}
