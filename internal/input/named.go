package input

import (
	"context"
	"errors"
	"os"
	"path/filepath"
)

// Named reads the specified files. A single directory selects those of its files that have one of the names in within.
// Files are by their specified name, or their name in the directory.
func Named(ctx context.Context, names, within []string, limit int64) (files map[string][]byte, isDir bool, err error) {
	files = map[string][]byte{}
	info, err := os.Stat(names[0])
	if err != nil {
		return nil, false, err
	}
	if !info.IsDir() {
		for _, name := range names {
			if files[name], err = Read(ctx, name, limit); err != nil {
				return nil, false, err
			}
		}
		return files, false, nil
	}
	if len(names) > 1 {
		return nil, true, errors.New("specify one directory")
	}
	for _, name := range within {
		path := filepath.Join(names[0], name)
		if _, err := os.Stat(path); err != nil {
			continue
		}
		if files[name], err = Read(ctx, path, limit); err != nil {
			return nil, true, err
		}
	}
	return files, true, nil
}
