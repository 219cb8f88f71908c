package hint

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
)

// Add attaches remedies to an error, whose text is unchanged. A nil error stays nil, and empty remedies are ignored.
func Add(err error, remedies ...string) error {
	remedies = slices.DeleteFunc(slices.Clone(remedies), func(remedy string) bool { return remedy == "" })
	if err == nil || len(remedies) == 0 {
		return err
	}
	return &remedied{err: err, remedies: remedies}
}

// New returns an error with a remedy.
func New(remedy, text string) error { return Add(errors.New(text), remedy) }

// Errorf returns an error with a remedy; format and args are those of fmt.Errorf.
func Errorf(remedy, format string, args ...any) error {
	return Add(fmt.Errorf(format, args...), remedy)
}

// IfMissing attaches remedies to an error that says that a file does not exist, and to no other.
func IfMissing(err error, remedies ...string) error {
	if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return Add(err, remedies...)
}

// Of returns the remedies of an error and of all that it wraps, in print order.
func Of(err error) []string {
	var remedies []string
	for _, problem := range List(err) {
		remedies = append(remedies, problem.Remedies...)
	}
	return remedies
}

// Without returns an error without its remedies, on one line, for which the caller has a better remedy. errors.Is and
// errors.As still find what it wraps.
func Without(err error) error {
	if err == nil {
		return nil
	}
	return &bare{err: err}
}

// Prefix adds a text before each joined error, and keeps their remedies.
func Prefix(err error, prefix string) error {
	if err == nil {
		return nil
	}
	return &prefixed{err: err, prefix: prefix}
}

type remedied struct {
	err      error
	remedies []string
}

func (e *remedied) Error() string { return e.err.Error() }

func (e *remedied) Unwrap() error { return e.err }

type bare struct{ err error }

func (e *bare) Error() string {
	var texts []string
	for line := range strings.Lines(e.err.Error()) {
		texts = append(texts, strings.TrimSpace(line))
	}
	return strings.Join(texts, "; ")
}

func (e *bare) Unwrap() error { return e.err }

type prefixed struct {
	err    error
	prefix string
}

func (e *prefixed) Error() string {
	var texts []string
	for _, problem := range List(e) {
		texts = append(texts, problem.Text)
	}
	return strings.Join(texts, "\n")
}

func (e *prefixed) Unwrap() error { return e.err }
