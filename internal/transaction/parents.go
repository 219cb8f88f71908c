package transaction

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"

	"github.com/kubectl-mesh/kubectl-mesh/internal/disk"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
)

// parentDirs are the directories that hold files of a change, by name.
type parentDirs map[string]parent

type parent struct {
	info    fs.FileInfo // nil if there is no such directory yet
	refused bool        // for every file, or for private ones; said once
}

// checkParents reports whether the directories of a file are directories, or missing, and fit for it.
func (p *plan) checkParents(file string, access Access) bool {
	for name := range parents(file) {
		dir, known := p.parents[name]
		if !known {
			dir = p.lookAtParent(name)
		}
		if !dir.refused && dir.info != nil && access == Private {
			if reason, remedy := disk.Exposure(dir.info, p.tx.path(name)); reason != "" {
				p.refuse(name, remedy, reason)
				dir.refused = true
			}
		}
		if p.parents[name] = dir; dir.refused {
			return false
		}
	}
	return true
}

// lookAtParent follows no link: through one, a file of the workspace could be another one, or lie outside.
func (p *plan) lookAtParent(name string) parent {
	info, err := p.tx.disk.Root().Lstat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return parent{}
	case err != nil:
		p.problems = append(p.problems, fmt.Errorf("stat %s: %w", p.tx.path(name), disk.Cause(err)))
	case info.IsDir():
		return parent{info: info}
	default:
		p.problems = append(p.problems, hint.Errorf(hintMove, "%s: %s", p.tx.path(name), notADirectory(info)))
	}
	return parent{refused: true}
}

func notADirectory(info fs.FileInfo) string {
	if info.Mode()&fs.ModeSymlink != 0 {
		return "a symbolic link where a directory is expected"
	}
	return "a file where a directory is expected"
}

// directories are those in which the transaction changes names: what must be synced.
func (p *plan) directories() []string {
	set := map[string]bool{}
	for _, e := range p.record.Files {
		set[path.Dir(e.Path)] = true
	}
	for _, name := range p.record.Directories {
		set[path.Dir(name)] = true
	}
	return slices.Sorted(maps.Keys(set))
}
