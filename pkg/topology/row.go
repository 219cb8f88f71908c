package topology

import (
	"math/bits"
	"slices"
)

// row is a sorted set of small numbers: a list while it is short, and a bitmap once that takes less memory.
type row struct {
	list []int32
	bits []uint64
}

// add inserts j, which is less than size.
func (r *row) add(j, size int) {
	if r.bits != nil {
		r.bits[j/64] |= 1 << (j % 64)
		return
	}
	at, known := r.find(j)
	if known {
		return
	}
	r.list = slices.Insert(r.list, at, int32(j)) //nolint:gosec // an index of a cluster
	if len(r.list)*32 > size {
		r.widen(size)
	}
}

// widen converts the list to a bitmap.
func (r *row) widen(size int) {
	list := r.list
	r.list, r.bits = nil, make([]uint64, (size+63)/64)
	for _, j := range list {
		r.bits[j/64] |= 1 << (j % 64)
	}
}

func (r *row) find(j int) (int, bool) {
	return slices.BinarySearch(r.list, int32(j)) //nolint:gosec // an index of a cluster
}

func (r *row) has(j int) bool {
	if r.bits != nil {
		return r.bits[j/64]&(1<<(j%64)) != 0
	}
	_, known := r.find(j)
	return known
}

// all yields the numbers in order, for range.
func (r *row) all(yield func(int) bool) {
	for _, j := range r.list {
		if !yield(int(j)) {
			return
		}
	}
	for w, word := range r.bits {
		for ; word != 0; word &= word - 1 {
			if !yield(w*64 + bits.TrailingZeros64(word)) {
				return
			}
		}
	}
}

func (r *row) count() int {
	sum := len(r.list)
	for _, word := range r.bits {
		sum += bits.OnesCount64(word)
	}
	return sum
}

// union returns a new set with the numbers of both.
func (r *row) union(other *row, size int) *row {
	both := &row{list: slices.Clone(r.list), bits: slices.Clone(r.bits)}
	for j := range other.all {
		both.add(j, size)
	}
	return both
}
