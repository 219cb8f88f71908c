// Package markdown escapes external values in Markdown, so that they stay text: no markup, link, mention or comment.
package markdown

import (
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/printable"
)

// Code returns a value as a code span that nothing in the value can end: GitHub finds no mention, link or HTML in it.
// Invisible characters are escaped. It is not for table cells.
func Code(value string) string {
	value = printable.Escape(value)
	fence := strings.Repeat("`", longestRun(value)+1)
	switch {
	case value == "":
		return "` `"
	case strings.HasPrefix(value, "`"), strings.HasSuffix(value, "`"),
		strings.HasPrefix(value, " ") && strings.HasSuffix(value, " "):
		// One space on either side is removed again (https://spec.commonmark.org/0.31.2/#code-spans).
		return fence + " " + value + " " + fence
	}
	return fence + value + fence
}

// longestRun returns the length of the longest sequence of backticks.
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
