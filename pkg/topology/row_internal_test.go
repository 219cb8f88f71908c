package topology

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

// TestRowAgainstSet: a row is the set of what was added, as a list and as bits.
func TestRowAgainstSet(t *testing.T) {
	for _, size := range []int{1, 63, 64, 65, 1000} {
		for seed := range uint64(3) {
			t.Run(fmt.Sprintf("%d numbers, seed %d", size, seed), func(t *testing.T) {
				random := rand.New(rand.NewPCG(seed, uint64(size)))
				var r row
				var want []int
				for range size {
					j := random.IntN(size)
					r.add(j, size)
					want = append(want, j)
					slices.Sort(want)
					want = slices.Compact(want)
					if got := slices.Collect(r.all); !slices.Equal(got, want) || r.count() != len(want) {
						t.Fatalf("the row has %d numbers: %v, want %v", r.count(), got, want)
					}
				}
				for j := range size {
					if r.has(j) != slices.Contains(want, j) {
						t.Errorf("has(%d) = %t", j, r.has(j))
					}
				}
			})
		}
	}
}

// TestUnion: of a list and a list, a list and bits, bits and bits; neither is changed.
func TestUnion(t *testing.T) {
	const size = 128
	rowOf := func(first, step int) *row {
		r := &row{}
		for j := first; j < size; j += step {
			r.add(j, size)
		}
		return r
	}
	for _, steps := range [][2]int{{50, 60}, {50, 2}, {2, 50}, {2, 3}} {
		a, b := rowOf(0, steps[0]), rowOf(1, steps[1])
		before := slices.Concat(slices.Collect(a.all), slices.Collect(b.all))
		want := slices.Sorted(slices.Values(before))
		if got := slices.Collect(a.union(b, size).all); !slices.Equal(got, slices.Compact(want)) {
			t.Errorf("every %d. and every %d. number: %v, want %v", steps[0], steps[1], got, want)
		}
		if after := slices.Concat(slices.Collect(a.all), slices.Collect(b.all)); !slices.Equal(after, before) {
			t.Errorf("union has changed its operands: %v, want %v", after, before)
		}
	}
}

// TestRoom: a relation of a hub takes what its pairs take, and one of all pairs two bits for each.
func TestRoom(t *testing.T) {
	const size = 4096
	hub, full := newRelation(size), newRelation(size)
	for j := range size {
		hub.add(0, j)
		for i := range size {
			full.add(i, j)
		}
	}
	if got, most := room(hub), 8*size; got > most {
		t.Errorf("a hub of %d takes %d bytes, want at most %d", size, got, most)
	}
	if got, want := room(full), size*size/4; got != want {
		t.Errorf("%d clusters, all linked, take %d bytes, want %d", size, got, want)
	}
}

// room is how many bytes the rows of a relation take.
func room(r relation) int {
	sum := 0
	for _, side := range [][]row{r.forward, r.backward} {
		for _, row := range side {
			sum += 4*len(row.list) + 8*len(row.bits)
		}
	}
	return sum
}
