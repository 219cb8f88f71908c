package report

import (
	"cmp"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/kubectl-mesh/kubectl-mesh/internal/exchange"
	"github.com/kubectl-mesh/kubectl-mesh/internal/status"
	"github.com/kubectl-mesh/kubectl-mesh/internal/terminal"
)

// Exported reports what was packed, and the fingerprint that other sites compare.
func Exported(w io.Writer, file string, done exchange.Exported) {
	var text strings.Builder
	fmt.Fprintf(&text,
		"%s: %s of site %s, valid until %s\n", cmp.Or(file, "stdout"), terminal.Count(len(done.Document.Items), "item"),
		done.Document.From, done.Document.NotAfter.Format(time.DateOnly))
	for _, item := range done.Document.Items {
		what := []string{string(item.Kind), item.Consumer, item.Cluster}
		fmt.Fprintf(&text, "  %s\n", strings.Join(strings.Fields(strings.Join(what, " ")), " "))
	}
	fmt.Fprintf(&text, "signed with %s\n", done.Fingerprint)
	_, _ = io.WriteString(w, text.String())
}

// Imported prints the changes by file and their meaning, before they are written.
func Imported(w io.Writer, done exchange.Imported) {
	var text strings.Builder
	for _, file := range done.Files {
		says := "verified"
		if file.Unchanged {
			says = "already imported"
		}
		fmt.Fprintf(&text,
			"%s: site %s, issued %s: %s\n", terminal.OneLine(file.Name), file.From, file.Issued.Format(time.RFC3339), says)
	}
	for _, item := range done.Items {
		fmt.Fprintf(&text, "  %s: %s\n", item.File, terminal.OneLine(item.What))
	}
	text.WriteString(done.Review.Entries())
	_, _ = io.WriteString(w, text.String())
}

// Written reports that the changes were written.
func Written(w io.Writer, done exchange.Imported, dryRun bool) {
	switch {
	case dryRun:
		_, _ = io.WriteString(w, "\nDry run: nothing was written.\n")
	case done.Written > 0:
		_, _ = fmt.Fprintf(w, "\n%s written\n", terminal.Count(done.Written, "file"))
	}
}

// Due prints the next steps.
func Due(w io.Writer, found status.Report) {
	_, _ = io.WriteString(w, steps(terminal.LookOf(w), found.Next))
}
