package cli

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/leaks"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/nearest"
)

// Exit codes. Nothing but exitCode turns an error into one.
const (
	exitFailed = 1 // the work failed, or a check found a difference
	exitInput  = 2 // bad usage or bad input

	exitInterrupted = 130 // as a shell has it: 128 and the number of SIGINT
)

// inputError is an error of what the user wrote, on the command line or in a file.
type inputError struct{ error }

func (e inputError) Unwrap() error { return e.error }

// problemsError carries the problems of the inputs; they are printed one by one.
type problemsError struct {
	name     string
	problems []mesh.Problem
	rest     string // where to see those that are too many to print
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

// withoutHint is an error without its remedy, for one that has a better one.
type withoutHint struct{ error }

func (e withoutHint) Error() string {
	reason, _ := splitHint(e.error)
	return reason
}

func (e withoutHint) Unwrap() error { return e.error }

// quotePath quotes the path in an error of the file system: one that a file names may hold anything.
func quotePath(err error) error {
	if at, ok := errors.AsType[*fs.PathError](err); ok {
		return fmt.Errorf("%s %q: %w", at.Op, at.Path, at.Err)
	}
	return err
}

// flagError makes an inputError of an error about the flags of a command.
func flagError(cmd *cobra.Command, err error) error {
	var unknown *pflag.NotExistError
	if errors.As(err, &unknown) {
		var names []string
		cmd.Flags().VisitAll(func(flag *pflag.Flag) { names = append(names, flag.Name) })
		if near, ok := nearest.Name(unknown.GetSpecifiedName(), names); ok {
			return inputError{withHint(err, "did you mean --"+near+"?")}
		}
	}
	return inputError{withHint(err, cmd.CommandPath()+" --help")}
}

// noArguments is for commands that take flags only.
func noArguments(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	if !cmd.HasParent() {
		return unknownCommand(cmd, args[0])
	}
	return inputErrorf(cmd.CommandPath()+" --help", "%s takes no argument, got %q", cmd.CommandPath(), args[0])
}

// suggestions are the commands that begin so; else those that are spelled nearly so.
func suggestions(root *cobra.Command, name string) []string {
	near := root.SuggestionsFor(name)
	begin := slices.DeleteFunc(slices.Clone(near), func(command string) bool { return !strings.HasPrefix(command, name) })
	if len(begin) > 0 {
		return begin
	}
	return near
}

func unknownCommand(root *cobra.Command, name string) error {
	hint := root.CommandPath() + " --help"
	if near := suggestions(root, name); len(near) > 0 && name != "" {
		hint = "did you mean " + strings.Join(near, ", ") + "?"
	}
	return inputErrorf(hint, "unknown command %q", name)
}

// exitCode prints an error and decides what it is worth.
func exitCode(w io.Writer, err error) int {
	if err == nil {
		return 0
	}
	if errors.Is(err, errDiffers) || errors.Is(err, errUnhealthy) {
		return exitFailed // the difference itself was the output
	}
	var problems *problemsError
	if errors.As(err, &problems) {
		sayProblems(w, problems.problems, problems.rest)
	}
	sayError(w, err)
	if errors.Is(err, errInterrupted) {
		return exitInterrupted
	}
	var input inputError
	var leak *leaks.Error
	if errors.As(err, &input) || errors.As(err, &leak) || problems != nil {
		return exitInput
	}
	return exitFailed
}
