package output

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"github.com/kubectl-mesh/kubectl-mesh/internal/disk"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/leaks"
)

// FileOptions of a single file.
type FileOptions struct {
	// Mode of the file. 0600 makes it private: the mode is exact, missing directories are created 0700, and a directory
	// that other users can write is rejected. Otherwise the umask applies.
	Mode fs.FileMode
	// Force replaces an existing file. A link is replaced, not its target.
	Force bool
	// Hook is called before each operation; for tests.
	Hook disk.Hook
}

// WriteFile writes one file atomically and synced to disk. It creates missing directories, and replaces an existing
// file only if forced.
func WriteFile(name string, content []byte, opts FileOptions) error {
	if err := placeFile(name, content, opts); err != nil {
		return disk.WithRemedy(fmt.Errorf("write %s: %w", name, err))
	}
	return nil
}

func placeFile(name string, content []byte, opts FileOptions) error {
	dirMode := fs.FileMode(0o755)
	if disk.IsPrivate(opts.Mode) {
		dirMode = 0o700
	} else if err := leaks.Refuse(leaks.New().Scan(name, content)); err != nil {
		return err // pkg/render looks at its trees itself
	}
	t, err := disk.OpenTarget(filepath.Dir(name), dirMode, opts.Hook)
	if err != nil {
		return err
	}
	err = place(t, filepath.Base(name), content, opts)
	t.Close(err == nil)
	return err
}

// fit refuses early, so that nothing is written for nothing.
func fit(t *disk.Target, base string, opts FileOptions) error {
	info, err := t.Root().Stat(".")
	if err != nil {
		return fmt.Errorf("stat the directory: %w", disk.Cause(err))
	}
	if disk.IsPrivate(opts.Mode) {
		if reason, remedy := disk.Exposure(info, t.Name); reason != "" {
			return hint.Errorf(remedy, "%s: %s", t.Name, reason)
		}
	}
	info, err = t.Root().Lstat(base)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return fmt.Errorf("stat the file: %w", disk.Cause(err))
	case info.IsDir():
		return errors.New("it is a directory")
	case !opts.Force:
		return existsError()
	}
	return nil
}

func existsError() error { return hint.New("--force replaces it", "the file already exists") }
