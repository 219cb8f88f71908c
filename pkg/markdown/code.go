// Package markdown writes values of others into Markdown so that they stay what they are: text, and no markup, link,
// mention or comment.
package markdown

import (
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/printable"
)

// Code is a value as a code span, which nothing in the value can end: GitHub finds no mention, link or HTML in one.
// What is not seen is written as an escape. It is not for cells of a table.
func Code(value string) string {
	value = printable.Escape(value)
	fence := strings.Repeat("`", longestRun(value)+1)
	switch {
	case value == "":
		return "` `"
	case strings.HasPrefix(value, "`"), strings.HasSuffix(value, "`"),
		strings.HasPrefix(value, " ") && strings.HasSuffix(value, " "):
		// One blank on either side is taken away again (https://spec.commonmark.org/0.31.2/#code-spans).
		return fence + " " + value + " " + fence
	}
	return fence + value + fence
}

// longestRun is the length of the longest sequence of backticks.
func longestRun(text string) int {
	longest, run := 0, 0
	for _, r := range text {
		if r != '`' {
			run = 0
			continue
		}
		run++
		longest = max(longest, run)
	}
	return longest
}
