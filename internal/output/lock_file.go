package output

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/kubectl-mesh/kubectl-mesh/internal/disk"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
)

// lockFile is mesh.lock as it is on the disk.
type lockFile struct {
	entries lock
	text    []byte // nil if there is no mesh.lock
	open    bool   // others may read it
}

func readLock(root *os.Root) (lockFile, error) {
	info, err := root.Lstat(lockName)
	if errors.Is(err, fs.ErrNotExist) {
		return lockFile{entries: lock{}}, nil
	}
	if err != nil {
		return lockFile{}, fmt.Errorf("read %s: %w", lockName, disk.Cause(err))
	}
	if !info.Mode().IsRegular() {
		return lockFile{}, hint.Errorf(hintMove, "read %s: not a regular file", lockName)
	}
	text, err := root.ReadFile(lockName)
	if err != nil {
		return lockFile{}, fmt.Errorf("read %s: %w", lockName, disk.Cause(err))
	}
	entries, err := parseLock(text)
	if errors.Is(err, errConflict) {
		err = hint.Add(err, hintMerge(root.Name()))
	}
	if err != nil {
		return lockFile{}, fmt.Errorf("read %s: %w", lockName, err)
	}
	return lockFile{entries: entries, text: text, open: disk.OpenToOthers(info)}, nil
}
