package leaks

import (
	"bytes"
	"slices"
)

// expression is the regular expression of a rule for one search in a text, or for one at each of its keywords.
func (r Rule) expression() string {
	if r.Longest > 0 {
		return `\A(?:` + r.Regexp + `)`
	}
	return `(?m)` + r.Regexp
}

// matches returns the places of a rule's matches in a text, in order, and of their groups.
func (c *compiled) matches(text []byte) [][]int {
	if c.Longest == 0 {
		return c.match().FindAllSubmatchIndex(text, -1)
	}
	var all [][]int
	for places := newPlaces(text, c.Keywords); places.next() < len(text); {
		at := places.next()
		groups := c.match().FindSubmatchIndex(text[at:min(len(text), at+c.Longest)])
		if groups == nil {
			places.skip(at + 1)
			continue
		}
		for i, place := range groups {
			if place >= 0 {
				groups[i] = at + place
			}
		}
		all = append(all, groups)
		places.skip(groups[1])
	}
	return all
}

// places are where each of some words occurs next in a text.
type places struct {
	text  []byte
	words []string
	at    []int // the end of the text where a word does not occur again
}

func newPlaces(text []byte, words []string) *places {
	p := &places{text: text, words: words, at: make([]int, len(words))}
	for i := range words {
		p.find(i, 0)
	}
	return p
}

func (p *places) find(i, from int) {
	p.at[i] = len(p.text)
	if at := bytes.Index(p.text[from:], []byte(p.words[i])); at >= 0 {
		p.at[i] = from + at
	}
}

// next is the first of them, or the end of the text.
func (p *places) next() int { return slices.Min(p.at) }

// skip leaves out what begins before a place.
func (p *places) skip(to int) {
	for i, at := range p.at {
		if at < to {
			p.find(i, to)
		}
	}
}
