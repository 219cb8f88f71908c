package nearest

// distance is the optimal string alignment distance of a and b: the insertions, deletions,
// substitutions and swaps of neighbours that turn one into the other. It gives up, with false,
// as soon as there must be more than most.
func distance(a, b []rune, most int) (int, bool) {
	if len(a)-len(b) > most || len(b)-len(a) > most {
		return 0, false
	}
	// Three rows of the usual table: entry j is the distance of the first j runes of b to the
	// first i-2, i-1 and i runes of a.
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		least := i
		for j := 1; j <= len(b); j++ {
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+differ(a[i-1], b[j-1]))
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
			least = min(least, row[j])
		}
		if least > most {
			return 0, false
		}
		before, last, row = last, row, before
	}
	return last[len(b)], last[len(b)] <= most
}

func differ(a, b rune) int {
	if a == b {
		return 0
	}
	return 1
}
