// Package nearest suggests the existing name that a user most likely meant. It imports only the standard library.
package nearest

import (
	"strings"
	"unicode/utf8"
)

const (
	// maxName bounds the work: longer names are not typing errors. In runes.
	maxName = 256
	// maxEdits is the maximum distance of a suggestion, however long the names are.
	maxEdits = 4
)

// Name returns the element of have that is nearest to want, and whether it is near enough to suggest. A name that
// differs only in letter case wins over all others except want itself; otherwise the fewest edits (ignoring case) win,
// and of equals the one that sorts first. The order of have does not matter.
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

// limit is the maximum distance of names with these lengths: a third of the longer one, so that east does not match
// west.
func limit(a, b int) int {
	return min(max(a, b)/3, maxEdits)
}
