package topology

// relation is a set of ordered pairs of small numbers, indexed from both sides. Its size grows with the number of
// pairs, up to two bits for each possible pair: a thousand fully linked clusters take 250 KB.
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

// of returns each j of a pair (i, j).
func (r relation) of(i int) *row { return &r.forward[i] }

// to returns each i of a pair (i, j).
func (r relation) to(j int) *row { return &r.backward[j] }

// near returns each j of a pair (i, j) or (j, i).
func (r relation) near(i int) *row { return r.of(i).union(r.to(i), len(r.forward)) }

func (r relation) count() int {
	sum := 0
	for i := range r.forward {
		sum += r.forward[i].count()
	}
	return sum
}
