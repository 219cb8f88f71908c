package terminal

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
)

// hintMark begins a line of advice. Nothing else in the program knows the word.
const hintMark = "hint: "

// MaxProblems bounds how many problems are printed.
const MaxProblems = 100

// Error prints an error: each line of its text is one problem, an indented line belongs to the one before
// it. Remedies stand below the problem that they are for.
func Error(w io.Writer, err error) {
	for _, problem := range hint.List(err) {
		for line := range strings.Lines(Plain(strings.TrimRight(problem.Text, "\n")) + "\n") {
			if !strings.HasPrefix(line, " ") {
				line = "error: " + line
			}
			fmt.Fprint(w, line)
		}
		for _, remedy := range problem.Remedies {
			Hint(w, remedy)
		}
	}
}

// Problems prints those problems that nobody has waived. When there are too many, those
// that stop come first, and rest says where to find the others.
func Problems(w io.Writer, problems []mesh.Problem, rest string) {
	open := slices.DeleteFunc(slices.Clone(problems), func(p mesh.Problem) bool { return p.Waived != "" })
	more := len(open) - MaxProblems
	if more > 0 {
		slices.SortStableFunc(open, func(a, b mesh.Problem) int { return cmp.Compare(a.Severity, b.Severity) }) // error, incomplete, warning
		open = open[:MaxProblems]
	}
	for _, problem := range open {
		fmt.Fprintf(w, "%s: %s\n", problem.Severity, OneLine(problem.String()))
		Hint(w, problem.Hint)
	}
	if more > 0 {
		fmt.Fprintf(w, "… and %d more\n", more)
		Hint(w, rest)
	}
}

// Notice prints something that is said on the way, and what helps.
func Notice(w io.Writer, notice hint.Notice) {
	text := OneLine(notice.Text)
	if notice.Warning {
		text = "warning: " + text
	}
	if notice.Text != "" {
		fmt.Fprintln(w, text)
	}
	for _, remedy := range notice.Remedies {
		Hint(w, remedy)
	}
}

// Hint prints advice on a line of its own, if there is any. Indented lines below it are what is to be
// written somewhere, and stay lines.
func Hint(w io.Writer, remedy string) {
	if remedy == "" {
		return
	}
	first, rest, _ := strings.Cut(remedy, "\n  ")
	fmt.Fprintln(w, hintMark+OneLine(first))
	if rest != "" {
		fmt.Fprintln(w, strings.TrimRight(Plain("  "+rest), "\n"))
	}
}
