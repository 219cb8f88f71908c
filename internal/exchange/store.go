package exchange

import (
	"context"
	"errors"
	"io/fs"
	"os"

	"github.com/kubectl-mesh/kubectl-mesh/internal/input"
	"github.com/kubectl-mesh/kubectl-mesh/internal/output"
	"github.com/kubectl-mesh/kubectl-mesh/internal/terminal"
	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/exchange"
)

// Store writes an exchange file. It replaces an older one, because the newest must be sent, but no other file: a typing
// error would otherwise destroy a key.
func Store(ctx context.Context, name string, text []byte) error {
	if err := replaceable(ctx, name); err != nil {
		return err
	}
	return output.WriteFile(name, text, output.FileOptions{Mode: 0o644, Force: true})
}

// replaceable rejects an existing file that is not an exchange file. It follows no links.
func replaceable(ctx context.Context, name string) error {
	info, err := os.Lstat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return terminal.QuotePath(err)
	case info.Mode().IsRegular() && info.Size() == 0:
		return nil
	case info.Mode().IsRegular():
		if text, err := input.Read(ctx, name, exchange.MaxSize); err == nil {
			if _, err := exchange.Parse(text); err == nil {
				return nil
			}
		}
	}
	return verdict.Inputf("specify another file", "%q exists and is not an exchange file", name)
}
