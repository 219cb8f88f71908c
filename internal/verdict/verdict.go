// Package verdict says what an error is worth to a script: the exit code.
package verdict

import (
	"context"
	"errors"
	"fmt"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
)

// The exit codes of the program.
const (
	// CodeFailed: the work failed, or a check found a difference.
	CodeFailed = 1
	// CodeInput: bad usage or bad input.
	CodeInput = 2
	// CodeIncomplete: nothing is wrong, and not everything could be done, checked or compared.
	CodeIncomplete = 3
	// CodeInterrupted is what a shell has for it: 128 and the number of SIGINT.
	CodeInterrupted = 130
)

// ErrInterrupted says that the user has ended the command.
var ErrInterrupted = errors.New("interrupted")

// ErrIncomplete says that nothing is wrong as far as it could be seen. What is missing was said before.
var ErrIncomplete = errors.New("incomplete: some steps were not done or not verified")

// IncompleteIf is ErrIncomplete where something is missing.
func IncompleteIf(missing bool) error {
	if missing {
		return ErrIncomplete
	}
	return nil
}

// Input marks an error as one of what the user wrote, on the command line or in a file.
func Input(err error) error {
	if err == nil {
		return nil
	}
	return &inputError{err: err}
}

// Inputf is an error of what the user wrote, with a remedy; format and args are those of fmt.Errorf.
func Inputf(remedy, format string, args ...any) error {
	return Input(hint.Add(fmt.Errorf(format, args...), remedy))
}

// Interrupted is ErrInterrupted in place of an error that says only that its context has ended; any other error stays.
func Interrupted(ctx context.Context, err error) error {
	if ctx.Err() != nil && errors.Is(err, context.Canceled) && !errors.Is(err, ErrInterrupted) {
		return ErrInterrupted
	}
	return err
}

// IsInput reports whether an error is one of what the user wrote.
func IsInput(err error) bool {
	_, ok := errors.AsType[*inputError](err)
	return ok
}

// Code is the exit code of an error.
func Code(err error) int {
	switch {
	case err == nil:
		return 0
	case errors.Is(err, ErrInterrupted):
		return CodeInterrupted
	case IsInput(err):
		return CodeInput
	case err == ErrIncomplete: //nolint:errorlint // beside another error it is that one which counts
		return CodeIncomplete
	}
	return CodeFailed
}

type inputError struct{ err error }

func (e *inputError) Error() string { return e.err.Error() }

func (e *inputError) Unwrap() error { return e.err }
