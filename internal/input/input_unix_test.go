//go:build unix

package input_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/internal/input"
	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
)

// special makes one of each kind of file that is not read, and returns what is said of each.
func special(t *testing.T, dir string) map[string]string {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "unix", filepath.Join(dir, "socket"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	if err := errors.Join(
		syscall.Mkfifo(filepath.Join(dir, "pipe"), 0o600),
		os.Symlink("pipe", filepath.Join(dir, "link")),
		os.Mkdir(filepath.Join(dir, "dir"), 0o700),
	); err != nil {
		t.Fatal(err)
	}
	return map[string]string{
		"pipe": "a named pipe, not a regular file", "link": "a named pipe, not a regular file",
		"dir": "a directory, not a regular file", "socket": "a socket, not a regular file",
	}
}

// TestRead refuses what could block or never end, and does not wait to find out.
func TestRead(t *testing.T) {
	dir := t.TempDir()
	for name, want := range special(t, dir) {
		name := filepath.Join(dir, name)
		if _, err := input.Read(t.Context(), name, 10); err == nil || err.Error() != "read "+name+": "+want {
			t.Errorf("got %v, want %s", err, want)
		}
		if err := input.Check(name, 10); err == nil || err.Error() != "read "+name+": "+want {
			t.Errorf("check: got %v, want %s", err, want)
		}
	}
	for _, name := range []string{"/dev/zero", "/dev/tty", "/dev/null"} {
		_, err := input.Read(t.Context(), name, 10)
		if want := "read " + name + ": a device, not a regular file"; err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

// TestReadIn refuses the same below a root, by the name that the root knows.
func TestReadIn(t *testing.T) {
	dir := t.TempDir()
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	for name, want := range special(t, dir) {
		if _, err := input.ReadIn(root, name, 10); err == nil || err.Error() != "read "+name+": "+want {
			t.Errorf("got %v, want %s", err, want)
		}
		if _, err := fs.ReadFile(input.Files(root), name); err == nil || err.Error() != "read "+name+": "+want {
			t.Errorf("files: got %v, want %s", err, want)
		}
	}
	if err := os.Symlink("/dev/zero", filepath.Join(dir, "out")); err != nil {
		t.Fatal(err)
	}
	if _, err := input.ReadIn(root, "out", 10); err == nil || !strings.Contains(err.Error(), "escapes") {
		t.Errorf("a link that leads out: got %v", err)
	}
}

// TestReadSize holds no more than the limit.
func TestReadSize(t *testing.T) {
	dir := t.TempDir()
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	for text, want := range map[string]string{"": "", strings.Repeat("x", 10): "", strings.Repeat("x", 11): "longer than 10 bytes"} {
		name := filepath.Join(dir, "file")
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		got, err := input.Read(t.Context(), name, 10)
		size, large := errors.AsType[*input.SizeError](err)
		if large != (want != "") || large && size.Error() != want || !large && (err != nil || string(got) != text) {
			t.Errorf("%d bytes: got %q, %v", len(text), got, err)
		}
		if got, err := input.ReadIn(root, "file", 10); (err != nil) != large || !large && string(got) != text {
			t.Errorf("%d bytes in a root: got %q, %v", len(text), got, err)
		}
		if err := input.Check(name, 10); (err != nil) != large {
			t.Errorf("%d bytes: check says %v", len(text), err)
		}
	}
}

// TestReadDescriptor takes the pipe of <(command), until it is interrupted.
func TestReadDescriptor(t *testing.T) {
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer read.Close()
	name := fmt.Sprintf("/dev/fd/%d", read.Fd())
	if _, err := os.Stat(name); err != nil {
		t.Skip("no /dev/fd here")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := input.Read(ctx, name, 10); !errors.Is(err, verdict.ErrInterrupted) {
		t.Errorf("nobody writes: got %v, want %v", err, verdict.ErrInterrupted)
	}
	if _, err := write.WriteString("hush"); err != nil {
		t.Fatal(err)
	}
	if err := write.Close(); err != nil {
		t.Fatal(err)
	}
	got, err := input.Read(t.Context(), name, 10)
	if err != nil || string(got) != "hush" {
		t.Errorf("got %q, %v", got, err)
	}
}

// TestUntil ends with the context, whatever blocks.
func TestUntil(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	blocked := make(chan struct{})
	defer close(blocked)
	_, err := input.Until(ctx, func() ([]byte, error) { <-blocked; return nil, nil })
	if !errors.Is(err, verdict.ErrInterrupted) {
		t.Errorf("got %v, want %v", err, verdict.ErrInterrupted)
	}
}
