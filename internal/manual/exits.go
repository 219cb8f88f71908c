package manual

import (
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/internal/terminal"
)

// exitsMark starts the paragraph about exit codes in a command's text.
const exitsMark = "Exits 0 "

// splitExits separates that paragraph from the text.
func splitExits(text string) (rest, exits string) {
	var kept []string
	for paragraph := range strings.SplitSeq(text, "\n\n") {
		if strings.HasPrefix(paragraph, exitsMark) {
			exits = paragraph
		} else {
			kept = append(kept, paragraph)
		}
	}
	return strings.Join(kept, "\n\n"), exits
}

// exitCodes prints the meaning of the codes: for this command, or in general.
func (p *printer) exitCodes(exits string) {
	p.section("Exit codes")
	if exits != "" {
		for _, line := range terminal.FoldTo(p.columns-len("  "), exits, 0) {
			p.text.WriteString("  " + line + "\n")
		}
		return
	}
	for _, code := range []Command{
		{Name: "0", Summary: "success"},
		{Name: "1", Summary: "failure, or a difference was found"},
		{Name: "2", Summary: "invalid usage or input"},
		{Name: "3", Summary: "no failure, but something is missing or could not be verified"},
		{Name: "130", Summary: "interrupted"},
	} {
		p.entry("  "+code.Name, code.Summary, len("  130  "))
	}
}
