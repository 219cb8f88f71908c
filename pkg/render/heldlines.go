package render

import (
	"fmt"
	"iter"
	"slices"
	"strings"
)

// Line describes what is held back for one missing input, and the next step.
type Line struct{ Text, Next string }

// Lines describe what is held back, one line per missing input. name returns how readers know a file or object.
func Lines(held []Held, name func(Held) string) iter.Seq[Line] {
	return func(yield func(Line) bool) {
		for group := range grouped(held) {
			line := Line{Text: abridged(group, name) + ": " + group[0].Why + retained(group), Next: group[0].Next}
			if !yield(line) {
				return
			}
		}
	}
}

// grouped yields runs of files that lack the same input.
func grouped(held []Held) iter.Seq[[]Held] {
	return func(yield func([]Held) bool) {
		for len(held) > 0 {
			end := slices.IndexFunc(held, func(h Held) bool { return h.Missing != held[0].Missing })
			if end < 0 {
				end = len(held)
			}
			if !yield(held[:end]) {
				return
			}
			held = held[end:]
		}
	}
}

// abridged lists the first few names.
func abridged(group []Held, name func(Held) string) string {
	const shown = 5
	var names []string
	for _, h := range group[:min(len(group), shown)] {
		names = append(names, name(h))
	}
	text := strings.Join(names, ", ")
	if len(group) > shown {
		text += fmt.Sprintf(" and %d more", len(group)-shown)
	}
	return text
}

// retained describes which files of a group were rendered before.
func retained(group []Held) string {
	stay := 0
	for _, h := range group {
		if h.Retained {
			stay++
		}
	}
	switch {
	case stay == 0:
		return ""
	case len(group) == 1:
		return "; the previously rendered file is kept"
	default:
		return fmt.Sprintf("; %d of %d previously rendered files are kept", stay, len(group))
	}
}
