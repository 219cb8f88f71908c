package output_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/internal/output"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
)

func TestWriteRefuses(t *testing.T) {
	old := treeOf("base/a.yaml", "a", "base/b.yaml", "b", "overlays/east/c.yaml", "c")
	next := treeOf("base/a.yaml", "A", "base/d.yaml", "d", "helm/e.yaml", "e", "overlays/east/c.yaml", "c")
	tests := []struct {
		name   string
		before func(t *testing.T, dir string)
		tree   layout.Tree
		opts   output.Options
		want   string
	}{
		{
			name: "everything that a hand did, at once",
			before: func(t *testing.T, dir string) {
				put(t, dir, "base/a.yaml", "hand")
				put(t, dir, "base/b.yaml", "hand")
				put(t, dir, "base/d.yaml", "hand")
				link(t, dir, "helm/e.yaml", "/etc/passwd")
			},
			tree: next,
			want: `write DIR: 4 paths conflict; nothing was written
  base/a.yaml: edited by hand
  base/b.yaml: edited by hand; no longer rendered, would be removed
  base/d.yaml: not created by kubectl mesh
  helm/e.yaml: a symbolic link, not created by kubectl mesh
hint: save what you need from these files, then run again with --force`,
		},
		{
			name:   "one file",
			before: func(t *testing.T, dir string) { put(t, dir, "base/d.yaml", "") },
			tree:   next,
			want: `write DIR: 1 path conflicts; nothing was written
  base/d.yaml: not created by kubectl mesh
hint: save what you need from these files, then run again with --force`,
		},
		{
			name: "a folder in the place of a file, and the reverse, even by force",
			before: func(t *testing.T, dir string) {
				put(t, dir, "base/d.yaml/mine", "")
				put(t, dir, "helm", "")
			},
			tree: next,
			opts: output.Options{Force: true},
			want: `write DIR: 2 paths conflict; nothing was written
  base/d.yaml: a directory where a file is expected
  helm: not a directory, where one is expected
hint: move it to another directory: kubectl mesh does not remove it, even with --force`,
		},
		{
			name: "a folder that is a link out of the tree, even by force",
			before: func(t *testing.T, dir string) {
				out := filepath.Join(filepath.Dir(dir), "out")
				put(t, out, "c.yaml", "c")
				remove(t, dir, "overlays/east")
				link(t, dir, "overlays/east", out)
				link(t, dir, "helm", "../out")
			},
			tree: next,
			opts: output.Options{Force: true},
			want: `write DIR: 2 paths conflict; nothing was written
  helm: a symbolic link where a directory is expected
  overlays/east: a symbolic link where a directory is expected
hint: move it to another directory: kubectl mesh does not remove it, even with --force`,
		},
		{
			name: "a stale file behind a link",
			before: func(t *testing.T, dir string) {
				out := filepath.Join(filepath.Dir(dir), "out")
				put(t, out, "c.yaml", "c")
				remove(t, dir, "overlays/east")
				link(t, dir, "overlays/east", out)
			},
			tree: treeOf("base/a.yaml", "a"),
			want: `write DIR: 1 path conflicts; nothing was written
  overlays/east: a symbolic link where a directory is expected
hint: move it to another directory: kubectl mesh does not remove it, even with --force`,
		},
		{
			name:   "mesh.lock is a link",
			before: func(t *testing.T, dir string) { remove(t, dir, "mesh.lock"); link(t, dir, "mesh.lock", "x") },
			tree:   next,
			want: `write DIR: read mesh.lock: not a regular file
hint: move it to another directory: kubectl mesh does not remove it, even with --force`,
		},
		{
			name: "a merge conflict in mesh.lock",
			before: func(t *testing.T, dir string) {
				put(t, dir, "mesh.lock", "# x\n<<<<<<< HEAD\n"+lockLine("a", "1")+"=======\n"+lockLine("a", "2")+">>>>>>> other\n")
			},
			tree: next,
			opts: output.Options{Force: true},
			want: `write DIR: read mesh.lock: line 2: a merge conflict
hint: take the tree of the merged branch, and render again: git restore --source=MERGE_HEAD --staged --worktree -- DIR && kubectl mesh render --output-dir DIR`,
		},
		{
			name: "a path in the tree that leads out",
			tree: treeOf("../x", ""),
			want: `write DIR: check the tree: "../x" is not a path in the tree`,
		},
		{
			name: "mesh.lock in the tree",
			tree: treeOf("mesh.lock", ""),
			want: `write DIR: check the tree: "mesh.lock" is a name that kubectl mesh reserves`,
		},
		{
			name: "a backslash in the tree",
			tree: treeOf(`a\b`, ""),
			want: `write DIR: check the tree: "a\\b" contains a character that is not allowed in a path`,
		},
		{
			name: "a path twice in the tree",
			tree: treeOf("a", "", "a", ""),
			want: `write DIR: check the tree: "a" after "a": paths must be sorted and unique`,
		},
		{
			name: "a file that is a directory too",
			tree: treeOf("a", "", "a/b/c", ""),
			want: `write DIR: check the tree: "a" is both a file and the directory of "a/b/c"`,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			home := t.TempDir()
			dir := filepath.Join(home, "deploy")
			mustWrite(t, dir, old, output.Options{})
			if tt.before != nil {
				tt.before(t, dir)
			}
			before := snapshot(t, home)
			_, err := output.Write(dir, tt.tree, tt.opts)
			wantError(t, err, dir, tt.want)
			equal(t, "files", snapshot(t, home), before)
		})
	}
}

func TestWriteIntoWhatIsNoFolder(t *testing.T) {
	home := t.TempDir()
	put(t, home, "file", "mine")
	tree := treeOf("a.yaml", "a")
	_, err := output.Write(filepath.Join(home, "file"), tree, output.Options{})
	wantError(t, err, home, "write DIR/file: open the directory: not a directory")
	_, err = output.Write(filepath.Join(home, "file", "deploy"), tree, output.Options{})
	wantError(t, err, home, "write DIR/file/deploy: stat DIR/file/deploy: not a directory")
	equal(t, "files", snapshot(t, home), map[string]string{"file": "mine"})
}

func TestWriteIntoAReadOnlyFolder(t *testing.T) {
	if os.Geteuid() <= 0 {
		t.Skip("root may write everywhere, and elsewhere than on unix a folder cannot be read-only")
	}
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o555); err != nil {
		t.Fatal(err)
	}
	_, err := output.Write(dir, treeOf("a.yaml", "a"), output.Options{})
	wantError(t, err, dir, "write DIR: create directory .kubectl-mesh-staging-0: permission denied")
	equal(t, "files", snapshot(t, dir), map[string]string{})
}

// A merge that kept both sides of mesh.lock makes both versions of a file ours.
func TestWriteAfterAMerge(t *testing.T) {
	dir := t.TempDir()
	put(t, dir, "mesh.lock", lockLine("b", "1")+lockLine("a", "1")+lockLine("a", "2"))
	put(t, dir, "a", "2")
	mustWrite(t, dir, treeOf("a", "3"), output.Options{})
	equal(t, "files", files(t, dir), map[string]string{"a": "3"})
}
