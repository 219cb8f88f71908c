package cli

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
)

func TestSayError(t *testing.T) {
	err := errors.Join(
		withHint(errors.New("first"), "do this"),
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
	sayError(&text, err)
	if text.String() != want {
		t.Errorf("got\n%swant\n%s", text.String(), want)
	}
}

func TestSayProblems(t *testing.T) {
	problems := []mesh.Problem{
		{Severity: mesh.SeverityWarning, File: "mesh.yaml", Line: 3, Field: "spec.x[\x1b\nerror: y]", Message: "odd", Hint: "a\nb"},
		{Severity: mesh.SeverityError, Rule: "MESH006", Message: "waived", Waived: "a lab"},
		{Severity: mesh.SeverityError, Rule: "MESH003", Message: "missing"},
	}
	want := `warning: mesh.yaml:3: spec.x[\x1b\nerror: y]: odd
hint: a\nb
error: missing [MESH003]
`
	var text strings.Builder
	sayProblems(&text, problems, "not needed")
	if text.String() != want {
		t.Errorf("got\n%swant\n%s", text.String(), want)
	}
}

// What stops must not be among what is too much to print.
func TestSayTooManyProblems(t *testing.T) {
	var problems []mesh.Problem
	for i := range maxShown + 5 {
		problems = append(problems, mesh.Problem{Severity: mesh.SeverityWarning, Message: fmt.Sprintf("warning %03d", i)})
	}
	problems = append(problems, mesh.Problem{Severity: mesh.SeverityError, Message: "what stops"})
	var text strings.Builder
	sayProblems(&text, problems, "look there")
	lines := strings.Split(strings.TrimSuffix(text.String(), "\n"), "\n")
	if len(lines) != maxShown+2 {
		t.Fatalf("got %d lines, want %d and two more", len(lines), maxShown)
	}
	for i, want := range map[int]string{
		0: "error: what stops", 1: "warning: warning 000", maxShown - 1: "warning: warning 098",
		maxShown: "… and 6 more", maxShown + 1: "hint: look there",
	} {
		if lines[i] != want {
			t.Errorf("line %d: got %q, want %q", i, lines[i], want)
		}
	}
}

func TestExitCode(t *testing.T) {
	problems := &problemsError{name: "mesh.yaml", problems: []mesh.Problem{{Severity: mesh.SeverityError, Message: "wrong"}}}
	for name, test := range map[string]struct {
		err  error
		code int
		text string
	}{
		"nothing":     {nil, 0, ""},
		"failure":     {errors.New("no space"), 1, "error: no space\n"},
		"usage":       {inputErrorf("so", "bad %s", "flag"), 2, "error: bad flag\nhint: so\n"},
		"joined":      {errors.Join(errors.New("a"), inputErrorf("so", "b")), 2, "error: a\nerror: b\nhint: so\n"},
		"wrapped":     {withHint(inputError{errors.New("a")}, "more"), 2, "error: a\nhint: more\n"},
		"bad input":   {problems, 2, "error: wrong\nerror: 1 problem in mesh.yaml\n"},
		"more hinted": {withHint(problems, "more"), 2, "error: wrong\nerror: 1 problem in mesh.yaml\nhint: more\n"},
	} {
		t.Run(name, func(t *testing.T) {
			var text strings.Builder
			if code := exitCode(&text, test.err); code != test.code || text.String() != test.text {
				t.Errorf("got %d and\n%swant %d and\n%s", code, text.String(), test.code, test.text)
			}
		})
	}
}
