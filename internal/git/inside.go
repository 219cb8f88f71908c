package git

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/shell"
)

// maxInside is how many files a directory of secrets may have. A mesh of 300 fully linked clusters has
// 89,700 credentials, and twice as many files with client certificates.
const maxInside = 1 << 19

// inside is what a directory of secrets has.
type inside struct {
	files   []string // relative to the directory that it is in, with slashes
	refused []error
}

// look lists what is in a directory, if it exists. Nothing of it is followed or read.
func look(dir, secret string) (inside, error) {
	var found inside
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return err
		}
		below, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		name := filepath.ToSlash(filepath.Join(secret, below))
		if name == secret+"/.gitignore" { // it says to ignore everything, and may be committed
			return nil
		}
		return found.add(path, name, entry)
	})
	if err != nil {
		return inside{}, fmt.Errorf("list files in %s: %w", secret, err)
	}
	return found, nil
}

func (in *inside) add(path, name string, entry fs.DirEntry) error {
	switch {
	case strings.EqualFold(entry.Name(), ".git"):
		remedy := "move it to another directory, or: rm -r " + shell.Name(path)
		in.refuse(name, "a Git repository in the credentials directory, which can commit them", remedy)
		if entry.IsDir() {
			return fs.SkipDir
		}
	case entry.Type()&fs.ModeSymlink != 0 && isDir(path):
		in.refuse(name, "a symbolic link to a directory, where Git may not ignore credentials", "replace it with a directory")
	case !entry.IsDir():
		in.files = append(in.files, name)
	}
	if len(in.files) > maxInside {
		return fmt.Errorf("%w of %d files", ErrTooLarge, maxInside)
	}
	return nil
}

func (in *inside) refuse(name, reason, remedy string) {
	in.refused = append(in.refused, exposes(fmt.Errorf("%s: %s", shown(name), reason), remedy))
}

// isDir follows links.
func isDir(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}
