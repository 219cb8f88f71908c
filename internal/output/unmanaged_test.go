package output_test

import (
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/internal/output"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
)

func TestFindUnmanaged(t *testing.T) {
	old := treeOf("base/a.yaml", "a", "east/b.yaml", "b", "west/c.yaml", "c")
	foreign := func(paths ...string) (list []output.Difference) {
		for _, path := range paths {
			list = append(list, output.Difference{Path: path, Kind: output.Unmanaged})
		}
		return list
	}
	for name, tt := range map[string]struct {
		before func(t *testing.T, dir string)
		tree   layout.Tree
		shared bool
		want   []output.Difference
	}{
		"nothing": {tree: old},
		"files, links and directories": {
			before: func(t *testing.T, dir string) {
				put(t, dir, "README", "")
				put(t, dir, "east/new/d.yaml", "")
				link(t, dir, "west/d.yaml", "c.yaml")
				link(t, dir, "other", "west")
			},
			tree: old,
			want: foreign("README", "east/new/d.yaml", "other", "west/d.yaml"),
		},
		"a repository in another one": {
			before: func(t *testing.T, dir string) { put(t, dir, "east/.git/config", "") },
			tree:   old,
			want:   foreign("east/.git/config"),
		},
		"the repository of the tree": {
			before: func(t *testing.T, dir string) { put(t, dir, ".git/config", "") },
			tree:   old,
		},
		"what a killed run left": {
			before: func(t *testing.T, dir string) { put(t, dir, ".kubectl-mesh-staging-0/new/a", "") },
			tree:   old,
			want:   []output.Difference{{Path: ".kubectl-mesh-staging-0", Kind: output.Stale}},
		},
		"a file that is named like it": {
			before: func(t *testing.T, dir string) { put(t, dir, ".kubectl-mesh-staging-0", "") },
			tree:   old,
			want:   foreign(".kubectl-mesh-staging-0"),
		},
		"what is stale is ours": {tree: treeOf("base/a.yaml", "a")},
		"what is held is ours":  {tree: layout.Tree{Held: []string{"base/a.yaml", "east/b.yaml", "west/c.yaml"}}},
		"the workspace in the same directory": {
			before: func(t *testing.T, dir string) {
				put(t, dir, "mesh.yaml", "")
				put(t, dir, "clusters/east.yaml", "")
				put(t, dir, "east/d.yaml", "")
			},
			tree:   old,
			shared: true,
			want:   foreign("east/d.yaml"),
		},
		"what is not in scope": {
			before: func(t *testing.T, dir string) {
				put(t, dir, "east/d.yaml", "")
				put(t, dir, "west/d.yaml", "")
			},
			tree: scoped(treeOf("east/b.yaml", "b"), "east/"),
			want: foreign("east/d.yaml"),
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			mustWrite(t, dir, old, output.Options{})
			if tt.before != nil {
				tt.before(t, dir)
			}
			before := snapshot(t, dir)
			got, err := output.FindUnmanaged(dir, tt.tree, tt.shared)
			if err != nil {
				t.Fatal(err)
			}
			equal(t, "unmanaged", got, tt.want)
			equal(t, "files", snapshot(t, dir), before)
		})
	}
}

func TestFindUnmanagedInNothing(t *testing.T) {
	got, err := output.FindUnmanaged(t.TempDir()+"/none", treeOf("a", "a"), false)
	if err != nil || got != nil {
		t.Errorf("got %v, %v", got, err)
	}
}
