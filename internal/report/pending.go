package report

import (
	"fmt"
	"io"

	"github.com/kubectl-mesh/kubectl-mesh/internal/workspace"
)

// Pending lists pending requests, a line each, or states that there are none.
func Pending(out, errOut io.Writer, pending []workspace.Pending) error {
	if len(pending) == 0 {
		_, err := fmt.Fprintln(errOut, "every cluster of this site has its certificate")
		return err
	}
	for _, line := range workspace.PendingLines(pending) {
		if _, err := fmt.Fprintln(out, line); err != nil {
			return err
		}
	}
	return nil
}
