package cli

import (
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/check"
)

// writeCalls writes a row for each cluster that has called, and a column for each that answers.
func writeCalls(text *strings.Builder, names []string, callers []check.Caller) {
	if len(callers) == 0 {
		return
	}
	table := tabwriter.NewWriter(text, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(table, "CALLS\t"+strings.Join(names, "\t")) // into memory
	for _, caller := range callers {
		cells := []string{caller.Cluster}
		for _, name := range names {
			cells = append(cells, callsCell(caller, name))
		}
		_, _ = fmt.Fprintln(table, strings.Join(cells, "\t"))
	}
	_ = table.Flush()
	text.WriteString("\n")
}

// callsCell is what one cluster has answered another.
func callsCell(caller check.Caller, name string) string {
	for _, answer := range caller.Answers {
		switch {
		case answer.Cluster != name:
		case answer.Count == 0:
			return "0"
		case answer.Measured:
			return fmt.Sprintf("%d %s", answer.Count, answer.Way)
		default:
			return fmt.Sprintf("%d %s?", answer.Count, answer.Way)
		}
	}
	return "-"
}
