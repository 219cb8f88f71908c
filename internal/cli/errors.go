package cli

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
)

// Exit codes. Nothing but exitCode turns an error into one.
const (
	exitFailed = 1 // the work failed, or a check found a difference
	exitInput  = 2 // bad usage or bad input
)

// inputError is an error of what the user wrote, on the command line or in a file.
type inputError struct{ error }

func (e inputError) Unwrap() error { return e.error }

// problemsError carries the problems of the inputs; they are printed one by one.
type problemsError struct {
	name     string
	problems []mesh.Problem
}

func (e *problemsError) Error() string {
	stopping := 0
	for _, problem := range e.problems {
		if problem.Stops() {
			stopping++
		}
	}
	return fmt.Sprintf("%s in %s", count(stopping, "problem"), e.name)
}

// inputErrorf makes an inputError with a remedy.
func inputErrorf(hint, format string, args ...any) error {
	return inputError{withHint(fmt.Errorf(format, args...), hint)}
}

// withHint adds a remedy to an error.
func withHint(err error, hint string) error { return fmt.Errorf("%w\n%s%s", err, hintMark, hint) }

// usageOf makes an inputError of an error about the use of a command.
func usageOf(cmd *cobra.Command, err error) error {
	return inputError{withHint(err, cmd.CommandPath()+" --help")}
}

// noArguments is for commands that take flags only.
func noArguments(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	hint := cmd.CommandPath() + " --help"
	if near := cmd.SuggestionsFor(args[0]); len(near) > 0 && !cmd.HasParent() {
		hint = "did you mean " + strings.Join(near, ", ") + "?"
	}
	if !cmd.HasParent() {
		return inputErrorf(hint, "unknown command %q", args[0])
	}
	return inputErrorf(hint, "%s takes no argument, got %q", cmd.CommandPath(), args[0])
}

// exitCode prints an error and decides what it is worth.
func exitCode(w io.Writer, err error) int {
	if err == nil {
		return 0
	}
	var problems *problemsError
	if errors.As(err, &problems) {
		sayProblems(w, problems.problems)
	}
	sayError(w, err)
	var input inputError
	if errors.As(err, &input) || problems != nil {
		return exitInput
	}
	return exitFailed
}
