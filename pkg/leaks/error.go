package leaks

import (
	"errors"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
)

// Error rejects text with credentials: one line each.
type Error struct{ Findings []Finding }

// Refuse returns an Error if there are findings. Its remedy explains how to find the source of the credentials.
func Refuse(findings []Finding) error {
	if len(findings) == 0 {
		return nil
	}
	return hint.Add(&Error{Findings: findings},
		"remove it from the input; to find it: kubectl mesh validate --secrets")
}

// Error implements error.
func (e *Error) Error() string {
	var lines []string
	for _, err := range e.Unwrap() {
		lines = append(lines, err.Error())
	}
	return strings.Join(lines, "\n")
}

// Unwrap returns an error per finding, so that each is printed as a problem.
func (e *Error) Unwrap() []error {
	var errs []error
	for _, f := range e.Findings {
		errs = append(errs, errors.New("credential outside credentials/: "+f.String()))
	}
	return errs
}
