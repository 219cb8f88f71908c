package output

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"slices"

	"github.com/kubectl-mesh/kubectl-mesh/internal/disk"
)

// directory is a directory that items are in, or that holds such a directory.
type directory struct {
	wanted bool        // a file of the tree is in it; otherwise only stale ones do
	info   fs.FileInfo // nil if there is no directory there
}

type directories map[string]*directory

func directoriesOf(list []item) directories {
	all := directories{}
	for i := range list {
		all.add(list[i].path, !list[i].stale)
	}
	return all
}

func (all directories) add(file string, wanted bool) {
	for directoryPath := range ancestors(file) {
		f, known := all[directoryPath]
		switch {
		case !known:
			all[directoryPath] = &directory{wanted: wanted}
		case wanted && !f.wanted:
			f.wanted = true
		default:
			return // what lies above it is known as well
		}
	}
}

// paths are sorted, so that a directory comes after the one that it is in.
func (all directories) paths() []string { return slices.Sorted(maps.Keys(all)) }

// there reports whether the directory exists. The root of the tree always does.
func (all directories) there(directoryPath string) bool {
	return directoryPath == "." || all[directoryPath] != nil && all[directoryPath].info != nil
}

// topMissing is the outermost directory on the way to file that does not exist, or file itself.
func (all directories) topMissing(file string) string {
	top := file
	for above := range ancestors(file) {
		if all.there(above) {
			break
		}
		top = above
	}
	return top
}

// emptied lists the directories that a run may leave empty, the innermost first.
func (all directories) emptied() []string {
	var list []string
	for _, directoryPath := range slices.Backward(all.paths()) {
		if f := all[directoryPath]; f.info != nil && !f.wanted {
			list = append(list, directoryPath)
		}
	}
	return list
}

// survey looks at every directory of the plan. It follows no link: through a link one file of
// the tree could be another one, or lie outside.
func (p *plan) survey(root *os.Root) error {
	info, err := root.Stat(".")
	if err != nil {
		return fmt.Errorf("stat the directory: %w", disk.Cause(err))
	}
	p.refuseExposed(".", info)
	for _, directoryPath := range p.directories.paths() {
		if !p.directories.there(path.Dir(directoryPath)) {
			continue
		}
		info, err := root.Lstat(directoryPath)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return fmt.Errorf("stat %s: %w", directoryPath, disk.Cause(err))
		}
		p.meet(directoryPath, info)
	}
	return nil
}

// meet judges what is at the place of a directory.
func (p *plan) meet(directoryPath string, info fs.FileInfo) {
	f := p.directories[directoryPath]
	switch {
	case info.IsDir():
		f.info = info
		if f.wanted {
			p.refuseExposed(directoryPath, info)
		}
	case info.Mode()&fs.ModeSymlink != 0:
		p.refuse(directoryPath, "a symbolic link where a directory is expected", hintMove)
	case f.wanted && !p.removes(directoryPath):
		p.refuse(directoryPath, "not a directory, where one is expected", hintMove)
	}
}
