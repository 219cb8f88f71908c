package mesh

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
)

// Severity is the effect of a problem on rendering.
type Severity string

// The severities.
const (
	SeverityError      Severity = "error"      // render stops
	SeverityIncomplete Severity = "incomplete" // render holds back what needs the missing input, and goes on
	SeverityWarning    Severity = "warning"    // render reports it and goes on
)

// Problem is a problem of the inputs, with its remedy.
type Problem struct {
	// Rule is the ID of the rule that found it; empty for a structural error.
	Rule     string   `json:"rule,omitempty"`
	Severity Severity `json:"severity"`
	// Clusters that a finding of a rule is about.
	Clusters []string `json:"clusters,omitempty"`
	// File as named by the caller, and Line in it; 0 if unknown.
	File string `json:"file,omitempty"`
	Line int    `json:"line,omitempty"`
	// Field path, such as spec.clusters[1].name.
	Field   string `json:"field,omitempty"`
	Message string `json:"message"`
	// Hint is the remedy.
	Hint string `json:"hint,omitempty"`
	// Waived is the reason of the waiver that accepts the finding.
	Waived string `json:"waived,omitempty"`
}

// Stops reports whether the problem prevents rendering.
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

// HoldsBack reports whether the problem holds back a part of the rendering.
func (p Problem) HoldsBack() bool { return p.Severity == SeverityIncomplete && p.Waived == "" }

// WithoutIncomplete omits problems that hold something back, for output that lists what is held back.
func WithoutIncomplete(problems []Problem) []Problem {
	return slices.DeleteFunc(slices.Clone(problems), func(p Problem) bool { return p.Severity == SeverityIncomplete })
}

// Incomplete reports whether any problem holds back a part of the rendering.
func Incomplete(problems []Problem) bool { return slices.ContainsFunc(problems, Problem.HoldsBack) }

// Stop reports whether any problem prevents rendering.
func Stop(problems []Problem) bool { return slices.ContainsFunc(problems, Problem.Stops) }

// Sort orders problems by file, line, field and text.
func Sort(problems []Problem) {
	slices.SortStableFunc(problems, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Field, b.Field),
			cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Message, b.Message))
	})
}

// structural converts structural errors to problems.
func structural(errs ...v1alpha1.Problem) []Problem {
	problems := make([]Problem, len(errs))
	for i, err := range errs {
		problems[i] = Problem{Severity: SeverityError, Field: err.Error.Field,
			Message: echoed(*err.Error).ErrorBody(), Hint: err.Remedy}
	}
	return problems
}
