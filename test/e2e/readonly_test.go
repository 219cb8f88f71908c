package e2e

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

const nobody = 65534

// readOnly returns a function that runs the program as somebody who may read the workspace and not write to it. That
// takes root; others are kept out by the mode of the directory as well.
func (w workspace) readOnly(t *testing.T) func(args ...string) outcome {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("runs a program as another user, which takes root")
	}
	if err := os.Chown(w.kubeconfig, nobody, nobody); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{w.dir, w.kubeconfig} { // the directories of tests are for their owner
		parent := filepath.Dir(path)
		for _, folder := range []string{w.dir, parent, filepath.Dir(parent)} {
			if err := os.Chmod(folder, 0o755); err != nil {
				t.Fatal(err)
			}
		}
	}
	return func(args ...string) outcome {
		cmd := w.command(t, args...)
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
		return finish(t, cmd)
	}
}

// writable gives the workspace to those who could only read it.
func (w workspace) writable(t *testing.T) {
	t.Helper()
	err := filepath.WalkDir(w.dir, func(path string, _ fs.DirEntry, err error) error {
		return errors.Join(err, os.Lchown(path, nobody, nobody))
	})
	if err != nil {
		t.Fatal(err)
	}
}
