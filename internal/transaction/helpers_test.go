package transaction_test

import (
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-mesh/kubectl-mesh/internal/disk"
	"github.com/kubectl-mesh/kubectl-mesh/internal/transaction"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
)

func begin(t testing.TB, dir string, hook disk.Hook) *transaction.Tx {
	t.Helper()
	tx, err := transaction.Begin(t.Context(), dir, transaction.Options{Command: "test", Hook: serial(hook)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(tx.Close)
	return tx
}

// serial calls a hook for one operation at a time, so that it needs no lock for what it counts.
func serial(hook disk.Hook) disk.Hook {
	if hook == nil {
		return nil
	}
	var mutex sync.Mutex
	return func(op, name string) error {
		mutex.Lock()
		defer mutex.Unlock()
		return hook(op, name)
	}
}

func commit(t testing.TB, tx *transaction.Tx) transaction.Report {
	t.Helper()
	report, err := tx.Commit(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

func put(t testing.TB, dir, name, content string, mode fs.FileMode) {
	t.Helper()
	file := filepath.Join(dir, filepath.FromSlash(name))
	dirMode := fs.FileMode(0o755)
	if mode == 0o600 {
		dirMode = 0o700
	}
	if err := os.MkdirAll(filepath.Dir(file), dirMode); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(content), mode); err != nil {
		t.Fatal(err)
	}
}

// snapshot lists all below dir: the mode and the content of a file, where a link leads, the mode of a
// directory; but not the lock and the staging directory, which list sees.
func snapshot(t testing.TB, dir string) map[string]string {
	t.Helper()
	all := everything(t, dir)
	maps.DeleteFunc(all, func(name, _ string) bool {
		return name == ".kubectl-mesh/" || name == ".kubectl-mesh/lock" || strings.HasPrefix(name, ".kubectl-mesh/staging/")
	})
	return all
}

func everything(t testing.TB, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := filepath.WalkDir(dir, func(file string, entry fs.DirEntry, err error) error {
		if err != nil || file == dir {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(dir, file)
		if err != nil {
			return err
		}
		name := filepath.ToSlash(rel)
		switch {
		case entry.IsDir():
			all[name+"/"] = info.Mode().String()
		case info.Mode().IsRegular():
			text, err := os.ReadFile(file)
			all[name] = info.Mode().String() + " " + string(text)
			return err
		default:
			all[name] = info.Mode().String()
		}
		return nil
	})
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	return all
}

func equal[T any](t testing.TB, what string, got, want T) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s: (-want +got)\n%s", what, diff)
	}
}

// wantProblems compares the texts and the remedies of an error; DIR in them stands for dir.
func wantProblems(t testing.TB, err error, dir string, want ...string) {
	t.Helper()
	var got []string
	for _, problem := range hint.List(err) {
		got = append(got, strings.ReplaceAll(problem.Text, dir, "DIR"))
		for _, remedy := range problem.Remedies {
			got = append(got, "hint: "+strings.ReplaceAll(remedy, dir, "DIR"))
		}
	}
	equal(t, "problems", got, want)
}

// scenario is a change of that workspace.
type scenario struct {
	change func(*transaction.Tx)
	after  func(before map[string]string) map[string]string
}

var (
	wholeRotation = scenario{rotation, rotated}
	// A change of each kind, for tests of very many runs.
	shortRotation = scenario{
		func(tx *transaction.Tx) {
			tx.Write("credentials/east/ca-key.pem", []byte("east key 2"), transaction.Private)
			tx.Write("trust/west/ca-cert.pem", []byte("west"), transaction.Public)
			tx.Remove("clusters/gone.yaml")
		},
		func(before map[string]string) map[string]string {
			after := maps.Clone(before)
			after["credentials/east/ca-key.pem"] = "-rw------- east key 2"
			after["trust/west/"], after["trust/west/ca-cert.pem"] = "drwxr-xr-x", "-rw-r--r-- west"
			delete(after, "clusters/gone.yaml")
			return after
		},
	}
)

func remedies(err error) []string { return hint.Of(err) }

// workspace is what the tests that kill and fail begin with.
func workspace(t testing.TB) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "mesh")
	put(t, dir, "mesh.yaml", "mesh", 0o644)
	put(t, dir, "clusters/gone.yaml", "gone", 0o644)
	put(t, dir, "trust/root-cert.pem", "root 1", 0o644)
	put(t, dir, "trust/east/ca-cert.pem", "east 1", 0o644)
	put(t, dir, "credentials/root-key.pem", "root key 1", 0o600)
	put(t, dir, "credentials/east/ca-key.pem", "east key 1", 0o600)
	put(t, dir, "credentials/east/token", "exposed", 0o644)
	return dir
}

// rotation replaces, creates, removes, renames and makes private.
func rotation(tx *transaction.Tx) {
	tx.Rename("credentials/root-key.pem", "credentials/root-key-old.pem")
	tx.Write("credentials/root-key.pem", []byte("root key 2"), transaction.Private)
	tx.Write("trust/root-cert.pem", []byte("root 2"), transaction.Public)
	tx.Write("trust/east/ca-cert.pem", []byte("east 2"), transaction.Public)
	tx.Write("credentials/east/ca-key.pem", []byte("east key 2"), transaction.Private)
	tx.Write("credentials/east/token", []byte("exposed"), transaction.Private)
	tx.Write("trust/west/ca-cert.pem", []byte("west"), transaction.Public)
	tx.Write("credentials/west/north/ca-key.pem", []byte("west key"), transaction.Private)
	tx.Write(".kubectl-mesh/state.yaml", []byte("state"), transaction.Public)
	tx.Remove("clusters/gone.yaml")
	tx.Remove("clusters/never.yaml")
}

// rotated is the workspace after the rotation.
func rotated(before map[string]string) map[string]string {
	after := maps.Clone(before)
	maps.Copy(after, map[string]string{
		"credentials/root-key-old.pem": "-rw------- root key 1", "credentials/root-key.pem": "-rw------- root key 2",
		"trust/root-cert.pem": "-rw-r--r-- root 2", "trust/east/ca-cert.pem": "-rw-r--r-- east 2",
		"credentials/east/ca-key.pem": "-rw------- east key 2", "credentials/east/token": "-rw------- exposed",
		"trust/west/": "drwxr-xr-x", "trust/west/ca-cert.pem": "-rw-r--r-- west",
		"credentials/west/": "drwx------", "credentials/west/north/": "drwx------",
		"credentials/west/north/ca-key.pem": "-rw------- west key", ".kubectl-mesh/state.yaml": "-rw-r--r-- state",
	})
	delete(after, "clusters/gone.yaml")
	return after
}
