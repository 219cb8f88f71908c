package topology

import (
	"iter"
	"math/bits"
)

// relation is a set of ordered pairs of small numbers, a bit each: a thousand clusters, all
// linked, take 125 KB.
type relation struct {
	size  int
	words int // per row
	bits  []uint64
}

func newRelation(size int) relation {
	words := (size + 63) / 64
	return relation{size: size, words: words, bits: make([]uint64, size*words)}
}

func (r relation) add(i, j int) { r.bits[i*r.words+j/64] |= 1 << (j % 64) }

func (r relation) has(i, j int) bool { return r.bits[i*r.words+j/64]&(1<<(j%64)) != 0 }

// of yields every j with (i, j), in order.
func (r relation) of(i int) iter.Seq[int] {
	return func(yield func(int) bool) {
		for w, word := range r.bits[i*r.words : (i+1)*r.words] {
			for ; word != 0; word &= word - 1 {
				if !yield(w*64 + bits.TrailingZeros64(word)) {
					return
				}
			}
		}
	}
}

// to yields every i with (i, j), in order.
func (r relation) to(j int) iter.Seq[int] {
	return func(yield func(int) bool) {
		for i := range r.size {
			if r.has(i, j) && !yield(i) {
				return
			}
		}
	}
}

func (r relation) count() int {
	sum := 0
	for _, word := range r.bits {
		sum += bits.OnesCount64(word)
	}
	return sum
}
