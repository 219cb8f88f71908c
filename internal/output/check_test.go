package output_test

import (
	"path/filepath"
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/internal/output"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
)

func TestCheck(t *testing.T) {
	old := treeOf("base/a.yaml", "a", "east/b.yaml", "b", "west/c.yaml", "c")
	tests := []struct {
		name   string
		before func(t *testing.T, dir string)
		tree   layout.Tree
		want   []output.Difference
	}{
		{name: "the same", tree: old},
		{
			name: "another tree",
			tree: treeOf("base/a.yaml", "A", "east/b.yaml", "b", "new.yaml", "n"),
			want: []output.Difference{
				{Path: "base/a.yaml", Kind: output.Changed},
				{Path: "mesh.lock", Kind: output.Changed},
				{Path: "new.yaml", Kind: output.Missing},
				{Path: "west/c.yaml", Kind: output.Stale},
			},
		},
		{
			name: "only what is in scope is stale",
			tree: scoped(treeOf("east/b.yaml", "b"), "east/"),
		},
		{
			name: "hands",
			before: func(t *testing.T, dir string) {
				put(t, dir, "base/a.yaml", "hand")
				remove(t, dir, "east")
				remove(t, dir, "west/c.yaml")
				link(t, dir, "west/c.yaml", "../base/a.yaml")
				put(t, dir, "README.md", "not ours to judge")
			},
			tree: old,
			want: []output.Difference{
				{Path: "base/a.yaml", Kind: output.Changed},
				{Path: "east/b.yaml", Kind: output.Missing},
				{Path: "west/c.yaml", Kind: output.Changed},
			},
		},
		{
			name: "no folder",
			before: func(t *testing.T, dir string) {
				remove(t, dir, "east")
				put(t, dir, "east", "")
				remove(t, dir, "mesh.lock")
			},
			tree: old,
			want: []output.Difference{
				{Path: "east", Kind: output.Changed},
				{Path: "east/b.yaml", Kind: output.Missing},
				{Path: "mesh.lock", Kind: output.Missing},
			},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			mustWrite(t, dir, old, output.Options{})
			if tt.before != nil {
				tt.before(t, dir)
			}
			before := snapshot(t, dir)
			got, err := output.Check(dir, tt.tree, output.Options{})
			if err != nil {
				t.Fatal(err)
			}
			equal(t, "differences", got, tt.want)
			equal(t, "files", snapshot(t, dir), before)
		})
	}
}

func TestCheckWithoutAFolder(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "deploy")
	got, err := output.Check(dir, treeOf("a.yaml", "a", "z.yaml", "z"), output.Options{})
	if err != nil {
		t.Fatal(err)
	}
	want := []output.Difference{
		{Path: "a.yaml", Kind: output.Missing},
		{Path: "mesh.lock", Kind: output.Missing},
		{Path: "z.yaml", Kind: output.Missing},
	}
	equal(t, "differences", got, want)
	got, err = output.Check(dir, layout.Tree{}, output.Options{})
	if err != nil || got != nil {
		t.Errorf("an empty tree: %v, %v", got, err)
	}
}

func TestCheckFails(t *testing.T) {
	dir := t.TempDir()
	put(t, dir, "mesh.lock", "=======\n")
	_, err := output.Check(dir, treeOf("a", ""), output.Options{})
	wantError(t, err, dir, "check DIR: read mesh.lock: line 1: a merge conflict\n"+
		"hint: take the tree of the merged branch, and render again: git restore --source=MERGE_HEAD --staged --worktree -- DIR && kubectl mesh render --output-dir DIR")
	_, err = output.Check(dir, treeOf("/a", ""), output.Options{})
	wantError(t, err, dir, `check DIR: check the tree: "/a" is not a path in the tree`)
	_, err = output.Check(filepath.Join(dir, "mesh.lock"), treeOf("a", ""), output.Options{})
	wantError(t, err, dir, "check DIR/mesh.lock: open the directory: not a directory")
}
