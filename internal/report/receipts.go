package report

import (
	"cmp"
	"fmt"
	"io"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/internal/exchange"
	"github.com/kubectl-mesh/kubectl-mesh/internal/terminal"
)

// Receipts prints what all sites observed: each link with its age, and contradictions.
func Receipts(w io.Writer, format string, m exchange.Matrix) error {
	if format != "" {
		return Document(w, format, "ReceiptMatrix", m)
	}
	table := newTable(terminal.LookOf(w), 2, "CONSUMER", "TARGET", "STATE", "SITE", "AGE")
	for _, cell := range m.Cells {
		age := "-"
		if cell.Site != "" {
			age = cell.Age.String()
		}
		table.row(cell.Consumer, cell.Target, cell.State, cmp.Or(cell.Site, "-"), age)
	}
	var text strings.Builder
	text.WriteString(table.String())
	for _, cell := range m.Cells {
		for _, reason := range cell.Reasons {
			fmt.Fprintf(&text, "%s reads %s: %s\n", cell.Consumer, cell.Target, terminal.OneLine(reason))
		}
	}
	for _, contradiction := range m.Contradictions {
		text.WriteString(terminal.LookOf(w).Labelled(terminal.Bad, "contradiction: ", terminal.OneLine(contradiction)) + "\n")
	}
	_, err := io.WriteString(w, text.String())
	return err
}
