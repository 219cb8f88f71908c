package kubeconfig

import (
	"fmt"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
)

// Problem is a reason why a context cannot be used.
type Problem struct {
	// Context is the context's name.
	Context string
	// Text describes the problem, without the context's name.
	Text string
	// Remedies, in order, with exact commands where possible.
	Remedies []string
}

// Error omits the remedies, which the caller prints.
func (p Problem) Error() string { return fmt.Sprintf("read context %q: %s", p.Context, p.Text) }

// Problems is the error that Contexts returns: all problems, in the order of the contexts.
type Problems []Problem

// Error returns one line per problem.
func (ps Problems) Error() string {
	lines := make([]string, len(ps))
	for i, p := range ps {
		lines[i] = p.Error()
	}
	return strings.Join(lines, "\n")
}

// Unwrap makes each Problem available to errors.As and errors.Is, with its remedies (package hint).
func (ps Problems) Unwrap() []error {
	errs := make([]error, len(ps))
	for i, p := range ps {
		errs[i] = hint.Add(p, p.Remedies...)
	}
	return errs
}
