package terminal_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/internal/terminal"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
)

func TestPrintError(t *testing.T) {
	err := errors.Join(
		hint.New("do this", "first"),
		errors.New("second\n  detail of it"),
		fmt.Errorf("third \x1b[31m\t\u202e%s", "ü\x00"),
	)
	want := `error: first
hint: do this
error: second
  detail of it
error: third \x1b[31m\t\u202eü\x00
`
	var text strings.Builder
	terminal.Error(&text, err)
	if text.String() != want {
		t.Errorf("got\n%swant\n%s", text.String(), want)
	}
}

func TestPrintProblems(t *testing.T) {
	problems := []mesh.Problem{
		{Severity: mesh.SeverityWarning, File: "mesh.yaml", Line: 3, Field: "spec.x[\x1b\nerror: y]", Message: "odd", Hint: "a\nb"},
		{Severity: mesh.SeverityError, Rule: "MESH006", Message: "waived", Waived: "a lab"},
		{Severity: mesh.SeverityError, Rule: "MESH003", Message: "missing"},
	}
	want := `error: missing [MESH003]
warning: mesh.yaml:3: spec.x[\x1b\nerror: y]: odd
hint: a\nb
`
	var text strings.Builder
	terminal.Problems(&text, problems, "not needed")
	if text.String() != want {
		t.Errorf("got\n%swant\n%s", text.String(), want)
	}
}

// What stops must not be among what is too much to print.
func TestPrintTooManyProblems(t *testing.T) {
	var problems []mesh.Problem
	for i := range terminal.MaxProblems + 5 {
		problems = append(problems, mesh.Problem{Severity: mesh.SeverityWarning, Message: fmt.Sprintf("warning %03d", i)})
	}
	problems = append(problems, mesh.Problem{Severity: mesh.SeverityError, Message: "what stops"})
	var text strings.Builder
	terminal.Problems(&text, problems, "look there")
	lines := strings.Split(strings.TrimSuffix(text.String(), "\n"), "\n")
	if len(lines) != terminal.MaxProblems+2 {
		t.Fatalf("got %d lines, want %d and two more", len(lines), terminal.MaxProblems)
	}
	for i, want := range map[int]string{
		0: "error: what stops", 1: "warning: warning 000", terminal.MaxProblems - 1: "warning: warning 098",
		terminal.MaxProblems: "… and 6 more", terminal.MaxProblems + 1: "hint: look there",
	} {
		if lines[i] != want {
			t.Errorf("line %d: got %q, want %q", i, lines[i], want)
		}
	}
}
