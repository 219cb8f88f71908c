//go:build darwin || linux

package output_test

import (
	"path/filepath"
	"syscall"
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/internal/output"
)

// A pipe in the place of a file must not make the run wait for a writer.
func TestWriteMeetsAPipe(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mkfifo(filepath.Join(dir, "a"), 0o600); err != nil {
		t.Skipf("no pipes here: %v", err)
	}
	_, err := output.Write(dir, treeOf("a", "a"), output.Options{})
	wantError(t, err, dir, `write DIR: 1 path conflicts; nothing was written
  a: not a regular file, not created by kubectl mesh
hint: save what you need from these files, then run again with --force`)
	mustWrite(t, dir, treeOf("a", "a"), output.Options{Force: true})
	equal(t, "files", files(t, dir), map[string]string{"a": "a"})
}
