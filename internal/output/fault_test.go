package output_test

import (
	"path/filepath"
	"syscall"
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/internal/output"
)

// What a user reads when an operation fails: the path that he knows, not that of the staging directory.
func TestWriteFailureTexts(t *testing.T) {
	old := treeOf("base/a.yaml", "1", "base/old.yaml", "", "east/b.yaml", "")
	tests := []struct {
		op   string
		call int
		err  error
		want string
	}{
		{"create directory", 1, syscall.EACCES, "write DIR: create directory .kubectl-mesh-staging-0: permission denied\nhint: make the directory writable, and run the same command again"},
		{"create", 3, syscall.EMFILE, "write DIR: create .kubectl-mesh-staging-0/lock.before: too many open files"},
		{"create", 4, syscall.ENOSPC, "write DIR: create base/a.yaml: no space left on device\nhint: free disk space, and run the same command again: existing files are unchanged"},
		{"write", 4, syscall.ENOSPC, "write DIR: write base/a.yaml: no space left on device\nhint: free disk space, and run the same command again: existing files are unchanged"},
		{"close", 4, syscall.EDQUOT, "write DIR: close base/a.yaml: disk quota exceeded\nhint: free disk space, and run the same command again: existing files are unchanged"},
		{"write", 5, syscall.EROFS, "write DIR: write mesh.lock: read-only file system\nhint: make the directory writable, and run the same command again"},
		{"replace", 1, syscall.EBUSY, "write DIR: replace base/a.yaml: device or resource busy"},
		{"remove", 1, syscall.EBUSY, "write DIR: remove base/old.yaml: device or resource busy"},
	}
	for _, tt := range tests {
		t.Run(tt.op+" "+tt.err.Error(), func(t *testing.T) {
			dir := t.TempDir()
			mustWrite(t, dir, old, output.Options{})
			before := snapshot(t, dir)
			calls := 0
			_, err := output.WriteInjected(dir, treeOf("base/a.yaml", "2"), output.Options{}, func(op string) error {
				if op != tt.op {
					return nil
				}
				if calls++; calls == tt.call {
					return tt.err
				}
				return nil
			})
			wantError(t, err, dir, tt.want)
			equal(t, "files", snapshot(t, dir), before)
		})
	}
}

func TestWriteFailsInANewFolder(t *testing.T) {
	home := t.TempDir()
	dir := filepath.Join(home, "out", "deploy")
	_, err := output.WriteInjected(dir, treeOf("a.yaml", "a"), output.Options{}, func(op string) error {
		if op == "write" {
			return syscall.ENOSPC
		}
		return nil
	})
	wantError(t, err, dir, "write DIR: write .kubectl-mesh-staging-0/lock.during: no space left on device\nhint: free disk space, and run the same command again: existing files are unchanged")
	equal(t, "files", snapshot(t, home), map[string]string{})
}
