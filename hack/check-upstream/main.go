// Command check-upstream lists the facts of pkg/upstream that nobody has checked for six months. Other people's
// software changes without us: a row is checked again by reading its source, and gets the day of today.
package main

import (
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/upstream"
)

func main() {
	due := upstream.Stale(time.Now())
	if _, err := os.Stdout.WriteString(report(due)); err != nil || len(due) > 0 {
		os.Exit(1)
	}
}

// report lists the rows that are due; it is empty if none is.
func report(due []upstream.Row) string {
	if len(due) == 0 {
		return ""
	}
	var text strings.Builder
	for _, row := range due {
		fmt.Fprintf(&text, "%s  %s\n            %s\n", row.Checked, row.Name, row.Source)
	}
	fmt.Fprintf(&text, "\nLast checked more than six months ago: %d. Read the sources, correct the rows in pkg/upstream, "+
		"and give them the date of today.\n", len(due))
	return text.String()
}
