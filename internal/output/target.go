package output

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
)

// target is the folder that a run fills.
type target struct {
	dir  string
	disk disk
	made []string // the folders that were created to have it, outermost first
}

// openTarget opens dir, and creates it and the folders above it where they are missing.
func openTarget(dir string, mode fs.FileMode, inject fault) (*target, error) {
	dir = filepath.Clean(dir)
	t := &target{dir: dir, disk: disk{inject: inject}}
	if err := t.make(mode); err != nil {
		t.close(false)
		return nil, err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.close(false)
		return nil, fmt.Errorf("open the folder: %w", cause(err))
	}
	t.disk.root = root
	return t, nil
}

func (t *target) make(mode fs.FileMode) error {
	missing, err := missingFolders(t.dir)
	if err != nil {
		return err
	}
	for _, folder := range missing {
		err := t.disk.do("create folder", folder, func() error { return os.Mkdir(folder, mode) })
		if err != nil {
			return err
		}
		t.made = append(t.made, folder)
		if !isPrivate(mode) {
			continue
		}
		err = t.disk.do("set the mode of", folder, func() error { return os.Chmod(folder, mode) })
		if err != nil {
			return err
		}
	}
	return nil
}

// close gives the folder back; one that was created stays only if it is kept.
func (t *target) close(keep bool) {
	if t.disk.root != nil {
		_ = t.disk.root.Close() // nothing was written through it that is not closed
	}
	if keep {
		return
	}
	for _, folder := range slices.Backward(t.made) {
		// What cannot be removed is an empty folder, or one that somebody has begun to use.
		_ = t.disk.do("remove", folder, func() error { return os.Remove(folder) })
	}
}

// missingFolders lists dir and the folders above it that do not exist, outermost first.
func missingFolders(dir string) ([]string, error) {
	var missing []string
	for {
		_, err := os.Stat(dir)
		if err == nil {
			slices.Reverse(missing)
			return missing, nil
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("look at %s: %w", dir, cause(err))
		}
		missing = append(missing, dir)
		parent := filepath.Dir(dir)
		if parent == dir { // a drive that does not exist
			return nil, fmt.Errorf("look at %s: %w", dir, cause(err))
		}
		dir = parent
	}
}
