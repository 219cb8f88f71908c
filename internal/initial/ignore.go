package initial

import (
	"slices"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
)

// ignored are what git must not take, and what is of one run of this program alone.
func ignored() []string {
	return []string{"/" + layout.Credentials + "/", "/" + layout.WriterLock(), "/" + layout.Staging() + "/"}
}

// withIgnored keeps credentials/ out of git a second time, beside the mesh, where a person who clones sees it and
// a copy that forgets hidden files does not lose both; and the lock with what a killed run leaves. It adds the
// lines that are missing, and keeps all others.
func withIgnored(text string) string {
	var there []string
	for line := range strings.Lines(text) {
		there = append(there, strings.TrimRight(line, " \t\r\n")) // git takes a leading blank for a part of the name
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
