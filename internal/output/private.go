package output

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/kubectl-mesh/kubectl-mesh/internal/disk"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
)

// CheckPrivate refuses a directory that is not fit for secrets: a link, or one that others may
// write into. A directory that is not there yet is fit: it will be created for its owner alone.
func CheckPrivate(dir string) error {
	info, err := os.Lstat(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return fmt.Errorf("stat %s: %w", dir, disk.Cause(err))
	case !info.IsDir():
		return hint.Errorf("move the file to another directory", "%s is not a directory, and Secrets are stored in one", dir)
	}
	if reason, remedy := disk.Exposure(info, dir); reason != "" {
		return hint.Errorf(remedy, "%s: %s", dir, reason)
	}
	return nil
}
