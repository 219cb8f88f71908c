package transaction

import (
	"fmt"
	"io/fs"
	"path"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/printable"
)

const hintName = "rename it: file names must work on every system where the repository is checked out"

// maxElement is the longest name of a file that the usual file systems take, in bytes.
const maxElement = 255

// checkName refuses every name that is not plainly a file of the workspace, on any system: a workspace is
// shared through Git, and its journal is input like any other.
func checkName(name string) error {
	if !fs.ValidPath(name) || name == "." {
		return fmt.Errorf("%q is not a path inside the workspace", name)
	}
	elements := strings.Split(name, "/")
	for _, element := range elements {
		if reason := unfit(element); reason != "" {
			return hint.Errorf(hintName, "%q: %s", name, reason)
		}
	}
	if isOwn(elements) {
		return fmt.Errorf("%q is a name that kubectl mesh reserves", name)
	}
	return nil
}

// unfit says why a name does not work everywhere, or where it would do harm.
func unfit(element string) string {
	switch {
	case strings.ContainsAny(element, `\:<>"|?*`):
		return `a name must not contain any of \ : < > " | ? *`
	case !printable.Text(element):
		return "a name must not contain unprintable characters"
	case strings.HasSuffix(element, ".") || strings.HasSuffix(element, " "):
		return "a name must not end in a dot or a space, which Windows removes"
	case layout.IsDevice(element):
		return "Windows reserves this name for a device"
	case strings.EqualFold(element, ".git") || strings.EqualFold(element, "git~1"):
		return "files in .git are never written"
	case len(element) > maxElement:
		return fmt.Sprintf("a name must not be longer than %d bytes", maxElement)
	}
	return ""
}

// isOwn knows the files of this package and of internal/output, in any case: file systems may not tell.
func isOwn(elements []string) bool {
	for _, element := range elements {
		element = strings.ToLower(element)
		if strings.HasPrefix(element, reservedPrefix) || isSingleFile(element) {
			return true
		}
	}
	if len(elements) == 1 {
		return strings.EqualFold(elements[0], layout.StateDir)
	}
	top := path.Join(elements[:2]...)
	return strings.EqualFold(top, layout.WriterLock()) || strings.EqualFold(top, layout.Staging())
}
