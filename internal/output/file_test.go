package output_test

import (
	"errors"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/internal/output"
)

func TestWriteFile(t *testing.T) {
	home := t.TempDir()
	file := filepath.Join(home, "mesh.yaml")
	public := output.FileOptions{Mode: 0o644}
	if err := output.WriteFile(file, []byte("1"), public); err != nil {
		t.Fatal(err)
	}
	err := output.WriteFile(file, []byte("2"), public)
	wantError(t, err, home, "write DIR/mesh.yaml: the file already exists\nhint: --force replaces it")
	equal(t, "files", snapshot(t, home), map[string]string{"mesh.yaml": "1"})
	if err := output.WriteFile(file, []byte("2"), output.FileOptions{Mode: 0o644, Force: true}); err != nil {
		t.Fatal(err)
	}
	equal(t, "files", snapshot(t, home), map[string]string{"mesh.yaml": "2"})
}

func TestWriteFileRefuses(t *testing.T) {
	home := t.TempDir()
	put(t, home, "folder/x", "")
	link(t, home, "link", "precious")
	before := snapshot(t, home)
	write := func(path string, force bool) error {
		return output.WriteFile(filepath.Join(home, path), []byte("new"), output.FileOptions{Mode: 0o600, Force: force})
	}
	wantError(t, write("folder", true), home, "write DIR/folder: it is a directory")
	wantError(t, write("folder/x/y", true), home, "write DIR/folder/x/y: open the directory: not a directory")
	// A link that leads nowhere is a file that exists: writing through it would create another.
	wantError(t, write("link", false), home, "write DIR/link: the file already exists\nhint: --force replaces it")
	equal(t, "files", snapshot(t, home), before)
	if err := write("link", true); err != nil {
		t.Fatal(err)
	}
	equal(t, "files", snapshot(t, home), map[string]string{"folder/x": "", "link": "new"})
}

// One operation fails: the file is as it was, and nothing is left beside it.
func TestWriteFileFails(t *testing.T) {
	for _, force := range []bool{false, true} {
		for n := 1; ; n++ {
			home := t.TempDir()
			file := filepath.Join(home, "credentials", "east", "token")
			if force {
				put(t, home, "credentials/east/token", "old")
			}
			before := snapshot(t, home)
			f := &failing{fails: func(call int) bool { return call == n }, err: syscall.ENOSPC}
			err := output.WriteFileInjected(file, []byte("new"), output.FileOptions{Mode: 0o600, Force: force}, f.inject)
			if !f.hit.Load() {
				break
			}
			switch {
			case err == nil:
				// There was a way round: a rename instead of a link, no sync of the directory.
				equal(t, "files", snapshot(t, home), map[string]string{"credentials/east/token": "new"})
			case !errors.Is(err, syscall.ENOSPC):
				t.Errorf("call %d: the cause is lost: %v", n, err)
			default:
				equal(t, err.Error(), snapshot(t, home), before)
			}
		}
	}
}

// The process dies: the file has its old content or the new one.
func TestWriteFileIsKilled(t *testing.T) {
	for n := 1; ; n++ {
		home := t.TempDir()
		put(t, home, "token", "old")
		f := &failing{fails: func(call int) bool { return call >= n }, err: errInjected}
		opts := output.FileOptions{Mode: 0o600, Force: true}
		file := filepath.Join(home, "token")
		_ = output.WriteFileInjected(file, []byte("new"), opts, f.inject)
		if !f.hit.Load() {
			return
		}
		for path, text := range snapshot(t, home) {
			if path == "token" && text != "old" && text != "new" || path != "token" && !strings.HasPrefix(path, ".token.") {
				t.Errorf("call %d: %s holds %q", n, path, text)
			}
		}
		if err := output.WriteFile(file, []byte("newer"), opts); err != nil {
			t.Errorf("call %d: %v", n, err)
		}
		equal(t, "token", snapshot(t, home)["token"], "newer")
	}
}

// The file appears while ours is being written.
func TestWriteFileLosesTheRace(t *testing.T) {
	home := t.TempDir()
	file := filepath.Join(home, "token")
	err := output.WriteFileInjected(file, []byte("ours"), output.FileOptions{Mode: 0o600}, func(op string) error {
		if op == "close" {
			put(t, home, "token", "theirs")
		}
		return nil
	})
	wantError(t, err, home, "write DIR/token: the file already exists\nhint: --force replaces it")
	equal(t, "files", snapshot(t, home), map[string]string{"token": "theirs"})
}
