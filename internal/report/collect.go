package report

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/kubectl-mesh/kubectl-mesh/internal/collect"
	"github.com/kubectl-mesh/kubectl-mesh/internal/terminal"
)

// Collected prints the notes and one line about a cluster.
func Collected(w io.Writer, result collect.Result) {
	var text strings.Builder
	for _, note := range result.Notes {
		what := result.Cluster + ": " + terminal.OneLine(note.String())
		text.WriteString(terminal.LookOf(w).Labelled(terminal.Caution, "warning: ", what) + "\n")
	}
	var done []string
	if len(result.Changed) > 0 {
		done = append(done, fmt.Sprintf("facts written (%d changed)", len(result.Changed)))
	}
	written := 0
	for _, token := range result.Tokens {
		if token.Written {
			written++
		}
		if token.Expires != nil {
			fmt.Fprintf(&text,
				"%s: the token of %s is valid until %s\n", result.Cluster, token.Consumer, token.Expires.Format(time.RFC3339))
		}
	}
	if written > 0 {
		done = append(done, terminal.Count(written, "token")+" written")
	}
	if len(done) == 0 && result.Err == nil {
		done = []string{"unchanged"}
	}
	if len(done) > 0 {
		fmt.Fprintf(&text, "%s: %s\n", result.Cluster, strings.Join(done, ", "))
	}
	_, _ = io.WriteString(w, text.String()) // a closed stream has no reader
}

// Changes prints a line for each field that an import changes, or would change, or data.
func Changes(w io.Writer, format string, changes []collect.Change, dryRun bool) error {
	if format != "" {
		return Document(w, format, "ImportReport", struct {
			DryRun   bool             `json:"dryRun"`
			Clusters []collect.Change `json:"clusters"`
		}{DryRun: dryRun, Clusters: append([]collect.Change{}, changes...)})
	}
	var text strings.Builder
	for _, change := range changes {
		switch {
		case len(change.Fields) == 0:
			fmt.Fprintf(&text, "%s: unchanged\n", change.Cluster)
		case dryRun:
			fmt.Fprintf(&text, "%s: %s would change\n", change.Cluster, change.File)
		default:
			fmt.Fprintf(&text, "%s: %s changed\n", change.Cluster, change.File)
		}
		for _, field := range change.Fields {
			switch {
			case field.Was == "":
				fmt.Fprintf(&text, "  + %s: %s\n", field.Field, field.Is)
			case field.Is == "":
				fmt.Fprintf(&text, "  - %s: %s\n", field.Field, field.Was)
			default:
				fmt.Fprintf(&text, "  ~ %s: %s -> %s\n", field.Field, field.Was, field.Is)
			}
		}
	}
	_, err := io.WriteString(w, terminal.Plain(text.String()))
	return err
}
