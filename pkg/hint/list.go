package hint

import (
	"slices"
	"strings"
)

// Problem is one thing that went wrong, and what helps.
type Problem struct {
	Text     string
	Remedies []string
}

// List takes an error apart into the problems that it is made of: one for each error that was joined,
// each with the remedies that were attached to it on the way. A remedy that was attached to several
// joined errors comes after the last one of them. No remedy is repeated right after itself.
func List(err error) []Problem {
	if err == nil {
		return nil
	}
	switch e := err.(type) { //nolint:errorlint // each error of the chain is looked at by itself
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

// listJoined keeps errors apart that errors.Join has put below each other. Where fmt.Errorf has made one
// sentence of them it stays one.
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

// listWrapped gives the text of the wrapper to what it wraps. Of several joined errors the first one gets
// what stands before it, as in the text of the whole.
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

// merge is one problem with the remedies of several.
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

// Split takes joined errors apart. An error that has a remedy stays whole, whatever it wraps.
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
