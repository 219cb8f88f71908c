package output_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/kubectl-mesh/kubectl-mesh/internal/output"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
)

func TestWrite(t *testing.T) {
	old := treeOf("base/a.yaml", "a", "overlays/east/b.yaml", "b", "overlays/west/c.yaml", "c")
	tests := []struct {
		name   string
		before func(t *testing.T, dir string)
		tree   layout.Tree
		opts   output.Options
		report output.Report
		files  map[string]string
	}{
		{
			name:   "unchanged",
			tree:   old,
			report: output.Report{Unchanged: []string{"base/a.yaml", "overlays/east/b.yaml", "overlays/west/c.yaml"}},
			files:  asMap(old),
		},
		{
			name: "changed, new and stale",
			tree: treeOf("base/a.yaml", "a", "overlays/east/b.yaml", "B", "helm/x/d.yaml", "d"),
			report: output.Report{
				Written:   []string{"helm/x/d.yaml", "overlays/east/b.yaml"},
				Unchanged: []string{"base/a.yaml"},
				Removed:   []string{"overlays/west/c.yaml"},
			},
			files: map[string]string{"base/a.yaml": "a", "helm/x/d.yaml": "d", "overlays/east/b.yaml": "B"},
		},
		{
			name:   "out of scope stays",
			tree:   scoped(treeOf("overlays/west/d.yaml", "d"), "overlays/west/"),
			report: output.Report{Written: []string{"overlays/west/d.yaml"}, Removed: []string{"overlays/west/c.yaml"}},
			files:  map[string]string{"base/a.yaml": "a", "overlays/east/b.yaml": "b", "overlays/west/d.yaml": "d"},
		},
		{
			name:   "what cannot be rendered yet stays, and is still known",
			tree:   layout.Tree{Files: treeOf("base/a.yaml", "A").Files, Held: []string{"overlays/west/c.yaml", "overlays/west/never.yaml"}},
			report: output.Report{Written: []string{"base/a.yaml"}, Removed: []string{"overlays/east/b.yaml"}},
			files:  map[string]string{"base/a.yaml": "A", "overlays/west/c.yaml": "c"},
		},
		{
			name:   "files of others stay, and so do their folders",
			before: func(t *testing.T, dir string) { put(t, dir, "overlays/west/README.md", "mine") },
			tree:   treeOf("base/a.yaml", "a"),
			report: output.Report{
				Unchanged: []string{"base/a.yaml"},
				Removed:   []string{"overlays/east/b.yaml", "overlays/west/c.yaml"},
			},
			files: map[string]string{"base/a.yaml": "a", "overlays/west/README.md": "mine"},
		},
		{
			name:   "an empty tree removes everything, but not the folder",
			tree:   layout.Tree{},
			report: output.Report{Removed: []string{"base/a.yaml", "overlays/east/b.yaml", "overlays/west/c.yaml"}},
			files:  map[string]string{},
		},
		{
			name:   "stale and gone already",
			before: func(t *testing.T, dir string) { remove(t, dir, "overlays/west/c.yaml") },
			tree:   treeOf("base/a.yaml", "a", "overlays/east/b.yaml", "b"),
			report: output.Report{Unchanged: []string{"base/a.yaml", "overlays/east/b.yaml"}},
			files:  map[string]string{"base/a.yaml": "a", "overlays/east/b.yaml": "b"},
		},
		{
			name:   "a missing file comes back",
			before: func(t *testing.T, dir string) { remove(t, dir, "overlays") },
			tree:   old,
			report: output.Report{
				Written:   []string{"overlays/east/b.yaml", "overlays/west/c.yaml"},
				Unchanged: []string{"base/a.yaml"},
			},
			files: asMap(old),
		},
		{
			name:   "a hand edit that is what we want is no edit",
			before: func(t *testing.T, dir string) { put(t, dir, "base/a.yaml", "A") },
			tree:   treeOf("base/a.yaml", "A", "overlays/east/b.yaml", "b", "overlays/west/c.yaml", "c"),
			report: output.Report{Unchanged: []string{"base/a.yaml", "overlays/east/b.yaml", "overlays/west/c.yaml"}},
			files:  map[string]string{"base/a.yaml": "A", "overlays/east/b.yaml": "b", "overlays/west/c.yaml": "c"},
		},
		{
			name:   "no lock, but the right files: they become ours",
			before: func(t *testing.T, dir string) { remove(t, dir, "mesh.lock") },
			tree:   old,
			report: output.Report{Unchanged: []string{"base/a.yaml", "overlays/east/b.yaml", "overlays/west/c.yaml"}},
			files:  asMap(old),
		},
		{
			name: "a file becomes a folder, and a folder a file",
			tree: treeOf("base/a.yaml/x", "x", "overlays/east/b.yaml", "b", "overlays/west", "w"),
			report: output.Report{
				Written:   []string{"base/a.yaml/x", "overlays/west"},
				Unchanged: []string{"overlays/east/b.yaml"},
				Removed:   []string{"base/a.yaml", "overlays/west/c.yaml"},
			},
			files: map[string]string{"base/a.yaml/x": "x", "overlays/east/b.yaml": "b", "overlays/west": "w"},
		},
		{
			name: "force replaces and removes what hands did",
			before: func(t *testing.T, dir string) {
				put(t, dir, "base/a.yaml", "hand")
				put(t, dir, "base/new.yaml", "foreign")
				put(t, dir, "overlays/west/c.yaml", "hand")
			},
			tree: treeOf("base/a.yaml", "a", "base/new.yaml", "n", "overlays/east/b.yaml", "b"),
			opts: output.Options{Force: true},
			report: output.Report{
				Written:   []string{"base/a.yaml", "base/new.yaml"},
				Unchanged: []string{"overlays/east/b.yaml"},
				Removed:   []string{"overlays/west/c.yaml"},
			},
			files: map[string]string{"base/a.yaml": "a", "base/new.yaml": "n", "overlays/east/b.yaml": "b"},
		},
		{
			name: "a left-over staging folder goes, files of a similar name stay",
			before: func(t *testing.T, dir string) {
				put(t, dir, ".kubectl-mesh-staging-7/old/1", "x")
				put(t, dir, ".kubectl-mesh-staging-mine/x", "x")
			},
			tree:   old,
			report: output.Report{Unchanged: []string{"base/a.yaml", "overlays/east/b.yaml", "overlays/west/c.yaml"}},
			files: map[string]string{
				"base/a.yaml": "a", "overlays/east/b.yaml": "b", "overlays/west/c.yaml": "c",
				".kubectl-mesh-staging-mine/x": "x",
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
			equal(t, "report", mustWrite(t, dir, tt.tree, tt.opts), tt.report)
			equal(t, "files", files(t, dir), tt.files)
			differences, err := output.Check(dir, tt.tree, tt.opts)
			if err != nil || differences != nil {
				t.Errorf("check after write: %v, %v", differences, err)
			}
		})
	}
}

func TestWriteLock(t *testing.T) {
	dir := t.TempDir()
	mustWrite(t, dir, treeOf("b.yaml", "b", "overlays/a.yaml", "a"), output.Options{})
	mustWrite(t, dir, scoped(treeOf("overlays/c.yaml", "c"), "overlays/"), output.Options{})
	want := lockHeader + lockLine("b.yaml", "b") + lockLine("overlays/c.yaml", "c")
	equal(t, "mesh.lock", snapshot(t, dir)["mesh.lock"], want)
	sha256sum, err := exec.LookPath("sha256sum")
	if err != nil {
		t.Skip("sha256sum is not installed")
	}
	command := exec.CommandContext(t.Context(), sha256sum, "--strict", "-c", "mesh.lock")
	command.Dir = dir
	text, err := command.CombinedOutput()
	if err != nil {
		t.Error(err)
	}
	equal(t, "sha256sum", string(text), "b.yaml: OK\noverlays/c.yaml: OK\n")
}

func TestWriteKeepsTimes(t *testing.T) {
	dir := t.TempDir()
	tree := treeOf("base/a.yaml", "a")
	mustWrite(t, dir, tree, output.Options{})
	then := time.Date(2020, 1, 2, 3, 4, 5, 0, time.UTC)
	paths := []string{"base/a.yaml", "mesh.lock", "base"}
	for _, path := range paths {
		if err := os.Chtimes(filepath.Join(dir, path), then, then); err != nil {
			t.Fatal(err)
		}
	}
	mustWrite(t, dir, tree, output.Options{})
	for _, path := range paths {
		info, err := os.Stat(filepath.Join(dir, path))
		if err != nil {
			t.Fatal(err)
		}
		if !info.ModTime().Equal(then) {
			t.Errorf("%s was written again", path)
		}
	}
}

func TestWriteCreatesTheFolder(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "out", "deploy")
	mustWrite(t, dir, layout.Tree{}, output.Options{})
	if _, err := os.Stat(filepath.Dir(dir)); !os.IsNotExist(err) {
		t.Errorf("a folder was made for an empty tree: %v", err)
	}
	mustWrite(t, dir, treeOf("a/b/c.yaml", "c"), output.Options{})
	equal(t, "files", files(t, dir), map[string]string{"a/b/c.yaml": "c"})
}

func TestWriteThroughALinkOfTheUser(t *testing.T) {
	home := t.TempDir()
	put(t, home, "real/README.md", "mine")
	link(t, home, "deploy", "real")
	mustWrite(t, filepath.Join(home, "deploy"), treeOf("a.yaml", "a"), output.Options{})
	equal(t, "files", files(t, filepath.Join(home, "real")), map[string]string{"README.md": "mine", "a.yaml": "a"})
}

func TestWriteReplacesALinkByForce(t *testing.T) {
	home := t.TempDir()
	put(t, home, "precious", "mine")
	dir := filepath.Join(home, "deploy")
	link(t, dir, "a.yaml", filepath.Join(home, "precious"))
	mustWrite(t, dir, treeOf("a.yaml", "a"), output.Options{Force: true})
	equal(t, "files", snapshot(t, home), map[string]string{
		"precious": "mine", "deploy/a.yaml": "a", "deploy/mesh.lock": lockHeader + lockLine("a.yaml", "a"),
	})
}
