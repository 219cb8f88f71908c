package leaks

import (
	"errors"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
)

// Error refuses text that holds credentials: a line for each.
type Error struct{ Findings []Finding }

// Refuse returns an Error if there is anything to refuse. Its remedy says how to find where the
// credentials come from.
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

// Unwrap is an error for each finding, so that each is printed as a problem of its own.
func (e *Error) Unwrap() []error {
	var errs []error
	for _, f := range e.Findings {
		errs = append(errs, errors.New("credential outside credentials/: "+f.String()))
	}
	return errs
}
