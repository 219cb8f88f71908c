package proof

import "github.com/kubectl-mesh/kubectl-mesh/pkg/endpoints"

// Record is the number of endpoints that istiods knew before a change, by target name, in the order of views. It is
// small enough to be stored with the announcement of the change, so that the proof survives an interruption.
type Record map[string][]int

// wholeCluster represents all services of a target, which a record does not distinguish.
const wholeCluster = "the whole cluster"

// Record returns the baseline of the proof.
func (p *Proof) Record() Record {
	record := Record{}
	for _, target := range p.Targets {
		for _, known := range p.before {
			record[target.Name] = append(record[target.Name], known[target.ID].Total())
		}
	}
	return record
}

// of returns the number for a target in a view; false if it was not recorded.
func (r Record) of(target string, view int) (int, bool) {
	if view >= len(r[target]) {
		return 0, false
	}
	return r[target][view], true
}

// losses compares by service, or by their sum if only that was recorded.
func losses(before, after endpoints.Counts) []endpoints.Loss {
	if _, recorded := before[wholeCluster]; recorded {
		after = endpoints.Counts{wholeCluster: after.Total()}
	}
	return endpoints.Losses(before, after)
}
