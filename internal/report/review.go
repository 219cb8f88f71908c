package report

import (
	"io"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/internal/terminal"
)

// Review prints a review. On a terminal its headings are coloured by severity, and its lines are wrapped.
func Review(w io.Writer, text string) error {
	look := terminal.LookOf(w)
	if look != (terminal.Look{}) {
		var shown strings.Builder
		for line := range strings.SplitSeq(strings.TrimSuffix(text, "\n"), "\n") {
			shown.WriteString(reviewLine(look, line) + "\n")
		}
		text = shown.String()
	}
	_, err := io.WriteString(w, text)
	return err
}

func reviewLine(look terminal.Look, line string) string {
	if look.Columns > 0 && !look.Symbols {
		line = strings.NewReplacer("→", "->", "…", "...").Replace(line)
	}
	switch {
	case strings.HasPrefix(line, "    kubectl "), strings.HasPrefix(line, "    git "):
		return look.Paint(terminal.Strong, line) // to be copied: in one piece
	case line == "DANGERS":
		return look.Paint(terminal.Bad, line)
	case line == "WARNINGS":
		return look.Paint(terminal.Caution, line)
	case line != "" && line == strings.ToUpper(line) && !strings.ContainsAny(line, "0123456789-"), strings.HasPrefix(line, "Mesh review:"):
		return look.Paint(terminal.Strong, line)
	}
	return look.Fold(line, len("  "))
}
