package initial

import (
	"slices"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
)

// ignored are files that Git must not track, and files of a single run of this program.
func ignored() []string {
	return []string{"/" + layout.Credentials + "/", "/" + layout.WriterLock(), "/" + layout.Staging() + "/"}
}

// withIgnored adds credentials/ to the .gitignore next to the mesh, where users see it and where a copy without hidden
// files does not lose both; also the lock and what a killed run leaves. It adds missing lines, and keeps all others.
func withIgnored(text string) string {
	var there []string
	for line := range strings.Lines(text) {
		there = append(there, strings.TrimRight(line, " \t\r\n")) // Git treats a leading space as part of the name
	}
	for _, line := range ignored() {
		if slices.Contains(there, line) {
			continue
		}
		if text != "" && !strings.HasSuffix(text, "\n") {
			text += "\n"
		}
		text += line + "\n"
	}
	return text
}
