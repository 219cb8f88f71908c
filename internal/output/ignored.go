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

// EnsureIgnored makes sure that git ignores everything in the folder of credentials. It creates
// the folder, 0700, and the .gitignore in it; one that exists is never changed, but refused
// when it lets a file through.
func EnsureIgnored(dir string) error {
	if err := ensureIgnored(dir); err != nil {
		return fmt.Errorf("keep %s out of git: %w", dir, err)
	}
	return nil
}

func ensureIgnored(dir string) error {
	file := filepath.Join(dir, ".gitignore")
	text, err := input.Read(context.Background(), file, maxIgnore)
	if errors.Is(err, fs.ErrNotExist) {
		return WriteFile(file, []byte("*\n"), FileOptions{Mode: 0o600})
	}
	if err != nil {
		return fmt.Errorf("read .gitignore: %w", disk.Cause(err))
	}
	if !ignoresAll(string(text)) {
		return hint.New("its only line has to be: *", ".gitignore does not ignore everything")
	}
	info, err := os.Stat(dir)
	if err != nil {
		return fmt.Errorf("look at the folder: %w", disk.Cause(err))
	}
	if reason, remedy := disk.Exposure(info, dir); reason != "" {
		return hint.New(remedy, reason)
	}
	return nil
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
