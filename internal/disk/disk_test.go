package disk_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/internal/disk"
)

func open(t *testing.T, dir string, hook disk.Hook) disk.Dir {
	t.Helper()
	d, err := disk.Open(dir, hook)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.Close)
	return d
}

func names(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, entry := range entries {
		list = append(list, entry.Name())
	}
	return list
}

// Whichever operation of a write fails, no file is left, and the error names the operation and the path that
// the user knows.
func TestWriteFails(t *testing.T) {
	var failed []string
	for n := 1; ; n++ {
		dir := t.TempDir()
		calls := 0
		d := open(t, dir, func(string, string) error {
			if calls++; calls == n {
				return fs.ErrPermission
			}
			return nil
		})
		if err := os.Mkdir(filepath.Join(dir, "sub"), 0o755); err != nil {
			t.Fatal(err)
		}
		sub, err := d.Sub("sub", "shown")
		if err != nil {
			t.Fatal(err)
		}
		err = sub.Durable().Write("file", []byte("x"), 0o600)
		sub.Close()
		if err == nil {
			break
		}
		failed = append(failed, err.Error())
		if left := names(t, filepath.Join(dir, "sub")); left != nil {
			t.Errorf("%v: %v is left", err, left)
		}
	}
	want := []string{"create shown/file: ", "set the mode of shown/file: ", "write shown/file: ", "sync shown/file: ", "close shown/file: "}
	for i := range want {
		want[i] += fs.ErrPermission.Error()
	}
	if !slices.Equal(failed, want) {
		t.Errorf("got %q, want %q", failed, want)
	}
}

func TestWriteReplacesNothing(t *testing.T) {
	dir := t.TempDir()
	d := open(t, dir, nil)
	if err := d.Write("file", []byte("1"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := d.Write("file", []byte("2"), 0o644); !errors.Is(err, fs.ErrExist) {
		t.Error(err)
	}
	if err := d.Link("link", "file", "file", "other"); err != nil {
		t.Skipf("no links here: %v", err)
	}
	if err := d.Link("link", "file", "file", "other"); !errors.Is(err, fs.ErrExist) {
		t.Error(err)
	}
}

func TestNothingLeavesTheDirectory(t *testing.T) {
	home := t.TempDir()
	dir := filepath.Join(home, "dir")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	d := open(t, dir, nil)
	for what, err := range map[string]error{
		"write":  d.Write("../x", nil, 0o644),
		"mkdir":  d.Mkdir("../x", 0o755),
		"rename": d.Rename("rename", "x", "../dir", "../x"),
		"remove": d.RemoveAll("../dir"),
	} {
		if err == nil {
			t.Errorf("%s left the directory", what)
		}
	}
	if left := names(t, home); !slices.Equal(left, []string{"dir"}) {
		t.Error(left)
	}
}

func TestRead(t *testing.T) {
	dir := t.TempDir()
	d := open(t, dir, nil)
	if err := d.Write("file", []byte("12345"), 0o644); err != nil {
		t.Fatal(err)
	}
	if text, err := d.Read("file", 5); err != nil || string(text) != "12345" {
		t.Error(string(text), err)
	}
	if _, err := d.Read("file", 4); err == nil || err.Error() != "read file: longer than 4 bytes" {
		t.Error(err)
	}
	if _, err := d.Read(".", 4); !errors.Is(err, disk.ErrNotRegular) {
		t.Error(err)
	}
	if _, err := d.Read("missing", 4); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
}

// The lock belongs to the open file, and is free when that is closed.
func TestTryLock(t *testing.T) {
	file := filepath.Join(t.TempDir(), "lock")
	lock := func() (*os.File, error) {
		f, err := os.OpenFile(file, os.O_RDWR|os.O_CREATE, 0o644)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = f.Close() })
		return f, disk.TryLock(f)
	}
	first, err := lock()
	if errors.Is(err, errors.ErrUnsupported) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	if _, err := first.WriteString("holder"); err != nil {
		t.Fatal(err)
	}
	if _, err := lock(); !errors.Is(err, disk.ErrLocked) {
		t.Error(err)
	}
	if text, err := os.ReadFile(file); string(text) != "holder" {
		t.Errorf("a locked file cannot be read: %q %v", text, err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := lock(); err != nil {
		t.Error(err)
	}
	if err := disk.TryLock(first); err == nil || errors.Is(err, disk.ErrLocked) {
		t.Errorf("a closed file: %v", err)
	}
}

// Each returns the first error in the order of the calls, whichever came first in time.
func TestEach(t *testing.T) {
	const n = 100
	for _, workers := range []int{1, 2, n + 1} {
		done := make([]bool, n)
		if err := disk.Each(workers, n, func(i int) error { done[i] = true; return nil }); err != nil || slices.Contains(done, false) {
			t.Error(workers, done, err)
		}
		err := disk.Each(workers, n, func(i int) error { return fmt.Errorf("%d", i) })
		if err == nil || err.Error() != "0" {
			t.Error(workers, err)
		}
	}
}
