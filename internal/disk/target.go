package disk

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
)

// Target is an open directory, created with its parents if it was missing.
type Target struct {
	Dir
	Name string   // as the user wrote it
	made []string // created directories, outermost first
}

// OpenTarget opens a directory, and creates it and its parents if they are missing.
func OpenTarget(name string, mode fs.FileMode, hook Hook) (*Target, error) {
	t := &Target{Name: filepath.Clean(name), Dir: Dir{hook: hook}}
	if err := t.make(mode); err != nil {
		t.Close(false)
		return nil, err
	}
	dir, err := Open(t.Name, hook)
	if err != nil {
		t.Close(false)
		return nil, err
	}
	t.Dir = dir
	return t, nil
}

func (t *Target) make(mode fs.FileMode) error {
	missing, err := missingDirectories(t.Name)
	if err != nil {
		return err
	}
	for _, name := range missing {
		err := t.Do("create directory", name, func() error { return os.Mkdir(name, mode) })
		if err != nil {
			return err
		}
		t.made = append(t.made, name)
		if !IsPrivate(mode) {
			continue
		}
		err = t.Do("set the mode of", name, func() error { return os.Chmod(name, mode) })
		if err != nil {
			return err
		}
	}
	return nil
}

// Close closes the directory; a created one stays only if it is to be kept.
func (t *Target) Close(keep bool) {
	if t.root != nil {
		t.Dir.Close()
	}
	if keep {
		return
	}
	for _, name := range slices.Backward(t.made) {
		// What cannot be removed is an empty directory, or one that is in use by now.
		_ = t.Do("remove", name, func() error { return os.Remove(name) })
	}
}

// missingDirectories lists dir and its parents that do not exist, outermost first.
func missingDirectories(dir string) ([]string, error) {
	var missing []string
	for {
		_, err := os.Stat(dir)
		if err == nil {
			slices.Reverse(missing)
			return missing, nil
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("stat %s: %w", dir, Cause(err))
		}
		missing = append(missing, dir)
		parent := filepath.Dir(dir)
		if parent == dir { // a drive that does not exist
			return nil, fmt.Errorf("stat %s: %w", dir, Cause(err))
		}
		dir = parent
	}
}
