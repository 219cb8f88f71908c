// Package repository makes the Git repository that the workspace of a test lives in.
package repository

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// Init makes dir a repository that ignores credentials/ wherever it lies, as that of a user does. Nothing that
// the user of this machine configured has a say.
func Init(dir string) error {
	command := exec.CommandContext(context.Background(), "git", "init", "--quiet", "--template=", dir)
	command.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_NOSYSTEM=1")
	if out, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("git init: %w: %s", err, out)
	}
	info := filepath.Join(dir, ".git", "info")
	if err := os.MkdirAll(info, 0o700); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(info, "exclude"), []byte("credentials/\n"), 0o600)
}
