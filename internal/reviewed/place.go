package reviewed

import (
	"os"
	"path"
	"path/filepath"
	"slices"

	"github.com/kubectl-mesh/kubectl-mesh/internal/git"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
)

// comparison is one run of Check.
type comparison struct {
	Input
	// repository takes paths that are relative to its top, and prefix is the workspace there.
	repository *git.Repository
	prefix     string
	// only are the clusters that the comparison is for; none: all of them.
	only []string
}

// place is a directory that may hold the reviewed tree.
type place struct {
	// path is relative to the top of the repository, with slashes.
	path string
	// dir is how a user would write it.
	dir string
	// tracked are the files that the index has, by their paths in the repository.
	tracked map[string]bool
}

func (p place) exists() bool {
	_, err := os.Stat(p.dir)
	return err == nil || p.tracked[lockOf(p.path)]
}

// places are deploy/ of the workspace, and the directories of other trees that have these clusters.
func (c comparison) places(tracked []string) []place {
	has := make(map[string]bool, len(tracked))
	for _, file := range tracked {
		has[file] = true
	}
	usual := path.Join(c.prefix, layout.Deploy)
	dirs := []string{usual}
	for _, file := range tracked {
		if dir := path.Dir(file); path.Base(file) == layout.Lock && dir != usual && c.hasClusters(has, dir) {
			dirs = append(dirs, dir)
		}
	}
	places := make([]place, len(dirs))
	for i, dir := range dirs {
		places[i] = place{path: dir, dir: c.shown(dir), tracked: has}
	}
	return places
}

func (c comparison) hasClusters(tracked map[string]bool, dir string) bool {
	return !slices.ContainsFunc(c.Clusters, func(name string) bool {
		return !tracked[path.Join(dir, layout.OverlayFile(name, layout.Kustomization))]
	})
}

// shown is a directory as the user would write it: by the path of the workspace where it is in there.
func (c comparison) shown(dir string) string {
	below, err := filepath.Rel(filepath.FromSlash("/"+c.prefix), filepath.FromSlash("/"+dir))
	if err == nil && filepath.IsLocal(below) {
		return c.Workspace.Path(filepath.ToSlash(below))
	}
	return filepath.Join(c.repository.Top(), filepath.FromSlash(dir))
}
