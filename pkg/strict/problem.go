package strict

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/printable"
)

// Problem is a reason to reject a document.
type Problem struct {
	// Field path, as in spec.template.metadata; empty for the whole document.
	Field string
	// Message describes the problem, and what to write instead if that is not obvious.
	Message string
}

// Error returns the field and the message.
func (p Problem) Error() string {
	if p.Field == "" {
		return p.Message
	}
	return p.Field + ": " + p.Message
}

// Problems are all problems of a document, in its order.
type Problems []Problem

// Error returns all problems on one line.
func (ps Problems) Error() string {
	texts := make([]string, len(ps))
	for i, p := range ps {
		texts[i] = p.Error()
	}
	return strings.Join(texts, "; ")
}

// Unwrap makes each Problem available to errors.As.
func (ps Problems) Unwrap() []error {
	errs := make([]error, len(ps))
	for i, p := range ps {
		errs[i] = p
	}
	return errs
}

// maxProblems bounds an error.
const maxProblems = 20

// err returns nil if there are no problems.
func (ps Problems) err() error {
	switch {
	case len(ps) == 0:
		return nil
	case len(ps) > maxProblems:
		more := Problem{Message: fmt.Sprintf("%d more problems", len(ps)-maxProblems)}
		return append(ps[:maxProblems:maxProblems], more)
	}
	return ps
}

// maxName is the longest name of a Kubernetes label, annotation or Secret key without its prefix.
const maxName = 63

// Name makes a key safe for an error. A long one is truncated: it is probably a misplaced value, perhaps a secret.
func Name(key string) string {
	if length := utf8.RuneCountInString(key); length > maxName {
		key = fmt.Sprintf("%.12s... (%d characters)", key, length)
	}
	if key == "" || !printable.Text(key) {
		return strconv.QuoteToASCII(key)
	}
	return key
}

// At returns the path of a key below another path: spec.template, metadata.labels[istio/multiCluster].
func At(path, key string) string {
	switch name := Name(key); {
	case name != key || strings.ContainsAny(key, ".[]/ "):
		return path + "[" + name + "]"
	case path == "":
		return name
	default:
		return path + "." + name
	}
}
