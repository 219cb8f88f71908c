// Package files creates directories for tests, and reads them back.
package files

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

// Workspace creates a directory with these files, by path with slashes, and returns the name of its mesh.yaml.
func Workspace(t testing.TB, content map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	Write(t, dir, content)
	return filepath.Join(dir, "mesh.yaml")
}

// Write adds files to a directory. They are private, as credentials must be.
func Write(t testing.TB, dir string, content map[string]string) {
	t.Helper()
	for name, text := range content {
		name = filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// Read returns all files below a directory, by path with slashes.
func Read(t testing.TB, dir string) map[string]string {
	t.Helper()
	found := map[string]string{}
	err := fs.WalkDir(os.DirFS(dir), ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		text, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(path)))
		found[path] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}
