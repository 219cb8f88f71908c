package mesh

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
)

// Severity says what a problem does to a rendering.
type Severity string

// The severities.
const (
	SeverityError      Severity = "error"      // render stops
	SeverityIncomplete Severity = "incomplete" // render holds back what needs the missing input, and goes on
	SeverityWarning    Severity = "warning"    // render says it and goes on
)

// Problem is one thing that is wrong with the inputs, and what to do about it.
type Problem struct {
	// Rule is the ID of the rule that found it; empty for an error of structure.
	Rule     string   `json:"rule,omitempty"`
	Severity Severity `json:"severity"`
	// Clusters that a finding of a rule is about.
	Clusters []string `json:"clusters,omitempty"`
	// File as it was named by the caller, and Line in it; 0 where no line can be had.
	File string `json:"file,omitempty"`
	Line int    `json:"line,omitempty"`
	// Field is the path of the field, as in spec.clusters[1].name.
	Field   string `json:"field,omitempty"`
	Message string `json:"message"`
	// Hint is the remedy.
	Hint string `json:"hint,omitempty"`
	// Waived is the reason of the waiver that lets a finding pass.
	Waived string `json:"waived,omitempty"`
}

// Stops tells whether the problem stops a rendering.
func (p Problem) Stops() bool { return p.Severity == SeverityError && p.Waived == "" }

// String is one line of printable text without the hint: mesh.yaml:7: spec.clusters[1].name: Duplicate value: "east".
func (p Problem) String() string {
	var parts []string
	switch {
	case p.File != "" && p.Line > 0:
		parts = append(parts, fmt.Sprintf("%s:%d", p.File, p.Line))
	case p.File != "":
		parts = append(parts, p.File)
	}
	if p.Field != "" {
		parts = append(parts, shorten(p.Field))
	}
	message := p.Message
	if p.Rule != "" {
		message += " [" + p.Rule + "]"
	}
	return escape(strings.Join(append(parts, message), ": "))
}

// HoldsBack tells whether something cannot be rendered yet because of the problem.
func (p Problem) HoldsBack() bool { return p.Severity == SeverityIncomplete && p.Waived == "" }

// WithoutIncomplete leaves out the problems that hold something back, where that itself is named.
func WithoutIncomplete(problems []Problem) []Problem {
	return slices.DeleteFunc(slices.Clone(problems), func(p Problem) bool { return p.Severity == SeverityIncomplete })
}

// Incomplete tells whether something cannot be rendered yet because of any of the problems.
func Incomplete(problems []Problem) bool { return slices.ContainsFunc(problems, Problem.HoldsBack) }

// Stop tells whether any of the problems stops a rendering.
func Stop(problems []Problem) bool { return slices.ContainsFunc(problems, Problem.Stops) }

// Sort orders problems as a reader meets them: by file, line, field and text.
func Sort(problems []Problem) {
	slices.SortStableFunc(problems, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Field, b.Field),
			cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Message, b.Message))
	})
}

// structural turns errors of structure into problems.
func structural(errs ...v1alpha1.Problem) []Problem {
	problems := make([]Problem, len(errs))
	for i, err := range errs {
		problems[i] = Problem{Severity: SeverityError, Field: err.Error.Field,
			Message: echoed(*err.Error).ErrorBody(), Hint: err.Remedy}
	}
	return problems
}
