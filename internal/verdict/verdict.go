// Package verdict maps errors to exit codes.
package verdict

import (
	"context"
	"errors"
	"fmt"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
)

// Exit codes of the program.
const (
	// CodeFailed: the command failed, or a check found a difference.
	CodeFailed = 1
	// CodeInput: invalid usage or input.
	CodeInput = 2
	// CodeIncomplete: there is no error, but not everything could be done, checked or compared.
	CodeIncomplete = 3
	// CodeInterrupted is the shell's convention: 128 plus the number of SIGINT.
	CodeInterrupted = 130
)

// ErrInterrupted reports that the user interrupted the command.
var ErrInterrupted = errors.New("interrupted")

// ErrIncomplete reports that there is no error, but something is missing, which was already reported.
var ErrIncomplete = errors.New("incomplete: some steps were not done or not verified")

// IncompleteIf returns ErrIncomplete if something is missing.
func IncompleteIf(missing bool) error {
	if missing {
		return ErrIncomplete
	}
	return nil
}

// Input marks an error as caused by the user's input, on the command line or in a file.
func Input(err error) error {
	if err == nil {
		return nil
	}
	return &inputError{err: err}
}

// Inputf returns an input error with a remedy; format and args are those of fmt.Errorf.
func Inputf(remedy, format string, args ...any) error {
	return Input(hint.Add(fmt.Errorf(format, args...), remedy))
}

// Interrupted replaces an error that only reports the end of its context with ErrInterrupted.
func Interrupted(ctx context.Context, err error) error {
	if ctx.Err() != nil && errors.Is(err, context.Canceled) && !errors.Is(err, ErrInterrupted) {
		return ErrInterrupted
	}
	return err
}

// IsInput reports whether an error was caused by the user's input.
func IsInput(err error) bool {
	_, ok := errors.AsType[*inputError](err)
	return ok
}

// Code returns the exit code of an error.
func Code(err error) int {
	switch {
	case err == nil:
		return 0
	case errors.Is(err, ErrInterrupted):
		return CodeInterrupted
	case IsInput(err):
		return CodeInput
	case err == ErrIncomplete: //nolint:errorlint // joined with another error, that one decides
		return CodeIncomplete
	}
	return CodeFailed
}

type inputError struct{ err error }

func (e *inputError) Error() string { return e.err.Error() }

func (e *inputError) Unwrap() error { return e.err }
