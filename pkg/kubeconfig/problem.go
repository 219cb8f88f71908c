package kubeconfig

import (
	"fmt"
	"strings"
)

// Problem is one reason why a context cannot be used as it is.
type Problem struct {
	// Context is the name of the context, as the kubeconfig or the caller has it.
	Context string
	// Text says what is wrong, without the context's name.
	Text string
	// Hint is the remedy, with the exact command where there is one. One fact per line.
	Hint string
}

// Error leaves the hint to whoever talks to the user.
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

// Unwrap makes every Problem reachable by errors.As and errors.Is.
func (ps Problems) Unwrap() []error {
	errs := make([]error, len(ps))
	for i, p := range ps {
		errs[i] = p
	}
	return errs
}
