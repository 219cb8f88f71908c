package verdict

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/nearest"
)

// Usage collects what is wrong with a command line: all of it is said at once.
type Usage []error

// Refuse adds a fault that is there when it says so, with a remedy.
func (u *Usage) Refuse(when bool, remedy, fault string) {
	if when {
		*u = append(*u, Inputf(remedy, "%s", fault))
	}
}

// Err is nil if nothing is wrong.
func (u Usage) Err() error { return errors.Join(u...) }

// Word checks a flag with a closed vocabulary; an empty word is for a flag that may be omitted.
func Word(flag, value string, words ...string) error {
	if slices.Contains(words, value) {
		return nil
	}
	words = slices.DeleteFunc(slices.Clone(words), func(word string) bool { return word == "" })
	hint := "use one of " + strings.Join(words, ", ")
	if near, ok := nearest.Name(value, words); ok {
		hint = fmt.Sprintf("did you mean %s?", near)
	}
	return Inputf(hint, "invalid value %q for %s", value, flag)
}
