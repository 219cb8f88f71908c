package review

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/internal/terminal"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/markdown"
)

// style formats text for one output. Values are external text and escaped; everything else is fixed.
type style struct {
	title   func(text string) string
	section func(text string) string
	strong  func(text string) string
	value   func(value string) string
	command func(command string) string
	// members are the clusters of each side, sorted.
	members [][]string
}

func (r Result) style(s style) style {
	s.members = r.Members
	return s
}

func plainStyle() style {
	return style{
		title:   func(text string) string { return text },
		section: strings.ToUpper,
		strong:  func(text string) string { return text },
		value:   terminal.OneLine,
		command: func(command string) string { return "    " + terminal.OneLine(command) },
	}
}

func markdownStyle() style {
	code := func(value string) string { return markdown.Code(terminal.Redact(value)) }
	return style{
		title:   func(text string) string { return "# " + text },
		section: func(text string) string { return "## " + text },
		strong:  func(text string) string { return "**" + text + "**" },
		value:   code,
		command: func(command string) string { return "   " + code(command) },
	}
}

// values joins several values in a sentence.
func (s style) values(values []string) string {
	const most = 100
	shown := values[:min(len(values), most)]
	written := make([]string, len(shown))
	for i, value := range shown {
		written[i] = s.value(value)
	}
	text := strings.Join(written, ", ")
	if more := len(values) - len(shown); more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}

// end formats the clusters at one end of links. All clusters except the one at the other end need no list.
func (s style) end(clusters, other []string) string {
	const few = 12
	if len(clusters) > few && len(other) == 1 {
		for _, members := range s.members {
			if slices.Equal(clusters, without(members, other[0])) {
				return fmt.Sprintf("each of the %d other clusters", len(clusters))
			}
		}
	}
	return s.values(clusters)
}

func without(names []string, name string) []string {
	return slices.DeleteFunc(slices.Clone(names), func(one string) bool { return one == name })
}
