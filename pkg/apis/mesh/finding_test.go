package mesh_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
)

// warned is a warning of a rule about a cluster in mesh.yaml.
func warned(rule string, at int, field, message, hint string) mesh.Problem {
	return mesh.Problem{Rule: rule, Severity: mesh.SeverityWarning, File: "mesh.yaml", Line: at, Field: field, Message: message, Hint: hint}
}

// TestFindings: one finding a rule, with the clusters listed and the remedy once; errors first.
func TestFindings(t *testing.T) {
	got := mesh.Findings([]mesh.Problem{
		warned("MESH048", 4, "spec.clusters[0].podCIDRs", "traffic from east to north is dropped: podCIDRs", "mesh collect --cluster east"),
		warned("MESH025", 5, "spec.clusters[0].istio.hub", "the values for east have no hub", "set it"),
		warned("MESH025", 9, "spec.clusters[1].istio.hub", "the values for west have no hub", "set it"),
		warned("MESH025", 9, "spec.clusters[1].istio.tag", "the values for west have no tag", "set it"),
		{Severity: mesh.SeverityError, File: "mesh.yaml", Line: 7, Field: "spec.x", Message: "unknown field"},
		warned("MESH048", 8, "spec.clusters[1].podCIDRs", "traffic from west to north is dropped: podCIDRs", "mesh collect --cluster west"),
		{Severity: mesh.SeverityError, File: "mesh.yaml", Line: 8, Field: "spec.x", Message: "unknown field"},
		{Rule: "MESH006", Severity: mesh.SeverityError, Message: "waived", Waived: "a lab"},
		{Rule: "MESH077", Severity: mesh.SeverityWarning, File: "clusters/a.yaml", Line: 3, Message: "network of a: is n"},
		{Rule: "MESH077", Severity: mesh.SeverityWarning, File: "clusters/b.yaml", Line: 3, Message: "network of b: is n"},
	})
	want := []mesh.Finding{
		{Severity: mesh.SeverityError, Lines: []string{"mesh.yaml:7: spec.x: unknown field"}},
		{Severity: mesh.SeverityError, Lines: []string{"mesh.yaml:8: spec.x: unknown field"}},
		{Severity: mesh.SeverityWarning,
			Lines: []string{"mesh.yaml:4,8: spec.clusters[*].podCIDRs: traffic from east to north is dropped: podCIDRs; likewise west [MESH048]"},
			Hints: []string{"mesh collect --cluster east; the same with west"}},
		{Severity: mesh.SeverityWarning,
			Lines: []string{"mesh.yaml:5,9: spec.clusters[*].istio.hub: the values for east have no hub; likewise west [MESH025]",
				"mesh.yaml:9: spec.clusters[1].istio.tag: the values for west have no tag"},
			Hints: []string{"set it"}},
		{Severity: mesh.SeverityWarning, Lines: []string{"clusters/a.yaml:3, clusters/b.yaml:3: network of a: is n; likewise b [MESH077]"}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestFindingsAreBounded: a finding about a thousand clusters is as long as one about ten.
func TestFindingsAreBounded(t *testing.T) {
	var problems []mesh.Problem
	for i := range 1000 {
		problems = append(problems, warned("MESH025", i+1, fmt.Sprintf("spec.clusters[%d].hub", i), fmt.Sprintf("c%d has no hub", i), ""))
	}
	want := []mesh.Finding{{Severity: mesh.SeverityWarning, Lines: []string{
		"mesh.yaml:1,2,3,4,5,6,7,8: spec.clusters[*].hub: c0 has no hub; likewise c1, c2, c3, c4, c5, c6, c7, c8 and 991 more [MESH025]"}}}
	if diff := cmp.Diff(want, mesh.Findings(problems)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
