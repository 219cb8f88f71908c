package kubeconfig

import (
	"fmt"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
)

// Problem is one reason why a context cannot be used as it is.
type Problem struct {
	// Context is the name of the context, as the kubeconfig or the caller has it.
	Context string
	// Text says what is wrong, without the context's name.
	Text string
	// Remedies, with the exact commands where there are any, in their order.
	Remedies []string
}

// Error leaves the remedies to whoever talks to the user.
func (p Problem) Error() string { return fmt.Sprintf("read context %q: %s", p.Context, p.Text) }

// Problems is the error of Contexts: all that is wrong, in the order of the contexts.
type Problems []Problem

// Error has one line per problem.
func (ps Problems) Error() string {
	lines := make([]string, len(ps))
	for i, p := range ps {
		lines[i] = p.Error()
	}
	return strings.Join(lines, "\n")
}

// Unwrap makes every Problem reachable by errors.As and errors.Is, with its remedies (package hint).
func (ps Problems) Unwrap() []error {
	errs := make([]error, len(ps))
	for i, p := range ps {
		errs[i] = hint.Add(p, p.Remedies...)
	}
	return errs
}
