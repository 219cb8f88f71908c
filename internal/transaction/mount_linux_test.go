package transaction_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/internal/transaction"
)

// inMounts runs a test again, in a process with mounts of its own that end with it, and returns true there.
func inMounts(t *testing.T) bool {
	t.Helper()
	if os.Getenv("TRANSACTION_TEST_MOUNTS") != "" {
		if err := syscall.Mount("", "/", "", syscall.MS_REC|syscall.MS_PRIVATE, ""); err != nil {
			t.Fatal(err)
		}
		return true
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), self, "-test.run=^"+t.Name()+"$", "-test.v")
	cmd.Env = append(os.Environ(), "TRANSACTION_TEST_MOUNTS=1")
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNS}
	out, err := cmd.CombinedOutput()
	if errors.Is(err, syscall.EPERM) {
		t.Skip("only root may mount")
	}
	if err != nil || !bytes.Contains(out, []byte("--- PASS: "+t.Name())) {
		t.Errorf("%v\n%s", err, out)
	}
	return false
}

// mount makes a small file system for the time of the test.
func mount(t *testing.T, dir, options string) {
	t.Helper()
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, options); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(dir, syscall.MNT_DETACH) })
}

// A disk that is really full, at every point that it can become full at: everything is as it was, the error says
// what helps, and what helps helps.
func TestFullDisk(t *testing.T) {
	if !inMounts(t) {
		return
	}
	for kib := 0; ; kib += 4 {
		dir := filepath.Join(t.TempDir(), "mesh")
		mount(t, dir, "size=256k,mode=755")
		put(t, dir, "credentials/ca-key.pem", "old", 0o600)
		filler := filepath.Join(dir, "filler")
		fill(t, filler, kib)
		before := snapshot(t, dir)
		err := bigChange(t, dir)
		if err == nil {
			t.Logf("%d KiB are enough", kib)
			break
		}
		equal(t, fmt.Sprintf("%d KiB: %v", kib, err), snapshot(t, dir), before)
		if !errors.Is(err, syscall.ENOSPC) || !strings.Contains(fmt.Sprint(remedies(err)), "free disk space") {
			t.Errorf("%d KiB: %v %v", kib, err, remedies(err))
		}
		if err := os.Remove(filler); err != nil {
			t.Fatal(err)
		}
		if err := bigChange(t, dir); err != nil {
			t.Errorf("%d KiB: with room: %v", kib, err)
		}
		if t.Failed() {
			return
		}
	}
}

// fill leaves so much of a file system free.
func fill(t *testing.T, file string, kib int) {
	t.Helper()
	f, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	for err == nil {
		_, err = f.Write(make([]byte, 4096))
	}
	info, err := f.Stat()
	if err == nil {
		err = f.Truncate(info.Size() - int64(kib)*1024)
	}
	if err := errors.Join(err, f.Close()); err != nil {
		t.Fatal(err)
	}
}

func bigChange(t *testing.T, dir string) error {
	t.Helper()
	tx, err := transaction.Begin(t.Context(), dir, transaction.Options{})
	if err != nil {
		return err
	}
	defer tx.Close()
	for i := range 4 {
		tx.Write(fmt.Sprintf("trust/%d/cert", i), bytes.Repeat([]byte{'c'}, 10000), transaction.Public)
	}
	tx.Write("credentials/ca-key.pem", []byte("new"), transaction.Private)
	_, err = tx.Commit(t.Context(), nil)
	return err
}

// Directories of a workspace may be file systems of their own: nothing is renamed from one to another.
func TestMountsInAWorkspace(t *testing.T) {
	if !inMounts(t) {
		return
	}
	dir := workspace(t)
	mount(t, filepath.Join(dir, "credentials"), "size=1m,mode=700")
	mount(t, filepath.Join(dir, "trust", "east"), "size=1m,mode=755")
	put(t, dir, "credentials/root-key.pem", "root key 1", 0o600)
	put(t, dir, "credentials/east/ca-key.pem", "east key 1", 0o600)
	put(t, dir, "credentials/east/token", "exposed", 0o644)
	put(t, dir, "trust/east/ca-cert.pem", "east 1", 0o644)
	before := snapshot(t, dir)
	tx := begin(t, dir, nil)
	rotation(tx)
	commit(t, tx)
	equal(t, "files", snapshot(t, dir), rotated(before))
}

func TestReadOnlyFileSystem(t *testing.T) {
	if !inMounts(t) {
		return
	}
	dir := workspace(t)
	credentials := filepath.Join(dir, "credentials")
	mount(t, credentials, "size=1m,mode=700,ro")
	before := snapshot(t, dir)
	tx := begin(t, dir, nil)
	tx.Write("trust/root-cert.pem", []byte("root 2"), transaction.Public)
	tx.Write("credentials/root-key.pem", []byte("root key 2"), transaction.Private)
	_, err := tx.Commit(t.Context(), nil)
	wantProblems(t, err, dir,
		"write DIR/credentials/root-key.pem: create credentials/.kubectl-mesh-new-1-0: read-only file system",
		"hint: make the directory writable, and run the same command again")
	equal(t, "files", snapshot(t, dir), before)
}
