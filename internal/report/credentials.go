package report

import (
	"cmp"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/kubectl-mesh/kubectl-mesh/internal/plan"
	"github.com/kubectl-mesh/kubectl-mesh/internal/reader"
	"github.com/kubectl-mesh/kubectl-mesh/internal/terminal"
)

// Credentials prints the credentials of a mesh: a table, and below it what does not fit.
func Credentials(w io.Writer, format, mesh string, lines []reader.Line) error {
	if format != "" {
		return Document(w, format, "CredentialList", struct {
			Mesh        string        `json:"mesh"`
			Credentials []reader.Line `json:"credentials"`
		}{Mesh: mesh, Credentials: lines})
	}
	table := newTable(terminal.LookOf(w), 3,
		"LINK", "KIND", "SUBJECT", "GENERATION", "STATE", "ISSUED", "EXPIRES", "LAST USED")
	for _, line := range lines {
		table.row(credentialCells(line)...)
	}
	var text strings.Builder
	text.WriteString(table.String())
	for _, line := range lines {
		if line.Reason != "" {
			fmt.Fprintf(&text, "%s: %s\n", line.Name(), terminal.OneLine(line.Reason))
		}
	}
	_, err := io.WriteString(w, text.String())
	return err
}

func credentialCells(l reader.Line) []string {
	expires := day(l.Expires)
	if l.NeverExpires {
		expires = "never"
	}
	return []string{
		cmp.Or(l.Link, "-> "+l.Target), l.Kind, terminal.OneLine(l.Subject), fmt.Sprint(l.Generation),
		l.State, day(l.Issued), expires, cmp.Or(l.LastUsed, "-"),
	}
}

func day(at *time.Time) string {
	if at == nil {
		return "-"
	}
	return at.UTC().Format(time.DateOnly)
}

// Plan prints the steps of a rotation, with how each is verified and undone.
func Plan(w io.Writer, steps plan.Steps) error {
	_, err := io.WriteString(w, steps.String())
	return err
}

// Rotation prints the plan of a rotation; data reports whether its plan rests on what was reviewed, and null where that
// is unknown.
func Rotation(w io.Writer, format string, steps plan.Steps, isReviewed *bool) error {
	if format == "" {
		return Plan(w, steps)
	}
	return Document(w, format, "RotationPlan", struct {
		Reviewed *bool      `json:"reviewed"`
		Steps    plan.Steps `json:"steps"`
	}{Reviewed: isReviewed, Steps: steps})
}

func planData(w io.Writer, format string, steps plan.Steps) error {
	return Document(w, format, "RevocationPlan", struct {
		Steps plan.Steps `json:"steps"`
	}{Steps: steps})
}

// Steps prints the steps of a revocation.
func Steps(w io.Writer, format string, steps plan.Steps) error {
	if format != "" {
		return planData(w, format, steps)
	}
	table := newTable(terminal.LookOf(w), 3, "LINK", "WHERE", "WHAT", "EFFECT")
	for _, step := range steps {
		table.row(step.Link, step.Location, step.Action, step.Effect)
	}
	_, err := io.WriteString(w, table.String())
	return err
}
