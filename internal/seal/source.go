package seal

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"io/fs"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/internal/terminal"
	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
)

// sourceKeySize is that of layout.SourceKey, in bytes.
const sourceKeySize = 32

// readSourceKey returns nil if there is none yet.
func (r *run) readSourceKey() ([]byte, error) {
	text, err := r.Workspace.ReadFile(layout.SourceKey())
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, verdict.Input(terminal.QuotePath(err))
	}
	key, err := hex.DecodeString(strings.TrimSpace(string(text)))
	if err != nil || len(key) != sourceKeySize {
		return nil, verdict.Inputf("remove it; the next run creates another one",
			"%s is damaged", r.Workspace.Path(layout.SourceKey()))
	}
	return key, nil
}

func (r *run) makeSourceKey() error {
	key := make([]byte, sourceKeySize)
	if _, err := rand.Read(key); err != nil {
		return err
	}
	r.source, r.madeSource = key, true
	return nil
}
