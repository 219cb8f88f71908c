package seal

import (
	"context"
	"fmt"
	"runtime"

	"github.com/kubectl-mesh/kubectl-mesh/internal/input"
	"github.com/kubectl-mesh/kubectl-mesh/internal/terminal"
	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
	"github.com/kubectl-mesh/kubectl-mesh/internal/workspace"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/sealing"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/shell"
)

// ReadIdentities reads the private keys that decrypt sealed files; none if no file is specified.
func ReadIdentities(ctx context.Context, names []string) (sealing.Keys, error) {
	var all sealing.Keys
	for _, name := range names {
		keys, err := readIdentity(ctx, name)
		if err != nil {
			return sealing.Keys{}, verdict.Input(err)
		}
		all.Add(keys)
	}
	return all, nil
}

// readIdentity rejects a file that other users can read: the key decrypts every credential of the mesh. A shell's pipe
// is allowed.
func readIdentity(ctx context.Context, name string) (sealing.Keys, error) {
	file, err := input.Open(name)
	if err != nil {
		return sealing.Keys{}, verdict.Inputf("specify a file that age-keygen wrote",
			"read identity: %w", terminal.QuotePath(err))
	}
	defer file.Close() // opened for reading
	info, err := file.Stat()
	if err != nil {
		return sealing.Keys{}, fmt.Errorf("read identity: %w", terminal.QuotePath(err))
	}
	if runtime.GOOS != "windows" && info.Mode().IsRegular() && info.Mode().Perm()&0o077 != 0 {
		return sealing.Keys{}, hint.Errorf("chmod 600 "+shell.Name(name),
			"read identity: %q is accessible to other users (mode %04o)", name, info.Mode().Perm())
	}
	text, err := input.Until(ctx, func() ([]byte, error) { return input.All(file, name, workspace.MaxFile) })
	if err != nil {
		return sealing.Keys{}, fmt.Errorf("read identity: %w", terminal.QuotePath(err))
	}
	keys, err := sealing.ParseKeys(text)
	if err != nil {
		return sealing.Keys{}, hint.Errorf("specify a file that age-keygen wrote, or a SealedSecrets controller's key as "+
			"PEM; pipe a key with a passphrase: --identity <(age -d FILE)",
			"read identity %q: %w", name, err)
	}
	return keys, nil
}
