//go:build unix

package transaction_test

import (
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/internal/transaction"
)

// umask is set for one test: none of those that set it runs beside another.
func umask(t *testing.T, mask int) {
	t.Helper()
	old := syscall.Umask(mask)
	t.Cleanup(func() { syscall.Umask(old) })
}

// Modes are exact where they protect, and those of the umask where they do not, at every operation.
func TestModes(t *testing.T) {
	tests := []struct {
		name                            string
		umask                           int
		dir, file, privateDir, keptFile string
	}{
		{"usual", 0o022, "drwxr-xr-x", "-rw-r--r--", "drwx------", "-rw-------"},
		{"none", 0, "drwxrwxrwx", "-rw-rw-rw-", "drwx------", "-rw-------"},
		{"careful", 0o077, "drwx------", "-rw-------", "drwx------", "-rw-------"},
		{"odd", 0o177, "drw-------", "-rw-------", "drwx------", "-rw-------"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if tt.umask == 0o177 && os.Geteuid() != 0 {
				t.Skip("only root may write into its own public directories with this umask")
			}
			dir := t.TempDir()
			umask(t, tt.umask)
			exposed := ""
			tx := begin(t, dir, func(op, name string) error {
				for file, mode := range snapshot(t, dir) {
					if path.Dir(file) == "credentials/east" && !strings.HasSuffix(file, "/") && !strings.HasPrefix(mode, "-rw-------") {
						exposed = op + " " + name + ": " + file + " " + mode
					}
				}
				return nil
			})
			tx.Write("credentials/east/token", []byte("t"), transaction.Private)
			tx.Write("credentials/note", []byte("n"), transaction.Public)
			tx.Write("trust/cert", []byte("c"), transaction.Public)
			commit(t, tx)
			equal(t, "modes", snapshot(t, dir), map[string]string{
				"credentials/": tt.privateDir, "credentials/east/": tt.privateDir, "credentials/east/token": tt.keptFile + " t",
				"credentials/note": less("-rw-r--r--", tt.file) + " n", "trust/": less("drwxr-xr-x", tt.dir), "trust/cert": less("-rw-r--r--", tt.file) + " c",
			})
			equal(t, "exposed", exposed, "")
		})
	}
}

// less is a mode without what the umask takes.
func less(mode, allowed string) string {
	text := []byte(mode)
	for i := range text {
		if allowed[i] == '-' {
			text[i] = '-'
		}
	}
	return string(text)
}

// A directory of secrets that others may write into is refused; one that they may only read is theirs to have.
func TestExposedDirectories(t *testing.T) {
	dir := workspace(t)
	chmod := func(name string, mode fs.FileMode) {
		t.Helper()
		if err := os.Chmod(filepath.Join(dir, name), mode); err != nil {
			t.Fatal(err)
		}
	}
	chmod("credentials", 0o755)
	chmod("credentials/east", 0o777)
	before := snapshot(t, dir)
	tx := begin(t, dir, nil)
	tx.Write("credentials/east/token", []byte("t"), transaction.Private)
	tx.Write("credentials/east/ca-key.pem", []byte("k"), transaction.Private)
	tx.Write("credentials/root-key.pem", []byte("r"), transaction.Private)
	_, err := tx.Commit(t.Context(), nil)
	wantProblems(t, err, dir, "DIR/credentials/east: writable by other users (mode 0777)", "hint: chmod 700 DIR/credentials/east")
	equal(t, "files", snapshot(t, dir), before)
	chmod("credentials/east", 0o700)
	commit(t, tx)
}

func TestDirectoriesOfOthers(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root can give a directory away")
	}
	dir := workspace(t)
	if err := os.Chown(filepath.Join(dir, "credentials/east"), 12345, -1); err != nil {
		t.Fatal(err)
	}
	tx := begin(t, dir, nil)
	tx.Write("credentials/east/token", []byte("t"), transaction.Private)
	_, err := tx.Commit(t.Context(), nil)
	wantProblems(t, err, dir, "DIR/credentials/east: owned by another user (uid 12345)",
		"hint: change the owner of DIR/credentials/east to yourself (chown), then: chmod 700 DIR/credentials/east")
}

// A workspace that may not be written is one clear error.
func TestReadOnlyWorkspace(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Skip("root may write everywhere")
	}
	dir := workspace(t)
	if err := os.Chmod(dir, 0o555); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.Chmod(dir, 0o755) })
	_, err := transaction.Begin(t.Context(), dir, transaction.Options{})
	wantProblems(t, err, dir, "open DIR for writing: create directory .kubectl-mesh: permission denied",
		"hint: make the directory writable, and run the same command again")
}
