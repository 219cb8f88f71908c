package report

import (
	"fmt"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/internal/terminal"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/check"
)

// shownWaits bounds the line; what must happen first comes first.
const shownWaits = 4

// Waiting describes what a run still waits for. It contains nothing that changes by itself, such as a time, so it is
// the same while the state is.
func Waiting(results []check.Result) string {
	var open []string
	for _, result := range results {
		if result.Status == check.StatusFailed || result.Status == check.StatusUnknown {
			open = append(open, fmt.Sprintf("%s%s %s", about(result), result.ID, result.Status))
		}
	}
	shown := open[:min(len(open), shownWaits)]
	line := "waiting for " + terminal.Count(len(open), "check") + ": " + strings.Join(shown, ", ")
	if more := len(open) - len(shown); more > 0 {
		line += fmt.Sprintf(", and %d more", more)
	}
	return line
}
