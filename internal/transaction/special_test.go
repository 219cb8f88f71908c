//go:build darwin || linux

package transaction_test

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/internal/transaction"
)

// Pipes and sockets in the place of a file make nothing wait, neither a change nor a reader nor a recovery.
func TestSpecialFiles(t *testing.T) {
	dir := workspace(t)
	pipe := func(name string) {
		t.Helper()
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		_ = os.Remove(file)
		if err := syscall.Mkfifo(file, 0o600); err != nil {
			t.Skipf("no pipes here: %v", err)
		}
	}
	const reason = "not a regular file, but a pipe, a socket or a device"
	pipe("trust/root-cert.pem")
	tx := begin(t, dir, nil)
	tx.Write("trust/root-cert.pem", nil, transaction.Public)
	tx.Expect("trust/root-cert.pem", nil)
	_, err := tx.Commit(t.Context(), nil)
	wantProblems(t, err, dir, "DIR/trust/root-cert.pem: "+reason, hintMove, "DIR/trust/root-cert.pem: "+reason, hintMove)
	tx.Close()
	reading := begin(t, dir, nil)
	_, err = reading.Read("trust/root-cert.pem")
	wantProblems(t, err, dir, "read DIR/trust/root-cert.pem: not a regular file")
	reading.Close()
	for name, want := range map[string][]string{
		".kubectl-mesh/lock":            {"open DIR for writing: .kubectl-mesh/lock: " + reason, hintMove},
		".kubectl-mesh/staging/settled": {"open DIR for writing: read .kubectl-mesh/staging/settled: not a regular file"},
	} {
		pipe(name)
		_, err := transaction.Begin(t.Context(), dir, transaction.Options{})
		wantProblems(t, err, dir, want...)
		if err := os.Remove(filepath.Join(dir, filepath.FromSlash(name))); err != nil {
			t.Fatal(err)
		}
	}
}

func TestDevices(t *testing.T) {
	dir := workspace(t)
	file := filepath.Join(dir, "credentials", "device")
	if err := syscall.Mknod(file, syscall.S_IFCHR|0o600, 1<<8|3); err != nil { // /dev/null
		t.Skipf("no devices here: %v", err)
	}
	tx := begin(t, dir, nil)
	tx.Write("credentials/device", nil, transaction.Private)
	_, err := tx.Commit(t.Context(), nil)
	wantProblems(t, err, dir, "DIR/credentials/device: not a regular file, but a pipe, a socket or a device", hintMove)
}
