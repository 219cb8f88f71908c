package transaction_test

import (
	"errors"
	"io/fs"
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/internal/transaction"
)

func TestCommit(t *testing.T) {
	dir := workspace(t)
	before := snapshot(t, dir)
	tx := begin(t, dir, nil)
	rotation(tx)
	tx.Write("mesh.yaml", []byte("mesh"), transaction.Public)
	equal(t, "before the commit", snapshot(t, dir), before)
	var seen string
	report, err := tx.Commit(t.Context(), func(files fs.FS) error {
		text, err := fs.ReadFile(files, "trust/west/ca-cert.pem")
		seen = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "verified", seen, "west")
	equal(t, "files", snapshot(t, dir), rotated(before))
	equal(t, "report", report, transaction.Report{
		Written: []string{
			".kubectl-mesh/state.yaml", "credentials/east/ca-key.pem", "credentials/east/token",
			"credentials/root-key-old.pem", "credentials/root-key.pem", "credentials/west/north/ca-key.pem",
			"trust/east/ca-cert.pem", "trust/root-cert.pem", "trust/west/ca-cert.pem",
		},
		Removed: []string{"clusters/gone.yaml"}, Unchanged: []string{"mesh.yaml"},
	})
}

// Several changes follow each other under one lock.
func TestCommitAgain(t *testing.T) {
	dir := workspace(t)
	tx := begin(t, dir, nil)
	for _, content := range []string{"1", "2", "2"} {
		tx.Write("clusters/east.yaml", []byte(content), transaction.Public)
		commit(t, tx)
	}
	equal(t, "nothing to do", commit(t, tx), transaction.Report{})
	text, err := tx.Read("clusters/east.yaml")
	equal(t, "file", string(text), "2")
	equal(t, "staging", everything(t, dir)[".kubectl-mesh/staging/settled"], "-rw-r--r-- 2\n")
	if err != nil {
		t.Error(err)
	}
}

// Without a commit nothing is left, not even the lock.
func TestCloseWithoutCommit(t *testing.T) {
	dir := workspace(t)
	before := everything(t, dir)
	tx := begin(t, dir, nil)
	rotation(tx)
	tx.Close()
	tx.Close()
	equal(t, "files", everything(t, dir), before)
	_, err := tx.Commit(t.Context(), nil)
	wantProblems(t, err, dir, "the transaction is closed")
}

func TestVerifyTakesBack(t *testing.T) {
	dir := workspace(t)
	before := snapshot(t, dir)
	tx := begin(t, dir, nil)
	rotation(tx)
	_, err := tx.Commit(t.Context(), func(fs.FS) error { return errors.New("the key does not fit the certificate") })
	wantProblems(t, err, dir, "verify what was written: the key does not fit the certificate")
	equal(t, "files", snapshot(t, dir), before)
	// The change is not forgotten: the caller may correct it.
	tx.Write("trust/west/ca-cert.pem", []byte("west"), transaction.Public)
	commit(t, tx)
	equal(t, "files", snapshot(t, dir), rotated(before))
}

func TestRead(t *testing.T) {
	dir := workspace(t)
	tx := begin(t, dir, nil)
	rotation(tx)
	read := func(name, want string) {
		t.Helper()
		text, err := tx.Read(name)
		if err != nil || string(text) != want {
			t.Errorf("%s: %q, %v", name, text, err)
		}
	}
	read("credentials/root-key.pem", "root key 2")
	read("credentials/root-key-old.pem", "root key 1")
	read("mesh.yaml", "mesh")
	for _, name := range []string{"clusters/gone.yaml", "clusters/never.yaml", "nowhere/x"} {
		if _, err := tx.Read(name); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestBeginCreatesTheWorkspace(t *testing.T) {
	home := t.TempDir()
	dir := home + "/new/mesh"
	tx := begin(t, dir, nil)
	tx.Close()
	equal(t, "without a commit", everything(t, home), map[string]string{})
	tx = begin(t, dir, nil)
	tx.Write("mesh.yaml", []byte("mesh"), transaction.Public)
	commit(t, tx)
	tx.Close()
	equal(t, "with one", snapshot(t, dir), map[string]string{"mesh.yaml": "-rw-r--r-- mesh"})
}
