package initial

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/internal/input"
	"github.com/kubectl-mesh/kubectl-mesh/internal/output"
	"github.com/kubectl-mesh/kubectl-mesh/internal/terminal"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
)

// maxIgnore is more than any .gitignore.
const maxIgnore = 1 << 20

// ignore keeps credentials/ out of git a second time, beside the mesh, where a person who clones sees it and
// a copy that forgets hidden files does not lose both. A file that is there gets the line that it lacks, and
// keeps all others.
func ignore(dir string) error {
	name := filepath.Join(dir, ".gitignore")
	old, err := input.Read(context.Background(), name, maxIgnore)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("read %s: %w", name, terminal.QuotePath(err))
	}
	line := "/" + layout.Credentials + "/"
	text := string(old)
	for there := range strings.Lines(text) {
		if strings.TrimSpace(there) == line {
			return nil
		}
	}
	if text != "" && !strings.HasSuffix(text, "\n") {
		text += "\n"
	}
	return output.WriteFile(name, []byte(text+line+"\n"), output.FileOptions{Mode: 0o644, Force: true})
}
