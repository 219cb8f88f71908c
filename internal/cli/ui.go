package cli

// The rules for words to the user:
//
//   - stdout is data: what a pipe or a file takes. Everything else goes to stderr.
//   - lower case, no full stop, one fact per line.
//   - "error: " says what stops, "warning: " what does not; advice stands on a "hint: " line
//     below it, with the exact command where there is one.
//   - a thing is announced after it has happened.
//   - no colour, no progress: what is said is the same on a terminal and in a log.
//   - never a secret.

import (
	"fmt"
	"io"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
)

const hintMark = "hint: "

// maxShown bounds how many problems are printed; `validate -o json` has them all.
const maxShown = 100

// sayError prints an error: each line of its text is one problem, a line that begins with
// "hint: " the remedy of the one before it, an indented line belongs to the one before it.
func sayError(w io.Writer, err error) {
	for line := range strings.Lines(strings.TrimRight(err.Error(), "\n") + "\n") {
		if !strings.HasPrefix(line, hintMark) && !strings.HasPrefix(line, " ") {
			line = "error: " + line
		}
		fmt.Fprint(w, line)
	}
}

// sayProblems prints those problems that nobody has waived.
func sayProblems(w io.Writer, problems []mesh.Problem) {
	shown := 0
	for _, problem := range problems {
		if problem.Waived != "" {
			continue
		}
		if shown++; shown > maxShown {
			continue
		}
		fmt.Fprintf(w, "%s: %s\n", problem.Severity, problem)
		if problem.Hint != "" {
			fmt.Fprintln(w, hintMark+problem.Hint)
		}
	}
	if shown > maxShown {
		fmt.Fprintf(w, "… and %d more\n%sall of them: kubectl mesh validate -o json\n", shown-maxShown, hintMark)
	}
}

// count is a number with its noun: 1 cluster, 2 clusters.
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
