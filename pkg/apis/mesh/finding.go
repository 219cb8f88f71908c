package mesh

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Finding groups what one rule found. Each structural problem is a finding.
type Finding struct {
	Severity Severity
	// Lines describe it: the first one ends with the rule, the others are further findings of the same rule.
	Lines []string
	// Hints are the remedies, without duplicates.
	Hints []string
}

// mostNamed bounds the lines, clusters and remedies in a finding; validate -o json contains all of them.
const mostNamed = 8

// Findings groups problems by rule, and sorts them by severity, errors first. Waived problems are omitted.
func Findings(problems []Problem) []Finding {
	groups := [][]Problem{}
	index := map[string]int{}
	for _, p := range problems {
		at, known := index[p.Rule+" "+string(p.Severity)]
		switch {
		case p.Waived != "":
		case known && p.Rule != "":
			groups[at] = append(groups[at], p)
		default:
			index[p.Rule+" "+string(p.Severity)] = len(groups)
			groups = append(groups, []Problem{p})
		}
	}
	findings := make([]Finding, len(groups))
	for i, group := range groups {
		findings[i] = newFinding(group)
	}
	// The names of the severities sort in this order: error, incomplete, warning.
	slices.SortStableFunc(findings, func(a, b Finding) int { return cmp.Compare(a.Severity, b.Severity) })
	return findings
}

// CountFindings counts findings by severity.
func CountFindings(findings []Finding) map[Severity]int {
	counts := map[Severity]int{}
	for _, f := range findings {
		counts[f.Severity]++
	}
	return counts
}

func newFinding(group []Problem) Finding {
	finding := Finding{Severity: group[0].Severity, Hints: hintsOf(group)}
	alike := groupSimilar(group)
	for i, one := range alike {
		if i == mostNamed {
			finding.Lines = append(finding.Lines, fmt.Sprintf("and %d more", len(alike)-i))
			break
		}
		merged := one.problem()
		if i > 0 {
			merged.Rule = ""
		}
		finding.Lines = append(finding.Lines, merged.String())
	}
	return finding
}

// similarProblems are problems of a rule whose messages differ in at most one word, such as the name of a cluster.
type similarProblems struct {
	problems []Problem
	words    []string
	differs  int // the index of that word; -1: there is none yet
}

func groupSimilar(group []Problem) []*similarProblems {
	var all []*similarProblems
	for _, p := range group {
		words := strings.Split(p.Message, " ")
		if !slices.ContainsFunc(all, func(a *similarProblems) bool { return a.takes(p, words) }) {
			all = append(all, &similarProblems{problems: []Problem{p}, words: words, differs: same})
		}
	}
	return all
}

// takes adds a problem if it differs from the others in the same word.
func (a *similarProblems) takes(p Problem, words []string) bool {
	at := difference(a.words, words)
	if at == differInMore || at >= 0 && a.differs >= 0 && at != a.differs {
		return false
	}
	if starIndexes(p.Field) != starIndexes(a.problems[0].Field) {
		return false
	}
	a.problems, a.differs = append(a.problems, p), max(a.differs, at)
	return true
}

// Results of difference that are not an index.
const (
	same         = -1
	differInMore = -2
)

// difference is the index of the only word in which two texts differ.
func difference(a, b []string) int {
	if len(a) != len(b) {
		return differInMore
	}
	at := same
	for i := range a {
		switch {
		case a[i] == b[i]:
		case at == same && punctuation(a[i]) == punctuation(b[i]):
			at = i
		default:
			return differInMore
		}
	}
	return at
}

// punctuation ends a word without being part of it.
func punctuation(word string) string { return word[len(strings.TrimRight(word, ",;:")):] }

// problem represents all of them.
func (a *similarProblems) problem() Problem {
	p := a.problems[0]
	if len(a.problems) == 1 {
		return p
	}
	var others []string
	for _, one := range a.problems {
		if one.Field != p.Field {
			p.Field = starIndexes(p.Field)
		}
		if a.differs < 0 {
			continue
		}
		word := strings.Split(one.Message, " ")[a.differs]
		if word != a.words[a.differs] {
			others = append(others, strings.TrimRight(word, ",;:"))
		}
	}
	if len(others) > 0 {
		p.Message += "; likewise " + names(others)
	}
	p.File, p.Line = places(a.problems), 0
	return p
}

// names lists words without duplicates.
func names(words []string) string {
	var each []string
	for _, word := range words {
		if !slices.Contains(each, word) {
			each = append(each, word)
		}
	}
	if more := len(each) - mostNamed; more > 0 {
		return fmt.Sprintf("%s and %d more", strings.Join(each[:mostNamed], ", "), more)
	}
	return strings.Join(each, ", ")
}

// places are the lines of problems: mesh.yaml:3,7,12.
func places(problems []Problem) string {
	var all []string
	last, line, lines := "", 0, 0
	for _, p := range problems {
		switch {
		case p.Line == 0 || p.File != last:
			place := p
			place.Field, place.Message, place.Rule = "", "", ""
			all = append(all, strings.TrimSuffix(place.String(), ": "))
		case p.Line != line && lines < mostNamed:
			all[len(all)-1] += fmt.Sprintf(",%d", p.Line)
			lines++
		}
		if p.File != last {
			lines = 1
		}
		last, line = p.File, p.Line
	}
	return names(all)
}

// starIndexes replaces the list indexes in a field path with an asterisk.
func starIndexes(field string) string {
	parts := strings.Split(field, "[")
	for i := 1; i < len(parts); i++ {
		if _, rest, found := strings.Cut(parts[i], "]"); found {
			parts[i] = "*]" + rest
		}
	}
	return strings.Join(parts, "[")
}

// hintsOf returns the remedies of problems. Remedies that differ in one word are merged, with a list of these words.
func hintsOf(group []Problem) []string {
	type remedy struct {
		words   []string
		differs int
		others  []string
	}
	var all []*remedy
	for _, p := range group {
		words := strings.Split(p.Hint, " ")
		isKnown := func(r *remedy) bool {
			at := difference(r.words, words)
			if at == differInMore || at >= 0 && r.differs >= 0 && r.differs != at {
				return false
			}
			if at >= 0 {
				r.differs, r.others = at, append(r.others, strings.TrimRight(words[at], ",;:"))
			}
			return true
		}
		if p.Hint != "" && !slices.ContainsFunc(all, isKnown) {
			all = append(all, &remedy{words: words, differs: same})
		}
	}
	var hints []string
	for _, r := range all {
		text := strings.Join(r.words, " ")
		if len(r.others) > 0 {
			text += "; the same with " + names(r.others)
		}
		if len(hints) < mostNamed {
			hints = append(hints, text)
		}
	}
	return hints
}
