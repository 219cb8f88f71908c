//go:build unix

package output_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/internal/output"
)

// umask is set for one test: only the cases of one test run side by side here.
func umask(t *testing.T, mask int) {
	t.Helper()
	old := syscall.Umask(mask)
	t.Cleanup(func() { syscall.Umask(old) })
}

func modes(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		name, err := filepath.Rel(dir, path)
		all[filepath.ToSlash(name)] = info.Mode().String()
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestWriteModes(t *testing.T) {
	tests := []struct {
		name         string
		umask        int
		opts         output.Options
		folder, file string
	}{
		{"public", 0o022, output.Options{}, "drwxr-xr-x", "-rw-r--r--"},
		{"public, no umask", 0, output.Options{}, "drwxr-xr-x", "-rw-r--r--"},
		{"public, careful umask", 0o077, output.Options{}, "drwx------", "-rw-------"},
		{"private", 0o022, output.Options{Private: true}, "drwx------", "-rw-------"},
		{"private, no umask", 0, output.Options{Private: true}, "drwx------", "-rw-------"},
		{"private, odd umask", 0o177, output.Options{Private: true}, "drwx------", "-rw-------"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			home := t.TempDir()
			umask(t, tt.umask)
			mustWrite(t, filepath.Join(home, "out", "dir"), treeOf("a.yaml", "a", "x/y/b.yaml", "b"), tt.opts)
			equal(t, "modes", modes(t, filepath.Join(home, "out")), map[string]string{
				".": tt.folder, "dir": tt.folder, "dir/x": tt.folder, "dir/x/y": tt.folder,
				"dir/a.yaml": tt.file, "dir/x/y/b.yaml": tt.file, "dir/mesh.lock": tt.file,
			})
		})
	}
}

func TestWriteTightensPrivateFiles(t *testing.T) {
	dir := t.TempDir()
	private := output.Options{Private: true}
	tree := treeOf("a", "a", "b", "b", "c", "c")
	mustWrite(t, dir, tree, private)
	for path, mode := range map[string]fs.FileMode{"a": 0o644, "b": 0o640, "mesh.lock": 0o604} {
		if err := os.Chmod(filepath.Join(dir, path), mode); err != nil {
			t.Fatal(err)
		}
	}
	differences, err := output.Check(dir, tree, private)
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "differences", differences, []output.Difference{
		{Path: "a", Kind: output.Changed}, {Path: "b", Kind: output.Changed}, {Path: "mesh.lock", Kind: output.Changed},
	})
	report := mustWrite(t, dir, tree, private)
	equal(t, "report", report, output.Report{Written: []string{"a", "b"}, Unchanged: []string{"c"}})
	for _, path := range []string{"a", "b", "c", "mesh.lock"} {
		equal(t, path, modes(t, dir)[path], "-rw-------")
	}
}

func TestWriteRefusesExposedFolders(t *testing.T) {
	dir := t.TempDir()
	tree := treeOf("east/a", "a", "west/b", "b")
	private := output.Options{Private: true}
	mustWrite(t, dir, tree, private)
	for path, mode := range map[string]fs.FileMode{".": 0o770, "east": 0o755, "west": 0o702} {
		if err := os.Chmod(filepath.Join(dir, path), mode); err != nil {
			t.Fatal(err)
		}
	}
	_, err := output.Write(dir, treeOf("east/a", "A", "west/b", "B"), output.Options{Private: true, Force: true})
	wantError(t, err, dir, `write DIR: 2 paths conflict; nothing was written
  .: writable by other users (mode 0770)
  west: writable by other users (mode 0702)
hint: chmod 700 DIR
hint: chmod 700 DIR/west`)
	equal(t, "files", files(t, dir), asMap(tree))
	mustWrite(t, dir, tree, output.Options{})
}

func TestWriteRefusesFoldersOfOthers(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root can give a folder away")
	}
	dir := t.TempDir()
	put(t, dir, "east/x", "")
	if err := os.Chown(filepath.Join(dir, "east"), 12345, -1); err != nil {
		t.Fatal(err)
	}
	_, err := output.Write(dir, treeOf("east/a", "a"), output.Options{Private: true})
	wantError(t, err, dir, `write DIR: 1 path conflicts; nothing was written
  east: owned by another user (uid 12345)
hint: change the owner of DIR/east to yourself (chown), then: chmod 700 DIR/east`)
}

// The mode of a directory that was removed comes back with it when the run fails.
func TestWriteRestoresFolderModes(t *testing.T) {
	dir := t.TempDir()
	mustWrite(t, dir, treeOf("a", "a", "team/b", "b"), output.Options{})
	if err := os.Chmod(filepath.Join(dir, "team"), 0o775|fs.ModeSetgid); err != nil {
		t.Fatal(err)
	}
	_, err := output.WriteInjected(dir, treeOf("a", "A"), output.Options{}, func(op string) error {
		if op == "replace" {
			return syscall.EIO
		}
		return nil
	})
	wantError(t, err, dir, "write DIR: replace a: input/output error")
	equal(t, "mode", modes(t, dir)["team"], "dgrwxrwxr-x")
	equal(t, "files", files(t, dir), map[string]string{"a": "a", "team/b": "b"})
}

func TestWriteFileModes(t *testing.T) {
	home := t.TempDir()
	umask(t, 0)
	write := func(path string, mode fs.FileMode) {
		t.Helper()
		err := output.WriteFile(filepath.Join(home, path), nil, output.FileOptions{Mode: mode})
		if err != nil {
			t.Fatal(err)
		}
	}
	write("mesh.yaml", 0o644)
	write("trust/east/ca-cert.pem", 0o644)
	write("credentials/east/ca-key.pem", 0o600)
	equal(t, "modes", modes(t, home), map[string]string{
		".": modes(t, home)["."], "mesh.yaml": "-rw-r--r--",
		"trust": "drwxr-xr-x", "trust/east": "drwxr-xr-x", "trust/east/ca-cert.pem": "-rw-r--r--",
		"credentials": "drwx------", "credentials/east": "drwx------", "credentials/east/ca-key.pem": "-rw-------",
	})
	if err := os.Chmod(filepath.Join(home, "credentials/east"), 0o777); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(home, "credentials/east/token")
	err := output.WriteFile(file, nil, output.FileOptions{Mode: 0o600})
	wantError(t, err, home, `write DIR/credentials/east/token: DIR/credentials/east: writable by other users (mode 0777)
hint: chmod 700 DIR/credentials/east`)
}

func TestCheckIgnoredRefusesAnExposedFolder(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "credentials")
	put(t, dir, ".gitignore", "*\n")
	if err := os.Chmod(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	_, err := output.CheckIgnored(dir)
	wantError(t, err, dir, `keep DIR out of git: writable by other users (mode 0777)
hint: chmod 700 DIR`)
}
