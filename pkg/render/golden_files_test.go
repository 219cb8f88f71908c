package render_test

import (
	"bytes"
	"errors"
	"flag"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files anew, and remove those that are stale")

// checkGolden compares a folder with the files that it is to hold, both ways.
func checkGolden(t *testing.T, folder string, got map[string][]byte) {
	t.Helper()
	if *update {
		writeGolden(t, folder, got)
	}
	want := readFolder(t, folder)
	for _, name := range slices.Sorted(maps.Keys(want)) {
		if text, ok := got[name]; !ok {
			t.Errorf("%s/%s is not rendered any more", folder, name)
		} else if !bytes.Equal(text, want[name]) {
			t.Errorf("%s/%s differs (-want +got):\n%s", folder, name, cmp.Diff(string(want[name]), string(text)))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(got)) {
		if _, ok := want[name]; !ok {
			t.Errorf("%s/%s is rendered and not there", folder, name)
		}
	}
	if t.Failed() {
		t.Log("hint: go test ./pkg/render -update, and read the difference")
	}
}

// writeGolden replaces the folder as a whole, and with it what is stale.
func writeGolden(t *testing.T, folder string, files map[string][]byte) {
	t.Helper()
	if err := os.RemoveAll(folder); err != nil {
		t.Fatal(err)
	}
	writeFolder(t, folder, files)
}

func writeFolder(t testing.TB, folder string, files map[string][]byte) {
	t.Helper()
	for name, text := range files {
		file := filepath.Join(folder, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// readFolder returns all files below a folder, by path with slashes; none, if there is no such
// folder.
func readFolder(t testing.TB, folder string) map[string][]byte {
	t.Helper()
	files := map[string][]byte{}
	disk := os.DirFS(folder)
	err := fs.WalkDir(disk, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		files[name], err = fs.ReadFile(disk, name)
		return err
	})
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	return files
}
