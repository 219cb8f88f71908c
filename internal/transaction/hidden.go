package transaction

import (
	"fmt"
	"path"
	"strconv"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
)

// Files in the staging directory.
const (
	planFile    = "plan"
	journalFile = "journal"
	nextFile    = "next"
	settledFile = "settled"
)

func staged(file string) string { return path.Join(layout.Staging(), file) }

// Hidden names beside the files of a transaction.
const (
	reservedPrefix = ".kubectl-mesh-"
	newPrefix      = reservedPrefix + "new-"
	oldPrefix      = reservedPrefix + "old-"
)

// Names carry the number of their transaction: whether it is settled says what a file without a journal is.
// They do not carry the name of the file, which may be as long as a name can be.
func hiddenName(prefix, file string, number uint64, i int) string {
	return path.Join(path.Dir(file), fmt.Sprintf("%s%d-%d", prefix, number, i))
}

// parseHidden takes a hidden name apart.
func parseHidden(base string) (old bool, number uint64, ok bool) {
	rest, old := strings.CutPrefix(base, oldPrefix)
	if !old {
		if rest, ok = strings.CutPrefix(base, newPrefix); !ok {
			return false, 0, false
		}
	}
	first, second, ok := strings.Cut(rest, "-")
	number, err := strconv.ParseUint(first, 10, 64)
	if err != nil || !ok || !isNumber(second) {
		return false, 0, false
	}
	return old, number, true
}

// isSingleFile reports whether a name is that of a temporary file of the writer of single files, which has
// no journal: .NAME.kubectl-mesh-0.
func isSingleFile(base string) bool {
	at := strings.LastIndex(base, ".kubectl-mesh-")
	return strings.HasPrefix(base, ".") && at > 1 && isNumber(base[at+len(".kubectl-mesh-"):])
}

func isNumber(text string) bool {
	_, err := strconv.ParseUint(text, 10, 64)
	return err == nil
}

// parents yields the directories that hold a file, the outermost first; the workspace is not among them.
func parents(file string) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for i, r := range file {
			if r == '/' && !yield(file[:i]) {
				return
			}
		}
	}
}
