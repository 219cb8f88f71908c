package proof

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/endpoints"
)

// baseline is what the istiods knew before a change, stored in a file for a run that resumes it.
type baseline struct {
	// Change identifies the change.
	Change string `json:"change"`
	// Before is the maximum that any istiod knew: by view, cluster ID and service.
	Before []endpoints.Known `json:"before"`
}

// Baseline returns the input of Resume, for one change.
func (p *Proof) Baseline(change string) ([]byte, error) {
	text, err := json.Marshal(baseline{Change: change, Before: p.before})
	if err != nil {
		return nil, fmt.Errorf("record istiod's endpoints: %w", err)
	}
	return append(text, '\n'), nil
}

// ErrOtherChange reports that the baseline belongs to another change, and proves nothing about this one.
var ErrOtherChange = errors.New("the recorded endpoints belong to another change")

// Resume continues a change of an earlier run: it compares with what the istiods knew before that change.
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
