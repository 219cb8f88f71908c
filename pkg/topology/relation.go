package topology

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

// of is every j with (i, j).
func (r relation) of(i int) *row { return &r.forward[i] }

// to is every i with (i, j).
func (r relation) to(j int) *row { return &r.backward[j] }

// near is every j with (i, j) or (j, i).
func (r relation) near(i int) *row { return r.of(i).union(r.to(i), len(r.forward)) }

func (r relation) count() int {
	sum := 0
	for i := range r.forward {
		sum += r.forward[i].count()
	}
	return sum
}
