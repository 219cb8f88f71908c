package verdict

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/nearest"
)

// Usage collects all problems of a command line.
type Usage []error

// Refuse adds a problem if a condition is true, with a remedy.
func (u *Usage) Refuse(when bool, remedy, fault string) {
	if when {
		*u = append(*u, Inputf(remedy, "%s", fault))
	}
}

// Err returns nil if there are no problems.
func (u Usage) Err() error { return errors.Join(u...) }

// Word checks a flag with fixed values; an empty word is for an optional flag.
func Word(flag, value string, words ...string) error {
	if slices.Contains(words, value) {
		return nil
	}
	words = slices.DeleteFunc(slices.Clone(words), func(word string) bool { return word == "" })
	hint := "use one of " + strings.Join(words, ", ")
	if len(words) == 1 {
		hint = "use " + words[0]
	}
	if near, ok := nearest.Name(value, words); ok {
		hint = fmt.Sprintf("did you mean %s?", near)
	}
	return Inputf(hint, "invalid value %q for %s", value, flag)
}
