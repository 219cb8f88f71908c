package transaction_test

import (
	"strings"
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/internal/transaction"
)

// Whatever a journal says: each path that is taken from it is plainly a file of the workspace.
func FuzzJournal(f *testing.F) {
	const digest = "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"
	f.Add(`{"transaction":1,"command":"ca issue","directories":["trust/east"],"files":[{"path":"trust/east/x","after":"` + digest + `"}]}`)
	f.Add(`{"transaction":1,"files":[{"path":"../x","before":"` + digest + `"}]}`)
	f.Fuzz(func(t *testing.T, text string) {
		for _, name := range transaction.JournalPaths([]byte(text)) {
			for _, element := range strings.Split(name, "/") {
				if element == "" || element == "." || element == ".." || strings.ContainsAny(element, "\\:\x00") || strings.EqualFold(element, ".git") {
					t.Errorf("%q", name)
				}
			}
		}
	})
}
