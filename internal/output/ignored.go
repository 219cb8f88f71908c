package output

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/internal/disk"
	"github.com/kubectl-mesh/kubectl-mesh/internal/input"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
)

// maxIgnore is more than any .gitignore.
const maxIgnore = 1 << 20

// IgnoreAll is the text of the .gitignore in the directory of credentials.
const IgnoreAll = "*\n"

// CheckIgnored makes sure that git ignores everything in the directory of credentials. It is false if the
// .gitignore is missing in it; one that exists is refused when it lets a file through.
func CheckIgnored(dir string) (exists bool, err error) {
	if exists, err = checkIgnored(dir); err != nil {
		return exists, fmt.Errorf("keep %s out of git: %w", dir, err)
	}
	return exists, nil
}

func checkIgnored(dir string) (exists bool, err error) {
	text, err := input.Read(context.Background(), filepath.Join(dir, ".gitignore"), maxIgnore)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("read .gitignore: %w", disk.Cause(err))
	}
	if !ignoresAll(string(text)) {
		return true, hint.New("its only line must be: *", ".gitignore does not ignore everything")
	}
	info, err := os.Stat(dir)
	if err != nil {
		return true, fmt.Errorf("stat the directory: %w", disk.Cause(err))
	}
	if reason, remedy := disk.Exposure(info, dir); reason != "" {
		return true, hint.New(remedy, reason)
	}
	return true, nil
}

// ignoresAll accepts comments and further patterns, but no exception.
func ignoresAll(text string) bool {
	all := false
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "!") {
			return false
		}
		all = all || line == "*"
	}
	return all
}
