package proof

import "github.com/kubectl-mesh/kubectl-mesh/pkg/endpoints"

// Record is how many endpoints istiods knew before a change, by the name of the target, in the order of views. It is
// small enough to be kept where the change is announced, so that the proof survives an interruption.
type Record map[string][]int

// wholeCluster stands for all services of a target, which a record does not tell apart.
const wholeCluster = "the whole cluster"

// Record is what the proof goes by.
func (p *Proof) Record() Record {
	record := Record{}
	for _, target := range p.Targets {
		for _, known := range p.before {
			record[target.Name] = append(record[target.Name], known[target.ID].Total())
		}
	}
	return record
}

// of is the number of a target in a view; false if it was not recorded.
func (r Record) of(target string, view int) (int, bool) {
	if view >= len(r[target]) {
		return 0, false
	}
	return r[target][view], true
}

// losses compares by service, or by their sum where that alone was recorded.
func losses(before, after endpoints.Counts) []endpoints.Loss {
	if _, recorded := before[wholeCluster]; recorded {
		after = endpoints.Counts{wholeCluster: after.Total()}
	}
	return endpoints.Losses(before, after)
}
