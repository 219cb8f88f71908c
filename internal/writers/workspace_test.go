package writers_test

import (
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/internal/testutil/files"
	"github.com/kubectl-mesh/kubectl-mesh/internal/testutil/repository"
)

// ground is a repository in which workspaces of one scenario lie side by side.
func ground(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := repository.Init(dir); err != nil {
		t.Fatal(err)
	}
	return dir
}

// logical are the files of a workspace as its user sees them: what this program keeps for itself is left out, and
// so is the .gitignore that it makes in credentials/ before anything secret is there. Private files show it.
func logical(t *testing.T, dir string) map[string]string {
	t.Helper()
	found := map[string]string{}
	for name, text := range files.Read(t, dir) {
		if isOwn(name) || name == "credentials/.gitignore" {
			continue
		}
		info, err := os.Lstat(filepath.Join(dir, filepath.FromSlash(name)))
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(name, "credentials/") && runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %s", name, info.Mode())
		}
		found[name] = text
	}
	return found
}

var hidden = regexp.MustCompile(`^(\.kubectl-mesh-.*|\..+\.kubectl-mesh-\d+)$`)

// isOwn knows what this program keeps for itself.
func isOwn(name string) bool {
	if name == ".kubectl-mesh/lock" || strings.HasPrefix(name, ".kubectl-mesh/staging/") {
		return true
	}
	return slices.ContainsFunc(strings.Split(name, "/"), hidden.MatchString)
}

// leftovers are what a run that was killed left, and the next one should have removed.
func leftovers(t *testing.T, dir string) []string {
	t.Helper()
	var left []string
	err := filepath.WalkDir(dir, func(file string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(dir, file)
		name := filepath.ToSlash(rel)
		isStaged := strings.HasPrefix(name, ".kubectl-mesh/staging/") && path.Base(name) != "settled"
		if isStaged || hidden.MatchString(path.Base(name)) && entry.Name() != filepath.Base(dir) {
			left = append(left, name)
		}
		if name == ".kubectl-mesh/lock" {
			if text, _ := os.ReadFile(file); len(text) > 0 {
				left = append(left, name+": "+string(text))
			}
		}
		return err
	})
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	return left
}

// differing are the names of files that are not in both, or not the same in both.
func differing(a, b map[string]string) []string {
	names := map[string]bool{}
	for _, files := range []map[string]string{a, b} {
		for name := range files {
			one, isThere := a[name]
			other, isHere := b[name]
			if one != other || isThere != isHere {
				names[name] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(names))
}

// copyTo copies a workspace, with its modes.
func copyTo(t *testing.T, from, to string) {
	t.Helper()
	err := filepath.WalkDir(from, func(file string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(from, file)
		if err != nil {
			return err
		}
		target := filepath.Join(to, rel)
		info, err := entry.Info()
		switch {
		case err != nil:
			return err
		case entry.IsDir():
			return os.MkdirAll(target, info.Mode().Perm())
		}
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		return os.WriteFile(target, text, info.Mode().Perm())
	})
	if err != nil {
		t.Fatal(err)
	}
}
