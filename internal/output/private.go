package output

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// CheckPrivate refuses a folder that is not fit for secrets: a link, or one that others may
// write into. A folder that is not there yet is fit: it will be created for its owner alone.
func CheckPrivate(dir string) error {
	info, err := os.Lstat(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return fmt.Errorf("look at %s: %w", dir, cause(err))
	case !info.IsDir():
		return fmt.Errorf("%s is no folder, and secrets belong into one\nhint: move it away", dir)
	}
	if reason, hint := exposure(info, dir); reason != "" {
		return fmt.Errorf("%s: %s\nhint: %s", dir, reason, hint)
	}
	return nil
}
