package output

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/leaks"
)

// FileOptions say how a single file is written.
type FileOptions struct {
	// Mode of the file. 0600 makes it private: the mode is exact, missing folders are created
	// 0700, and a folder that others may write into is refused. Otherwise the umask applies.
	Mode fs.FileMode
	// Force replaces a file that exists. A link is replaced, not what it leads to.
	Force bool
}

// WriteFile writes one file: all of it or nothing, and on the disk for certain. It creates the
// folders above it, and refuses to replace a file that exists unless it is forced to.
func WriteFile(name string, content []byte, opts FileOptions) error {
	return writeFile(name, content, opts, nil)
}

func writeFile(name string, content []byte, opts FileOptions, inject fault) error {
	if err := placeFile(name, content, opts, inject); err != nil {
		return withRemedy(fmt.Errorf("write %s: %w", name, err))
	}
	return nil
}

func placeFile(name string, content []byte, opts FileOptions, inject fault) error {
	folderMode := fs.FileMode(0o755)
	if isPrivate(opts.Mode) {
		folderMode = 0o700
	} else if err := leaks.Refuse(leaks.New().Scan(name, content)); err != nil {
		return err // pkg/render looks at its trees itself
	}
	t, err := openTarget(filepath.Dir(name), folderMode, inject)
	if err != nil {
		return err
	}
	err = t.place(filepath.Base(name), content, opts)
	t.close(err == nil)
	return err
}

// fit refuses early, so that nothing is written for nothing.
func (t *target) fit(base string, opts FileOptions) error {
	info, err := t.disk.root.Stat(".")
	if err != nil {
		return fmt.Errorf("look at the folder: %w", cause(err))
	}
	if isPrivate(opts.Mode) {
		if reason, remedy := exposure(info, t.dir); reason != "" {
			return hint.Errorf(remedy, "%s: %s", t.dir, reason)
		}
	}
	info, err = t.disk.root.Lstat(base)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return fmt.Errorf("look at it: %w", cause(err))
	case info.IsDir():
		return errors.New("it is a folder")
	case !opts.Force:
		return existsError()
	}
	return nil
}

func existsError() error { return hint.New("--force replaces it", "it exists already") }
