package review

import (
	"errors"

	"io/fs"
	"os"
	"path"
	"path/filepath"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
)

// checkFiles rejects a working tree with symbolic links and nested repositories, whose content would not be part of a
// commit.
func checkFiles(filename string) error {
	root, err := os.OpenRoot(filepath.Dir(filename))
	if errors.Is(err, fs.ErrNotExist) {
		return nil // there is no mesh file either
	}
	if err != nil {
		return err
	}
	defer root.Close() // opened for reading
	var problems []error
	for _, name := range append(layout.Reviewed(), filepath.Base(filename)) {
		problems = append(problems, checkBelow(root, name))
	}
	return errors.Join(problems...)
}

func checkBelow(root *os.Root, name string) error {
	if dir := path.Dir(name); dir != "." { // a link on the way to it
		if err := checkFile(root, dir); err != nil {
			return err
		}
	}
	var problems []error
	err := fs.WalkDir(root.FS(), name, func(name string, _ fs.DirEntry, err error) error {
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return nil
		case err != nil && checkFile(root, name) == nil:
			return err
		}
		if problem := checkFile(root, name); problem != nil {
			problems = append(problems, problem)
			return fs.SkipDir
		}
		return nil
	})
	return errors.Join(append(problems, err)...)
}

func checkFile(root *os.Root, name string) error {
	info, err := root.Lstat(filepath.FromSlash(name))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if info.Mode()&fs.ModeSymlink != 0 {
		return hint.Errorf("replace it with the file", "%s is a symbolic link", name)
	}
	if !info.IsDir() {
		return nil
	}
	if _, err := root.Lstat(filepath.FromSlash(path.Join(name, ".git"))); !errors.Is(err, fs.ErrNotExist) {
		return hint.Errorf("replace it with the files", "%s is a Git repository of its own", name)
	}
	return nil
}
