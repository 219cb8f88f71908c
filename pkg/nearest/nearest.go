// Package nearest finds the existing name that a person most likely meant.
// It imports the standard library only.
package nearest

import (
	"strings"
	"unicode/utf8"
)

const (
	// maxName bounds the work: longer names are nobody's typing error. In runes.
	maxName = 256
	// maxEdits is the most that a suggestion may differ, however long the names are.
	maxEdits = 4
)

// Name returns the element of have that is nearest to want, and whether one is near enough to
// be worth suggesting. A name that differs in letter case only wins over all others but want
// itself; otherwise the fewest edits (of letters, whatever their case) win, and of equals the
// one that sorts first. The order of have does not matter.
func Name(want string, have []string) (string, bool) {
	if want == "" || utf8.RuneCountInString(want) > maxName {
		return "", false
	}
	folded := []rune(strings.ToLower(want))
	best, bestRank := "", rank{}
	for _, name := range have {
		r, ok := rankOf(want, folded, name)
		if ok && (best == "" || r.before(bestRank) || r == bestRank && name < best) {
			best, bestRank = name, r
		}
	}
	return best, best != ""
}

// rank orders candidates: fewer edits first, and of those the ones in the same letter case.
type rank struct {
	edits     int
	otherCase bool
}

func (r rank) before(o rank) bool {
	if r.edits != o.edits {
		return r.edits < o.edits
	}
	return !r.otherCase && o.otherCase
}

func rankOf(want string, folded []rune, name string) (rank, bool) {
	if name == "" || utf8.RuneCountInString(name) > maxName {
		return rank{}, false
	}
	other := []rune(strings.ToLower(name))
	edits, ok := distance(folded, other, limit(len(folded), len(other)))
	return rank{edits: edits, otherCase: edits == 0 && name != want}, ok
}

// limit is how many edits names of these lengths may be apart: a third of the longer one, so
// that east is not taken for west.
func limit(a, b int) int {
	return min(max(a, b)/3, maxEdits)
}
