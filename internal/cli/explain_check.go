package cli

import (
	"fmt"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/check"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/nearest"
)

// explainCheck explains a check, if the topic is the ID of one.
func (o *explainOptions) explainCheck() (done bool, err error) {
	topic := strings.ToUpper(o.topic)
	if !strings.HasPrefix(topic, "CHECK") {
		return false, nil
	}
	found, known := check.Find(topic)
	switch {
	case !known:
		hint := "the checks are " + strings.Join(check.IDs(), ", ")
		if near, ok := nearest.Name(topic, check.IDs()); ok {
			hint = "did you mean " + near + "?"
		}
		return true, verdict.Inputf(hint, "no check %q", o.topic)
	case o.output != "":
		return true, verdict.Inputf("leave out -o", "check %s has no schema", found.ID)
	}
	_, err = fmt.Fprintf(o.Out, "CHECK:     %s\nSEVERITY:  %s\nSCOPE:     %s\nTITLE:     %s\n\nWHY:\n%s\n\nREMEDY:\n%s\n", found.ID, found.Severity,
		found.Scope, found.Title, indent(found.Why), indent(found.Remedy))
	return true, err
}
