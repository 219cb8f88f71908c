package transaction_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/internal/transaction"
)

func settle(t *testing.T, dir string) (transaction.Snapshot, []string) {
	t.Helper()
	snapshot, notes, err := transaction.Settle(t.Context(), dir, transaction.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return snapshot, notes
}

// A reader leaves no trace, and learns of every transaction that ended after it began to read, well or not.
func TestSettle(t *testing.T) {
	dir := workspace(t)
	before := everything(t, dir)
	snapshot, notes := settle(t, dir)
	equal(t, "files", everything(t, dir), before)
	if err := snapshot.Check(); err != nil || notes != nil {
		t.Error(err, notes)
	}
	tx := begin(t, dir, nil)
	if err := snapshot.Check(); err != nil {
		t.Errorf("an open transaction has changed nothing yet: %v", err)
	}
	rotation(tx)
	commit(t, tx)
	for range 2 {
		err := snapshot.Check()
		if !errors.Is(err, transaction.ErrChanged) {
			t.Error(err)
		}
		wantProblems(t, err, dir, "DIR: changed by another process: written by another run", hintReread)
		snapshot, _ = settle(t, dir)
		tx.Write("clusters/x.yaml", nil, transaction.Public)
		if _, err := tx.Commit(t.Context(), func(fs.FS) error { return errInjected }); !errors.Is(err, errInjected) {
			t.Error(err)
		}
	}
}

// While files may be half changed a reader waits; it begins when they are whole, though the lock is still held.
func TestSettleWaits(t *testing.T) {
	dir := workspace(t)
	tx := begin(t, dir, nil)
	tx.Write("clusters/x.yaml", []byte("x"), transaction.Public)
	done := make(chan error)
	seen, _ := settle(t, dir)
	_, err := tx.Commit(t.Context(), func(fs.FS) error {
		_, _, err := transaction.Settle(t.Context(), dir, transaction.Options{})
		if !errors.Is(err, transaction.ErrBusy) {
			t.Errorf("a reader that does not wait: %v", err)
		}
		if err := seen.Check(); !errors.Is(err, transaction.ErrChanged) {
			t.Errorf("a reader that began before: %v", err)
		}
		go func() {
			_, _, err := transaction.Settle(t.Context(), dir, transaction.Options{Wait: patience})
			if _, missing := os.Stat(filepath.Join(dir, "clusters/x.yaml")); err == nil {
				err = missing
			}
			done <- err
		}()
		return nil
	})
	if err := errors.Join(err, <-done); err != nil {
		t.Error(err)
	}
}

func TestSettleTakesBack(t *testing.T) {
	dir, before := interrupted(t, "settle")
	snapshot, notes := settle(t, dir)
	equal(t, "notes", notes, []string{`rolled back the interrupted "run": all files are unchanged`})
	if err := snapshot.Check(); err != nil {
		t.Error(err)
	}
	equal(t, "outcome", wholeRotation.checkRecovery(t, "settle", dir, before), "before")
}

// Who may not write learns why nothing can be read.
func TestSettleMayNotWrite(t *testing.T) {
	dir, _ := interrupted(t, "settle")
	_, _, err := transaction.Settle(t.Context(), dir, transaction.Options{Hook: func(op, _ string) error {
		if op == "open" {
			return os.ErrPermission
		}
		return nil
	}})
	wantProblems(t, err, dir, "a change of the workspace is incomplete: open DIR for writing: open .kubectl-mesh/lock: permission denied")
}
