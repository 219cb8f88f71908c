package reviewed

import (
	"cmp"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"unicode"

	"github.com/kubectl-mesh/kubectl-mesh/internal/git"
	"github.com/kubectl-mesh/kubectl-mesh/internal/output"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/printable"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/shell"
)

// missingError reports that there is no tree.
type missingError struct{ dir string }

func (e *missingError) Error() string {
	return e.dir + " does not exist: the objects to apply were not reviewed"
}

func (c comparison) missing(at place) error {
	return hint.Add(&missingError{dir: at.dir}, "review and commit it: "+c.renderCommand(at)+" && "+commitCommand(at))
}

// differs reports a tree that differs from what would be rendered.
func (c comparison) differs(at place, differences, unmanaged []output.Difference) error {
	var remedies []string
	if len(differences) > 0 {
		remedies = append(remedies, "review and commit the change: "+c.renderCommand(at)+" && "+commitCommand(at))
	}
	if len(unmanaged) > 0 {
		remedies = append(remedies, "move unmanaged files out of "+at.dir+", or delete them")
	}
	var names []string
	for _, d := range slices.Concat(differences, unmanaged) {
		names = append(names, fmt.Sprintf("%s (%s)", d.Path, d.Kind))
	}
	return hint.Add(fmt.Errorf("%s is not what %s renders: %s", at.dir, c.Workspace.Name, listNames(names)), remedies...)
}

// notCommitted reports a correct tree that is not committed.
func (c comparison) notCommitted(at place, changes []git.Change) error {
	var names []string
	for _, change := range changes {
		below := cmp.Or(strings.TrimPrefix(strings.TrimPrefix(change.Path, at.path), "/"), ".")
		names = append(names, fmt.Sprintf("%s (%s)", below, change.Kind))
	}
	remedies := []string{"review and commit the change: " + commitCommand(at)}
	isIgnored := func(change git.Change) bool { return change.Kind == git.Ignored }
	if i := slices.IndexFunc(changes, isIgnored); i >= 0 {
		ignored := filepath.Join(c.repository.Top(), filepath.FromSlash(changes[i].Path))
		remedies = slices.Insert(remedies, 0,
			"remove the rule that makes Git ignore it: git check-ignore --verbose "+shell.Name(ignored))
	}
	return hint.Add(fmt.Errorf("%s is not committed: %s", at.dir, listNames(names)), remedies...)
}

// listNames lists the first three of many names.
func listNames(names []string) string {
	const most = 3
	slices.SortStableFunc(names, func(a, b string) int { return cmp.Compare(follows(a), follows(b)) })
	for i, name := range names {
		names[i] = printable.Map(name, unicode.ReplacementChar)
	}
	if more := len(names) - most; more > 0 {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), more)
	}
	return strings.Join(names, ", ")
}

func follows(name string) int {
	file, _, _ := strings.Cut(name, " ")
	return slices.Index([]string{layout.Install, layout.Readme, layout.Lock}, file)
}

// renderCommand returns the command that writes the tree.
func (c comparison) renderCommand(at place) string {
	return "kubectl mesh render --output-dir " + shell.Name(at.dir) + c.Workspace.FilenameFlag()
}

// commitCommand returns the command that commits the tree.
func commitCommand(at place) string {
	dir := filepath.Dir(at.dir)
	git := "git"
	if dir != "." {
		git += " -C " + shell.Name(dir)
	}
	return git + " add " + shell.Name(filepath.Base(at.dir)) + " && " + git + " commit"
}
