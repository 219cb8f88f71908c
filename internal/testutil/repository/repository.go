// Package repository creates the Git repository of a test's workspace.
package repository

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// Init makes dir a repository that ignores credentials/ at any depth, like a user's. The machine's Git configuration
// has no effect.
func Init(dir string) error {
	if _, err := Git(".", "init", "--quiet", "--template=", dir); err != nil {
		return err
	}
	info := filepath.Join(dir, ".git", "info")
	if err := os.MkdirAll(info, 0o700); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(info, "exclude"), []byte("credentials/\n"), 0o600)
}

// Commit commits all files in dir that are not ignored, as a reviewer would.
func Commit(dir string) error {
	if _, err := Git(dir, "add", "--all"); err != nil {
		return err
	}
	_, err := Git(dir, "commit", "--quiet", "--allow-empty", "--message", "reviewed")
	return err
}

// Git runs git in dir, with a user name as its only configuration, and returns what it prints.
func Git(dir string, args ...string) (string, error) {
	args = append([]string{"-c", "gc.auto=0", "-c", "maintenance.auto=false"}, args...)
	command := exec.CommandContext(context.Background(), "git", args...)
	command.Dir = dir
	command.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_NOSYSTEM=1", "GIT_AUTHOR_NAME=test",
		"GIT_AUTHOR_EMAIL=test@example.com", "GIT_COMMITTER_NAME=test", "GIT_COMMITTER_EMAIL=test@example.com")
	out, err := command.CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("git %s: %w: %s", args[0], err, out)
	}
	return strings.TrimSuffix(string(out), "\n"), nil
}
