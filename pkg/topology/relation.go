package topology

import "iter"

// relation is a set of ordered pairs of small numbers, to be asked from either side. What it takes grows with
// its pairs, up to two bits for each possible one: a thousand clusters, all linked, take 250 KB.
type relation struct {
	forward  []row
	backward []row
}

func newRelation(size int) relation {
	return relation{forward: make([]row, size), backward: make([]row, size)}
}

func (r relation) add(i, j int) {
	r.forward[i].add(j, len(r.forward))
	r.backward[j].add(i, len(r.forward))
}

func (r relation) has(i, j int) bool { return r.forward[i].has(j) }

// of yields every j with (i, j), in order.
func (r relation) of(i int) iter.Seq[int] { return r.forward[i].all() }

// to yields every i with (i, j), in order.
func (r relation) to(j int) iter.Seq[int] { return r.backward[j].all() }

// near yields every j with (i, j) or (j, i), in order and each once.
func (r relation) near(i int) iter.Seq[int] {
	return r.forward[i].union(&r.backward[i], len(r.forward)).all()
}

func (r relation) count() int {
	sum := 0
	for i := range r.forward {
		sum += r.forward[i].count()
	}
	return sum
}
