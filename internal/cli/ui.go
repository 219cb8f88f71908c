package cli

// The rules for words to the user:
//
//   - stdout is data: what a pipe or a file takes. Everything else goes to stderr.
//   - lower case, no full stop, one fact per line.
//   - "error: " says what stops, "warning: " what does not; advice stands on a "hint: " line
//     below it, with the exact command where there is one.
//   - a thing is announced after it has happened.
//   - no colour, so NO_COLOR has nothing to take away; an apply says at a terminal how far each
//     cluster has come.
//   - never a secret, and nothing that a terminal obeys: all words go through plain.

import (
	"cmp"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
)

const hintMark = "hint: "

// maxShown bounds how many problems are printed.
const maxShown = 100

// sayError prints an error: each line of its text is one problem, a line that begins with
// "hint: " the remedy of the one before it, an indented line belongs to the one before it.
func sayError(w io.Writer, err error) {
	for line := range strings.Lines(plain(strings.TrimRight(err.Error(), "\n")) + "\n") {
		if !strings.HasPrefix(line, hintMark) && !strings.HasPrefix(line, " ") {
			line = "error: " + line
		}
		fmt.Fprint(w, line)
	}
}

// sayProblems prints those problems that nobody has waived. When there are too many, those
// that stop come first, and rest says where to find the others.
func sayProblems(w io.Writer, problems []mesh.Problem, rest string) {
	open := slices.DeleteFunc(slices.Clone(problems), func(p mesh.Problem) bool { return p.Waived != "" })
	more := len(open) - maxShown
	if more > 0 {
		slices.SortStableFunc(open, func(a, b mesh.Problem) int { return cmp.Compare(a.Severity, b.Severity) }) // error, warning
		open = open[:maxShown]
	}
	for _, problem := range open {
		fmt.Fprintf(w, "%s: %s\n", problem.Severity, oneLine(problem.String()))
		sayHint(w, problem.Hint)
	}
	if more > 0 {
		fmt.Fprintf(w, "… and %d more\n", more)
		sayHint(w, rest)
	}
}

func sayHint(w io.Writer, hint string) {
	if hint != "" {
		fmt.Fprintln(w, hintMark+oneLine(hint))
	}
}

// oneLine is plain text that cannot pass for another line of ours.
func oneLine(text string) string { return strings.ReplaceAll(plain(text), "\n", `\n`) }

// plain is text as a terminal can be trusted with it: what is not printed but obeyed is
// written as an escape, and secrets are left out.
func plain(text string) string {
	var b strings.Builder
	for _, r := range redact(text) {
		if r == '\n' || unicode.IsPrint(r) {
			b.WriteRune(r)
		} else {
			b.WriteString(strings.Trim(strconv.QuoteRune(r), "'"))
		}
	}
	return b.String()
}

// secretShapes are the credentials of Kubernetes that are known by their form: JSON Web
// Tokens, private keys in PEM, base64 of PEM, which is what client-key-data holds, and keys of age.
const secretShapes = `eyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)?` +
	`|(?s:-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|$))` +
	`|LS0tLS1CRUdJTi[\w+/=]{20,}` +
	`|(?i:AGE-SECRET-KEY-)\w[\w-]*`

// redact is the last line of defence: errors quote what was written, and a secret may stand in
// the wrong place. Those who make the errors know better which values not to quote.
func redact(text string) string {
	return regexp.MustCompile(secretShapes).ReplaceAllString(text, "[redacted]")
}

// count is a number with its noun: 1 cluster, 2 clusters.
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
