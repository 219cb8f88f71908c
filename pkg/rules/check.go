package rules

import (
	"fmt"
	"slices"

	"github.com/kubectl-mesh/kubectl-mesh/internal/parallel"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/firewall"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/nearest"
)

// Check returns the findings of all rules, with waivers applied.
func Check(in Input) []mesh.Problem { return Evaluate(in).Problems() }

// Evaluation holds the findings of all rules, without waivers.
type Evaluation struct {
	in       Input
	findings [][]finding // in the order of the rules
}

// Evaluate runs all rules.
func Evaluate(in Input) Evaluation {
	in.plan, in.servers = firewall.New(in.Mesh, in.Graph), apiServers(in.Mesh.Spec.Clusters)
	e := Evaluation{in: in, findings: make([][]finding, len(All()))}
	e.run(func(Rule) bool { return true })
	return e
}

// With runs the partial rules again. The findings of all other rules do not depend on what was read.
func (e Evaluation) With(read Read) Evaluation {
	e.in.Read, e.findings = read, slices.Clone(e.findings)
	e.run(func(rule Rule) bool { return rule.partial })
	return e
}

// run runs some rules on all processors; they are independent. Rules that are not partial do not get what was read, so
// With can keep their findings.
func (e Evaluation) run(some func(Rule) bool) {
	rules, ofMesh := All(), e.in
	ofMesh.Read = Read{}
	parallel.Each(len(rules), func(i int) {
		switch rule := rules[i]; {
		case rule.find == nil || !some(rule):
		case rule.partial:
			e.findings[i] = rule.find(e.in)
		default:
			e.findings[i] = rule.find(ofMesh)
		}
	})
}

// Problems are the findings with waivers applied, between problems of the waivers themselves.
func (e Evaluation) Problems() []mesh.Problem {
	waivers := e.in.Mesh.Spec.Waivers
	used := make([]bool, len(waivers))
	problems := checkWaivers(waivers)
	rules := All()
	for i, findings := range e.findings {
		for _, found := range findings {
			problems = append(problems, judge(rules[i], found, waivers, used))
		}
	}
	return append(problems, idle(waivers, used)...)
}

// judge converts a finding to a problem, and marks the waiver that applies.
func judge(rule Rule, found finding, waivers []v1alpha1.Waiver, used []bool) mesh.Problem {
	problem := mesh.Problem{Rule: rule.ID, Severity: rule.Severity, Clusters: found.clusters,
		File: found.file, Field: found.field, Message: found.message, Hint: found.hint}
	if found.incomplete {
		problem.Severity = mesh.SeverityIncomplete
	}
	if rule.Firm {
		return problem
	}
	for i, waiver := range waivers {
		if waiver.Rule == rule.ID && covers(waiver.Clusters, found.clusters) {
			used[i] = true
			if problem.Waived == "" {
				problem.Waived = waiver.Reason
			}
		}
	}
	return problem
}

// covers reports whether a waiver applies: one without clusters applies to all findings of its rule; one with clusters
// must list every cluster of the finding, or later findings would be waived unnoticed.
func covers(waived, found []string) bool {
	if len(waived) == 0 {
		return true
	}
	return len(found) > 0 && !slices.ContainsFunc(found, func(name string) bool { return !slices.Contains(waived, name) })
}

// checkWaivers reports waivers of rules that do not exist or cannot be waived.
func checkWaivers(waivers []v1alpha1.Waiver) []mesh.Problem {
	var problems []mesh.Problem
	for i, waiver := range waivers {
		problem := mesh.Problem{Severity: mesh.SeverityError, Field: fmt.Sprintf("spec.waivers[%d].rule", i)}
		rule, known := Find(waiver.Rule)
		switch {
		case !known:
			problem.Message = fmt.Sprintf("Unsupported value: %q: no rule has this ID", waiver.Rule)
			problem.Hint = "docs/rules.md lists the rules"
			if near, ok := nearest.Name(waiver.Rule, IDs()); ok {
				problem.Hint = fmt.Sprintf("did you mean %s? kubectl mesh explain %s", near, near)
			}
		case rule.Firm:
			problem.Message = fmt.Sprintf("Invalid value: %q: this rule cannot be waived", waiver.Rule)
			problem.Hint = "remove the waiver, and follow the rule: kubectl mesh explain " + rule.ID
		default:
			continue
		}
		problems = append(problems, problem)
	}
	return problems
}

// idle reports waivers that no finding needed, if all findings are known.
func idle(waivers []v1alpha1.Waiver, used []bool) []mesh.Problem {
	var problems []mesh.Problem
	rule := idleWaiver()
	for i, waiver := range waivers {
		if waived, known := Find(waiver.Rule); !used[i] && known && !waived.Firm && !waived.partial {
			problems = append(problems, mesh.Problem{Rule: rule.ID, Severity: rule.Severity,
				Field:   fmt.Sprintf("spec.waivers[%d]", i),
				Message: fmt.Sprintf("waiver of %s matches no finding", waiver.Rule),
				Hint:    "remove it, so that it does not accept future findings"})
		}
	}
	return problems
}

func idleWaiver() Rule {
	return Rule{
		ID: "MESH013", Severity: mesh.SeverityWarning, Firm: true,
		Title: "A waiver matches nothing",
		Why: "A waiver records that a finding was reviewed and accepted. Once the finding is fixed, the waiver " +
			"would accept the next one of its kind without a review.",
		Remedy: "Remove the waiver, or correct its rule and clusters. A waiver with clusters accepts a finding only if " +
			"it lists all clusters of the finding.",
	}
}
