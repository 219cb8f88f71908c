package rules_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/rules"
)

// waived is a mesh of east, west, north and south with these waivers, of which east and west
// have one pod range, and south names no network and has a gateway that nobody needs.
func waived(waivers ...string) string {
	return `{waivers: [` + strings.Join(waivers, ", ") + `], clusters: [` +
		`{name: east, network: x, podCIDRs: [10.0.0.0/8]}, {name: west, network: x, podCIDRs: [10.0.0.0/8]}, {name: north, network: z}, {name: south, gateway: {}}]}`
}

// waiverCases are those of the rule about waivers that do nothing.
func waiverCases() map[string][]ruleCase {
	const hint = "remove it, so that it does not accept future findings"
	return map[string][]ruleCase{"MESH013": {
		{
			name: "no finding of its rule",
			spec: waived("{rule: MESH001, reason: r}"),
			want: []mesh.Problem{found("spec.waivers[0]", "waiver of MESH001 matches no finding", hint)},
		},
		{
			name: "no finding about its clusters",
			spec: waived("{rule: MESH004, reason: r}", "{rule: MESH009, clusters: [north], reason: r}"),
			want: []mesh.Problem{found("spec.waivers[1]", "waiver of MESH009 matches no finding", hint)},
		},
		{
			name: "only some of the clusters of a finding",
			spec: waived("{rule: MESH004, clusters: [east], reason: r}"),
			want: []mesh.Problem{found("spec.waivers[0]", "waiver of MESH004 matches no finding", hint)},
		},
		{name: "in use", spec: waived("{rule: MESH004, reason: r}", "{rule: MESH009, clusters: [north, south], reason: r}")},
		{name: "two for one finding", spec: waived("{rule: MESH009, reason: r}", "{rule: MESH009, clusters: [south], reason: r}")},
		{name: "of a rule that there is not", spec: waived("{rule: MESH999, reason: r}")},
		{name: "of a rule that cannot be waived", spec: waived("{rule: MESH003, reason: r}")},
		{name: "of rules that look at credentials, which validate does not read", spec: waived("{rule: MESH016, reason: r}", "{rule: MESH017, reason: r}")},
	}}
}

func TestWaivers(t *testing.T) {
	tests := map[string]struct {
		waivers []string
		rule    string
		reasons []string // of each finding of the rule
	}{
		"none": {rule: "MESH004", reasons: []string{""}},
		"for all clusters": {
			waivers: []string{"{rule: MESH004, reason: lab}"},
			rule:    "MESH004", reasons: []string{"lab"},
		},
		"for the clusters of the finding": {
			waivers: []string{"{rule: MESH004, clusters: [west, east], reason: lab}"},
			rule:    "MESH004", reasons: []string{"lab"},
		},
		"for more clusters than that": {
			waivers: []string{"{rule: MESH004, clusters: [north, west, east], reason: lab}"},
			rule:    "MESH004", reasons: []string{"lab"},
		},
		"some of the clusters do not cover": {
			waivers: []string{"{rule: MESH004, clusters: [east], reason: lab}", "{rule: MESH004, clusters: [west], reason: lab}"},
			rule:    "MESH004", reasons: []string{""},
		},
		"the first reason counts": {
			waivers: []string{"{rule: MESH004, reason: first}", "{rule: MESH004, reason: second}"},
			rule:    "MESH004", reasons: []string{"first"},
		},
		"another rule": {
			waivers: []string{"{rule: MESH009, reason: lab}"},
			rule:    "MESH004", reasons: []string{""},
		},
		"a warning": {
			waivers: []string{"{rule: MESH019, clusters: [south], reason: by hand}"},
			rule:    "MESH019", reasons: []string{"by hand"},
		},
		"a firm rule stays": {
			waivers: []string{"{rule: MESH003, reason: lab}"},
			rule:    "MESH003", reasons: []string{"", "", "", ""},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			problems := of(test.rule, rules.Check(load(t, waived(test.waivers...))))
			var reasons []string
			for _, problem := range problems {
				reasons = append(reasons, problem.Waived)
				if problem.Stops() != (problem.Severity == mesh.SeverityError && problem.Waived == "") {
					t.Errorf("%v stops: %t", problem, problem.Stops())
				}
			}
			if diff := cmp.Diff(test.reasons, reasons); diff != "" {
				t.Errorf("reasons (-want +got):\n%s", diff)
			}
		})
	}
}

// TestWaiverWithoutClusters: a finding about no cluster is passed only by a waiver for all.
func TestWaiverWithoutClusters(t *testing.T) {
	const spec = `{waivers: [{rule: MESH010, %s reason: r}], clusters: [{name: a}, {name: b}]}`
	for clusters, want := range map[string]string{"": "r", "clusters: [a, b],": ""} {
		in := load(t, fmt.Sprintf(spec, clusters))
		in.OrphanedFacts = []string{"clusters/x.yaml"}
		problems := of("MESH010", rules.Check(in))
		if len(problems) != 1 || problems[0].Waived != want {
			t.Errorf("waiver with %q: got %+v, want one finding waived %q", clusters, problems, want)
		}
	}
}

// TestWrongWaivers: a waiver that can do nothing is an error of structure, and has no rule.
func TestWrongWaivers(t *testing.T) {
	problem := func(i int, message, hint string) mesh.Problem {
		return mesh.Problem{Severity: mesh.SeverityError, Field: fmt.Sprintf("spec.waivers[%d].rule", i), Message: message, Hint: hint}
	}
	in := load(t, waived("{rule: mesh004, reason: r}", "{rule: MESH00, reason: r}", "{rule: no-such-rule, reason: r}",
		"{rule: MESH003, reason: r}", "{rule: MESH013, reason: r}", "{rule: MESH004, reason: r}"))
	want := []mesh.Problem{
		problem(0, `Unsupported value: "mesh004": no rule has this ID`, "did you mean MESH004? kubectl mesh explain MESH004"),
		problem(1, `Unsupported value: "MESH00": no rule has this ID`, "did you mean MESH001? kubectl mesh explain MESH001"),
		problem(2, `Unsupported value: "no-such-rule": no rule has this ID`, "docs/rules.md lists the rules"),
		problem(3, `Invalid value: "MESH003": this rule cannot be waived`, "remove the waiver, and follow the rule: kubectl mesh explain MESH003"),
		problem(4, `Invalid value: "MESH013": this rule cannot be waived`, "remove the waiver, and follow the rule: kubectl mesh explain MESH013"),
	}
	if diff := cmp.Diff(want, of("", rules.Check(in))); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
}
