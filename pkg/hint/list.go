package hint

import (
	"slices"
	"strings"
)

// Problem is an error with its remedies.
type Problem struct {
	Text     string
	Remedies []string
}

// List splits an error into its problems: one for each joined error, with the remedies attached to it or to its
// wrappers. A remedy attached to several joined errors follows the last one. Consecutive duplicates are removed.
func List(err error) []Problem {
	if err == nil {
		return nil
	}
	switch e := err.(type) { //nolint:errorlint // each error of the chain is inspected separately
	case *remedied:
		return attach(List(e.err), e.remedies)
	case *bare:
		return []Problem{{Text: e.Error()}}
	case *prefixed:
		problems := List(e.err)
		for i := range problems {
			problems[i].Text = e.prefix + problems[i].Text
		}
		return problems
	case interface{ Unwrap() []error }:
		return listJoined(err, e.Unwrap())
	case interface{ Unwrap() error }:
		return listWrapped(err, e.Unwrap())
	}
	return []Problem{{Text: err.Error()}}
}

// listJoined separates errors that errors.Join joined by lines. A sentence that fmt.Errorf made of several stays one.
func listJoined(err error, inner []error) []Problem {
	var problems []Problem
	var texts []string
	for _, one := range inner {
		if one != nil {
			problems, texts = append(problems, List(one)...), append(texts, one.Error())
		}
	}
	if text := err.Error(); text != strings.Join(texts, "\n") {
		return []Problem{merge(text, problems)}
	}
	return problems
}

// listWrapped adds the wrapper's text to what it wraps. The first of several joined errors gets the text before it.
func listWrapped(err, inner error) []Problem {
	text, problems := err.Error(), List(inner)
	if len(problems) < 2 {
		return []Problem{merge(text, problems)}
	}
	before, whole := strings.CutSuffix(text, inner.Error())
	if !whole {
		return []Problem{merge(text, problems)}
	}
	problems[0].Text = before + problems[0].Text
	return problems
}

// merge returns one problem with the remedies of several.
func merge(text string, problems []Problem) Problem {
	all := []Problem{{Text: text}}
	for _, problem := range problems {
		all = attach(all, problem.Remedies)
	}
	return all[0]
}

// attach adds remedies to the last problem.
func attach(problems []Problem, remedies []string) []Problem {
	if len(problems) == 0 {
		return problems
	}
	last := &problems[len(problems)-1]
	for _, remedy := range remedies {
		if !slices.Contains(last.Remedies, remedy) {
			last.Remedies = append(last.Remedies[:len(last.Remedies):len(last.Remedies)], remedy)
		}
	}
	return problems
}

// Split splits joined errors. An error with a remedy stays whole, whatever it wraps.
func Split(err error) []error {
	joined, ok := err.(interface{ Unwrap() []error })
	switch {
	case err == nil:
		return nil
	case !ok:
		return []error{err}
	}
	var errs []error
	for _, err := range joined.Unwrap() {
		errs = append(errs, Split(err)...)
	}
	return errs
}
