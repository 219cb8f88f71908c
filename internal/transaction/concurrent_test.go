package transaction_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/kubectl-mesh/kubectl-mesh/internal/transaction"
)

// patience bounds what would otherwise wait for ever when the code is wrong.
const patience = 2 * time.Minute

// Two and three processes add to the same counters at once: whoever waits adds to what the one before left, and
// whoever does not wait is refused with a reason. No number is lost, and the files agree at all times.
func TestWritersAtOnce(t *testing.T) {
	rounds := 100
	if testing.Short() {
		rounds = 5
	}
	for _, writers := range []int{2, 3} {
		for _, wait := range []time.Duration{patience, 0} {
			t.Run(fmt.Sprintf("%d writers, waiting %v", writers, wait), func(t *testing.T) {
				ctx, cancel := context.WithTimeout(t.Context(), 4*patience)
				defer cancel()
				dir := t.TempDir()
				total, refused := 0, 0
				for range rounds {
					done := race(ctx, t, dir, writers, wait)
					if total += done; wait > 0 && done != writers {
						t.Fatalf("%d of %d writers wrote", done, writers)
					}
					refused += writers - done
					if err := sameCounters(os.DirFS(dir), total); err != nil {
						t.Fatal(err)
					}
				}
				t.Logf("%d commits, %d refused", total, refused)
			})
		}
	}
}

// race starts writers at once and returns how many of them wrote. The others have to say who was faster.
func race(ctx context.Context, t *testing.T, dir string, writers int, wait time.Duration) (done int) {
	t.Helper()
	processes := make([]*exec.Cmd, writers)
	stderr := make([]bytes.Buffer, writers)
	for i := range processes {
		processes[i] = child(ctx, t, "count", dir, "links,", wait)
		processes[i].Stderr = &stderr[i]
		if err := processes[i].Start(); err != nil {
			t.Fatal(err)
		}
	}
	for i, process := range processes {
		err := process.Wait()
		text := stderr[i].String()
		switch {
		case err == nil:
			done++
		case !strings.Contains(text, "in use by another run: "):
			t.Errorf("writer %d: %v: %s", i, err, text)
		}
	}
	if done == 0 {
		t.Error("nobody wrote")
	}
	return done
}

// holding starts a process that has the lock until the test ends.
func holding(t *testing.T, dir string) *exec.Cmd {
	t.Helper()
	cmd := child(t.Context(), t, "hold", dir, "links,", 0)
	if _, err := cmd.StdinPipe(); err != nil { // it waits for the end of it
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	if _, err := io.ReadFull(stdout, make([]byte, len("held\n"))); err != nil {
		t.Fatal(err)
	}
	return cmd
}

func TestBusy(t *testing.T) {
	dir := t.TempDir()
	cmd := holding(t, dir)
	host, err := os.Hostname()
	if err != nil {
		t.Fatal(err)
	}
	for _, wait := range []time.Duration{0, 20 * time.Millisecond} {
		_, err = transaction.Begin(t.Context(), dir, transaction.Options{Wait: wait})
		if !errors.Is(err, transaction.ErrBusy) {
			t.Fatal(err)
		}
		wantProblems(t, err, dir,
			fmt.Sprintf(`open DIR for writing: in use by another run: "hold" (process %d on %s) is changing it`, cmd.Process.Pid, host),
			"hint: wait until it has finished, then run the same command again")
	}
}

func TestWaitIsInterrupted(t *testing.T) {
	dir := t.TempDir()
	holding(t, dir)
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errors.New("interrupt"))
	_, err := transaction.Begin(ctx, dir, transaction.Options{Wait: patience})
	wantProblems(t, err, dir, "open DIR for writing: wait for another run: interrupt")
}

// The lock ends with the process, however it ends, and the next run does not wait.
func TestLockOfAKilledProcess(t *testing.T) {
	dir := t.TempDir()
	cmd := holding(t, dir)
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // killed
	begin(t, dir, nil)
}

// A program that a run starts, and that outlives the transaction, has no part of the lock.
func TestLockIsNotInherited(t *testing.T) {
	dir, elsewhere := t.TempDir(), t.TempDir()
	tx := begin(t, dir, nil)
	holding(t, elsewhere)
	tx.Close()
	begin(t, dir, nil)
}

// In one process, too, there is one writer at a time.
func TestLockInOneProcess(t *testing.T) {
	dir := t.TempDir()
	tx := begin(t, dir, nil)
	_, err := transaction.Begin(t.Context(), dir, transaction.Options{})
	if !errors.Is(err, transaction.ErrBusy) {
		t.Fatal(err)
	}
	tx.Close()
	begin(t, dir, nil)
}

// git clean removes an ignored file, also a lock that is held. The run that holds it notices before it writes.
func TestLockIsRemoved(t *testing.T) {
	dir := t.TempDir()
	tx := begin(t, dir, nil)
	if err := os.Remove(filepath.Join(dir, ".kubectl-mesh", "lock")); err != nil {
		t.Fatal(err)
	}
	other := begin(t, dir, nil)
	tx.Write("a", []byte("a"), transaction.Public)
	_, err := tx.Commit(t.Context(), nil)
	wantProblems(t, err, dir, "DIR/.kubectl-mesh/lock was removed or replaced while this command ran",
		"hint: run the same command again: it then uses the current files")
	other.Write("a", []byte("b"), transaction.Public)
	commit(t, other)
}

// A run that changes nothing removes its lock, while others open it. Still no two of them have it at once.
func TestLockIsRemovedByItsHolder(t *testing.T) {
	dir := t.TempDir()
	var holders atomic.Int64
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			for range 100 {
				tx, err := transaction.Begin(t.Context(), dir, transaction.Options{Wait: patience})
				if err != nil {
					t.Error(err)
					return
				}
				if n := holders.Add(1); n != 1 {
					t.Errorf("%d runs have the lock", n)
				}
				runtime.Gosched()
				holders.Add(-1)
				tx.Close()
			}
		})
	}
	group.Wait()
	if lock, left := everything(t, dir)[".kubectl-mesh/lock"]; left {
		t.Errorf("the lock is left: %s", lock)
	}
}
