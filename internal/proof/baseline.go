package proof

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/endpoints"
)

// baseline is what the istiods knew before a change, as a file keeps it for a run that finishes the work of another.
type baseline struct {
	// Change tells one change from the next.
	Change string `json:"change"`
	// Before is the most that any istiod knew: by view, cluster ID and service.
	Before []endpoints.Known `json:"before"`
}

// Baseline is the text that Resume takes, for one change.
func (p *Proof) Baseline(change string) ([]byte, error) {
	text, err := json.Marshal(baseline{Change: change, Before: p.before})
	if err != nil {
		return nil, fmt.Errorf("record istiod's endpoints: %w", err)
	}
	return append(text, '\n'), nil
}

// ErrOtherChange says that the baseline is of another change, and proves nothing about this one.
var ErrOtherChange = errors.New("the recorded endpoints belong to another change")

// Resume goes on with a change that an earlier run has made: what counts is what the istiods knew before it.
func Resume(in Input, change string, text []byte) (*Proof, error) {
	var known baseline
	if err := json.Unmarshal(text, &known); err != nil {
		return nil, fmt.Errorf("read the recorded endpoints: %w", err)
	}
	if known.Change != change || len(known.Before) != len(views(in.Ambient)) {
		return nil, ErrOtherChange
	}
	return &Proof{Input: in, before: known.Before}, nil
}
