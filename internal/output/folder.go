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

// folder is a folder that items lie in, or that holds such a folder.
type folder struct {
	wanted bool        // a file of the tree lies in it; otherwise only stale ones do
	info   fs.FileInfo // nil when there is no folder there
}

type folders map[string]*folder

func foldersOf(list []item) folders {
	all := folders{}
	for i := range list {
		all.add(list[i].path, !list[i].stale)
	}
	return all
}

func (all folders) add(file string, wanted bool) {
	for folderPath := range ancestors(file) {
		f, known := all[folderPath]
		switch {
		case !known:
			all[folderPath] = &folder{wanted: wanted}
		case wanted && !f.wanted:
			f.wanted = true
		default:
			return // what lies above it is known as well
		}
	}
}

// paths are sorted, so that a folder comes after the one that it lies in.
func (all folders) paths() []string { return slices.Sorted(maps.Keys(all)) }

// there tells whether the folder exists. The root of the tree always does.
func (all folders) there(folderPath string) bool {
	return folderPath == "." || all[folderPath] != nil && all[folderPath].info != nil
}

// topMissing is the outermost folder on the way to file that does not exist, or file itself.
func (all folders) topMissing(file string) string {
	top := file
	for above := range ancestors(file) {
		if all.there(above) {
			break
		}
		top = above
	}
	return top
}

// emptied lists the folders that a run may leave empty, the innermost first.
func (all folders) emptied() []string {
	var list []string
	for _, folderPath := range slices.Backward(all.paths()) {
		if f := all[folderPath]; f.info != nil && !f.wanted {
			list = append(list, folderPath)
		}
	}
	return list
}

// survey looks at every folder of the plan. It follows no link: through a link one file of
// the tree could be another one, or lie outside.
func (p *plan) survey(root *os.Root) error {
	info, err := root.Stat(".")
	if err != nil {
		return fmt.Errorf("stat the directory: %w", disk.Cause(err))
	}
	p.refuseExposed(".", info)
	for _, folderPath := range p.folders.paths() {
		if !p.folders.there(path.Dir(folderPath)) {
			continue
		}
		info, err := root.Lstat(folderPath)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return fmt.Errorf("stat %s: %w", folderPath, disk.Cause(err))
		}
		p.meet(folderPath, info)
	}
	return nil
}

// meet judges what is at the place of a folder.
func (p *plan) meet(folderPath string, info fs.FileInfo) {
	f := p.folders[folderPath]
	switch {
	case info.IsDir():
		f.info = info
		if f.wanted {
			p.refuseExposed(folderPath, info)
		}
	case info.Mode()&fs.ModeSymlink != 0:
		p.refuse(folderPath, "a symbolic link where a directory is expected", hintMove)
	case f.wanted && !p.removes(folderPath):
		p.refuse(folderPath, "not a directory, where one is expected", hintMove)
	}
}
