package output_test

import (
	"crypto/sha256"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-mesh/kubectl-mesh/internal/output"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
)

const lockHeader = `# Digests of the files that kubectl mesh wrote to this directory, by which it removes
# stale files and detects files edited by hand. Written by kubectl mesh; commit it, do not edit it.
# To verify the files: sha256sum -c mesh.lock
`

// treeOf takes path, content, path, content …
func treeOf(pairs ...string) layout.Tree {
	var tree layout.Tree
	for pair := range slices.Chunk(pairs, 2) {
		tree.Files = append(tree.Files, layout.File{Path: pair[0], Content: []byte(pair[1])})
	}
	slices.SortFunc(tree.Files, func(a, b layout.File) int { return strings.Compare(a.Path, b.Path) })
	return tree
}

func scoped(tree layout.Tree, scope ...string) layout.Tree {
	tree.Scope = scope
	return tree
}

func mustWrite(t testing.TB, dir string, tree layout.Tree, opts output.Options) output.Report {
	t.Helper()
	report, err := output.Write(dir, tree, opts)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

func put(t testing.TB, dir, path, content string) {
	t.Helper()
	file := filepath.Join(dir, filepath.FromSlash(path))
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

func link(t testing.TB, dir, path, target string) {
	t.Helper()
	file := filepath.Join(dir, filepath.FromSlash(path))
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(target, file); err != nil {
		t.Skipf("no symbolic links here: %v", err)
	}
}

func remove(t testing.TB, dir, path string) {
	t.Helper()
	if err := os.RemoveAll(filepath.Join(dir, filepath.FromSlash(path))); err != nil {
		t.Fatal(err)
	}
}

// snapshot lists all that is below dir: what a file holds, where a link leads, and directories
// (with a closing slash) only where they are empty.
func snapshot(t testing.TB, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || path == dir {
			return err
		}
		name, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		name = filepath.ToSlash(name)
		delete(all, filepath.ToSlash(filepath.Dir(name))+"/")
		switch {
		case entry.IsDir():
			all[name+"/"] = ""
		case entry.Type()&fs.ModeSymlink != 0:
			target, err := os.Readlink(path)
			all[name] = "-> " + target
			return err
		default:
			text, err := os.ReadFile(path)
			all[name] = string(text)
			return err
		}
		return nil
	})
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	return all
}

// files is a snapshot without mesh.lock.
func files(t testing.TB, dir string) map[string]string {
	t.Helper()
	all := snapshot(t, dir)
	delete(all, "mesh.lock")
	return all
}

func asMap(tree layout.Tree) map[string]string {
	all := map[string]string{}
	for _, f := range tree.Files {
		all[f.Path] = string(f.Content)
	}
	return all
}

func lockLine(path, content string) string {
	return fmt.Sprintf("%x  %s\n", sha256.Sum256([]byte(content)), path)
}

func equal[T any](t testing.TB, what string, got, want T) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s: (-want +got)\n%s", what, diff)
	}
}

// wantError compares the whole text; DIR in it stands for dir.
func wantError(t testing.TB, err error, dir, want string) {
	t.Helper()
	if err == nil {
		t.Fatalf("no error; want: %s", want)
	}
	equal(t, "error", strings.ReplaceAll(printed(err), dir, "DIR"), want)
}

// printed is how a person reads an error.
func printed(err error) string {
	var lines []string
	for _, problem := range hint.List(err) {
		lines = append(lines, problem.Text)
		for _, remedy := range problem.Remedies {
			lines = append(lines, "hint: "+remedy)
		}
	}
	return strings.Join(lines, "\n")
}
