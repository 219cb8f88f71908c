package report

import (
	"io"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/internal/terminal"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/summary"
)

// Widths of a summary: the label of a line, and the whole line if it can be wrapped.
const (
	labelColumns = 16
	lineColumns  = 80
)

// Summary prints the summary of a mesh, or of one cluster.
func Summary(w io.Writer, s summary.Summary, cluster string) error {
	var text strings.Builder
	look := terminal.LookOf(w)
	for _, section := range s.Sections(cluster) {
		if section.Title != "" {
			text.WriteString("\n" + look.Paint(terminal.Strong, section.Title+":") + "\n")
		}
		for _, item := range section.Items {
			label := terminal.OneLine(item.Label)
			if label != "" && section.Title == "" {
				label += ":"
			}
			text.WriteString(hanging(label, terminal.OneLine(item.Text), columnsOr(look, lineColumns)))
		}
	}
	_, err := io.WriteString(w, text.String())
	return err
}

// hanging prints a label and, next to it or below a long one, its text, with all lines next to the label.
func hanging(label, text string, columns int) string {
	blank := strings.Repeat(" ", labelColumns)
	line := "  " + label
	if width := terminal.Width(line); width < labelColumns {
		line += blank[width:]
	} else {
		line += "\n" + blank
	}
	var out strings.Builder
	width := labelColumns
	for i, word := range strings.Fields(text) {
		wide := terminal.Width(word)
		switch {
		case i == 0:
		case width+1+wide > columns:
			line, width = line+"\n"+blank, labelColumns
		default:
			line, width = line+" ", width+1
		}
		line, width = line+word, width+wide
	}
	out.WriteString(line + "\n")
	return out.String()
}
