package output

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/kubectl-mesh/kubectl-mesh/internal/disk"
)

// Written are those of the files that an earlier Write left in dir and that are still there; none if there is
// no dir.
func Written(dir string, files []string) (map[string]bool, error) {
	if len(files) == 0 {
		return nil, nil
	}
	root, err := os.OpenRoot(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", dir, disk.Cause(err))
	}
	defer root.Close() // opened for reading
	old, err := readLock(root)
	if err != nil {
		return nil, fmt.Errorf("stat %s: %w", dir, err)
	}
	written := map[string]bool{}
	for _, path := range files {
		if info, err := root.Lstat(path); old.entries.lists(path) && err == nil && info.Mode().IsRegular() {
			written[path] = true
		}
	}
	return written, nil
}

// WrittenText is the text of those of the files that an earlier Write left in dir: of those that are as it left them,
// and of those that were edited since. There is none if there is no dir.
func WrittenText(dir string, files []string) (intact, edited map[string][]byte, err error) {
	written, err := Written(dir, files)
	if err != nil || len(written) == 0 {
		return nil, nil, err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, nil, fmt.Errorf("open %s: %w", dir, disk.Cause(err))
	}
	defer root.Close() // opened for reading
	old, err := readLock(root)
	if err != nil {
		return nil, nil, fmt.Errorf("stat %s: %w", dir, err)
	}
	intact, edited = map[string][]byte{}, map[string][]byte{}
	for path := range written {
		text, err := root.ReadFile(path)
		if err != nil {
			return nil, nil, fmt.Errorf("read %s: %w", dir, disk.Cause(err))
		}
		if old.entries.has(path, digestOf(text)) {
			intact[path] = text
		} else {
			edited[path] = text
		}
	}
	return intact, edited, nil
}
