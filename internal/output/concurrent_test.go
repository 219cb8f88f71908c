package output_test

import (
	"errors"
	"runtime"
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/internal/output"
)

// A second run would take the staging directory of the first for left over.
func TestWriteOneAtATime(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no claim on folders here")
	}
	dir := t.TempDir()
	tree := treeOf("a.yaml", "a")
	var second error
	_, err := output.WriteInjected(dir, tree, output.Options{}, func(string) error {
		if second == nil {
			_, second = output.Write(dir, tree, output.Options{})
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	wantError(t, second, dir, "write DIR: another kubectl mesh process is writing to it")
	equal(t, "files", files(t, dir), map[string]string{"a.yaml": "a"})
}

// What cannot be taken back is said, and where the replaced files are.
func TestWriteIsStuck(t *testing.T) {
	dir := t.TempDir()
	mustWrite(t, dir, treeOf("a", "1", "b", "1"), output.Options{})
	broken := false
	_, err := output.WriteInjected(dir, treeOf("a", "2", "b", "2"), output.Options{}, func(op string) error {
		broken = broken || op == "replace"
		if broken && op != "replace" {
			return errors.New("input/output error")
		}
		return nil
	})
	wantError(t, err, dir, `write DIR: write a: input/output error; and then: restore a: input/output error
hint: run the command again to complete the tree; replaced files are kept in DIR/.kubectl-mesh-staging-0/old`)
	mustWrite(t, dir, treeOf("a", "2", "b", "2"), output.Options{})
	equal(t, "files", files(t, dir), map[string]string{"a": "2", "b": "2"})
}
