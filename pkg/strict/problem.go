package strict

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/printable"
)

// Problem is one reason why a document is refused.
type Problem struct {
	// Field is the path of the field, as in spec.template.metadata; empty for the document as a whole.
	Field string
	// Message says what is wrong, and what to write instead where that is not obvious.
	Message string
}

// Error is the field and what is wrong with it.
func (p Problem) Error() string {
	if p.Field == "" {
		return p.Message
	}
	return p.Field + ": " + p.Message
}

// Problems is all that is wrong with a document, in its order.
type Problems []Problem

// Error has all problems on one line.
func (ps Problems) Error() string {
	texts := make([]string, len(ps))
	for i, p := range ps {
		texts[i] = p.Error()
	}
	return strings.Join(texts, "; ")
}

// Unwrap makes every Problem reachable by errors.As.
func (ps Problems) Unwrap() []error {
	errs := make([]error, len(ps))
	for i, p := range ps {
		errs[i] = p
	}
	return errs
}

// maxProblems bounds an error about a document that is wrong all over.
const maxProblems = 20

// err is nil if there is no problem.
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

// Name is a key as an error may show it. A long one is cut short: it is likely to be a value, perhaps a
// secret, in the place of a key.
func Name(key string) string {
	if length := utf8.RuneCountInString(key); length > maxName {
		key = fmt.Sprintf("%.12s... (%d characters)", key, length)
	}
	if key == "" || !printable.Text(key) {
		return strconv.QuoteToASCII(key)
	}
	return key
}

// At is the path of a key below another path: spec.template, metadata.labels[istio/multiCluster].
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
