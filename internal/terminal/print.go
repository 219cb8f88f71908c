package terminal

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
)

// hintMark starts a line of advice. No other package contains the word.
const hintMark = "hint: "

// MaxProblems bounds how many problems are printed.
const MaxProblems = 100

// Error prints an error: each line of its text is a problem, and an indented line belongs to the previous one. Remedies
// follow their problem.
func Error(w io.Writer, err error) {
	for _, problem := range hint.List(err) {
		look := LookOf(w)
		for line := range strings.SplitSeq(Plain(strings.TrimRight(problem.Text, "\n")), "\n") {
			if strings.HasPrefix(line, " ") {
				fmt.Fprintln(w, line)
			} else {
				fmt.Fprintln(w, look.Labelled(Bad, "error: ", line))
			}
		}
		for _, remedy := range problem.Remedies {
			Hint(w, remedy)
		}
	}
}

// Problems prints unwaived problems, one finding per rule, errors first. If there are too many, rest tells where to
// find the others.
func Problems(w io.Writer, problems []mesh.Problem, rest string) {
	findings, look := mesh.Findings(problems), LookOf(w)
	for i, finding := range findings {
		if i == MaxProblems {
			fmt.Fprintf(w, "… and %d more\n", len(findings)-i)
			Hint(w, rest)
			return
		}
		label := string(finding.Severity) + ": "
		fmt.Fprintln(w, look.Labelled(ToneOfSeverity(finding.Severity), label, OneLine(finding.Lines[0])))
		for _, line := range finding.Lines[1:] {
			fmt.Fprintln(w, look.Fold("  "+OneLine(line), hangingColumns))
		}
		for _, remedy := range finding.Hints {
			Hint(w, remedy)
		}
	}
}

// Verdict prints the result of a command. It is data, without label or severity.
func Verdict(w io.Writer, tone Tone, text string) error {
	look := LookOf(w)
	_, err := fmt.Fprintln(w, look.Paint(tone, look.Mark(tone)+OneLine(text)))
	return err
}

// Stopping prints what stops a command, and counts the rest, or prints it if no command lists it.
func Stopping(w io.Writer, problems []mesh.Problem, rest, validate string) {
	if validate == "" {
		Problems(w, problems, rest)
		return
	}
	stops := func(p mesh.Problem) bool { return p.Stops() }
	Problems(w, slices.DeleteFunc(slices.Clone(problems), func(p mesh.Problem) bool { return !stops(p) }), rest)
	Counted(w, slices.DeleteFunc(slices.Clone(problems), stops), validate)
}

// Counted prints the number of findings, with the command that lists them.
func Counted(w io.Writer, problems []mesh.Problem, validate string) {
	if line := CountLine(problems); line != "" {
		fmt.Fprintf(w, "%s: %s\n", LookOf(w).Paint(Caution, line), OneLine(validate))
	}
}

// CountLine counts findings by severity: 1 error, 2 warnings. Empty if there are none.
func CountLine(problems []mesh.Problem) string {
	counts := mesh.CountFindings(mesh.Findings(problems))
	var parts []string
	for _, part := range []struct {
		severity mesh.Severity
		noun     string
	}{
		{severity: mesh.SeverityError, noun: "error"},
		{severity: mesh.SeverityIncomplete, noun: "missing input"},
		{severity: mesh.SeverityWarning, noun: "warning"},
	} {
		if n := counts[part.severity]; n > 0 {
			parts = append(parts, Count(n, part.noun))
		}
	}
	return strings.Join(parts, ", ")
}

// Notice prints a message and its remedies. The same warning is printed once.
func Notice(w io.Writer, notice hint.Notice) {
	if s, ok := w.(*Stream); ok && notice.Warning && !s.isFirst(notice) {
		return
	}
	switch text, look := OneLine(notice.Text), LookOf(w); {
	case notice.Text == "":
	case notice.Warning:
		fmt.Fprintln(w, look.Labelled(Caution, "warning: ", text))
	default:
		fmt.Fprintln(w, look.Fold(text, hangingColumns))
	}
	for _, remedy := range notice.Remedies {
		Hint(w, remedy)
	}
}

// Hint prints advice on a line of its own, if there is any. Indented lines are content to write to a file, and stay
// lines.
func Hint(w io.Writer, remedy string) {
	if remedy == "" {
		return
	}
	first, rest, _ := strings.Cut(remedy, "\n  ")
	look := LookOf(w)
	fmt.Fprintln(w, look.Paint(Muted, hintMark)+strings.TrimPrefix(look.foldAdvice(OneLine(first)), hintMark))
	if rest != "" {
		fmt.Fprintln(w, strings.TrimRight(Plain("  "+rest), "\n"))
	}
}

// Advise appends advice to a text for this look.
func (l Look) Advise(text *strings.Builder, remedy string) {
	Hint(&Stream{to: text, look: l, screen: &screen{}}, remedy)
}
