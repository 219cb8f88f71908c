package transaction_test

import (
	"errors"
	"fmt"
	"maps"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/kubectl-mesh/kubectl-mesh/internal/disk"
	"github.com/kubectl-mesh/kubectl-mesh/internal/testutil/crash"
	"github.com/kubectl-mesh/kubectl-mesh/internal/transaction"
)

var errInjected = errors.New("injected")

// without is a hook on a file system that has no links, and otherwise asks another hook.
func without(links string, hook disk.Hook) disk.Hook {
	return func(op, name string) error {
		if hook != nil {
			if err := hook(op, name); err != nil {
				return err
			}
		}
		if links == "no links" && (op == "keep" || op == "link") {
			return syscall.EPERM
		}
		return nil
	}
}

// fileSystems are those that transactions work on in different ways.
var fileSystems = []string{"links", "no links"}

// A real process is killed at each file operation of a transaction: the next one finds everything as it was
// before or everything as it is after, and no temporary file.
func TestKill(t *testing.T) {
	for _, links := range fileSystems {
		t.Run(links, func(t *testing.T) {
			t.Parallel()
			var dir string
			var before map[string]string
			outcomes := map[string]int{}
			kills := crash.EachKill(t, func(point string) *exec.Cmd {
				dir = workspace(t)
				before = snapshot(t, dir)
				return child(t.Context(), t, "rotate", dir, links+","+point, 0)
			}, func(point string) {
				checkWhole(t, point, dir, before)
				outcomes[wholeRotation.checkRecovery(t, point, dir, before)]++
			})
			equal(t, "files", snapshot(t, dir), rotated(before))
			t.Logf("%d kills: %v", kills, outcomes)
			if outcomes["before"] < 50 || outcomes["after"] < 5 {
				t.Error("too few kills on one side of the commit")
			}
		})
	}
}

// checkWhole looks at a workspace after a kill, before anything recovers: each file has the old content or the
// new one, or is missing for a moment where the file system has no links; and nothing private is exposed.
func checkWhole(t *testing.T, what, dir string, before map[string]string) {
	t.Helper()
	after := rotated(before)
	for name, now := range snapshot(t, dir) {
		hidden := strings.Contains(name, ".kubectl-mesh-")
		switch {
		case hidden && strings.HasPrefix(name, "credentials/") && !strings.HasPrefix(now, "-rw-------") && !strings.HasSuffix(now, "exposed"):
			t.Errorf("%s: %s is %s", what, name, now)
		case !hidden && now != before[name] && now != after[name]:
			t.Errorf("%s: %s is %s", what, name, now)
		}
	}
}

// checkRecovery begins another transaction and tells which state it found.
func (s scenario) checkRecovery(t *testing.T, what, dir string, before map[string]string) string {
	t.Helper()
	begin(t, dir, nil).Close()
	now := snapshot(t, dir)
	for name := range everything(t, dir) {
		rest, staged := strings.CutPrefix(name, ".kubectl-mesh/staging/")
		if staged && rest != "" && rest != "settled" {
			t.Errorf("%s: %s is left", what, name)
		}
	}
	switch {
	case maps.Equal(now, before):
		return "before"
	case maps.Equal(now, s.after(before)):
		return "after"
	}
	equal(t, what, now, before)
	return "neither"
}

// Each operation fails once: everything is as before, or complete when only the clean-up failed.
func TestFail(t *testing.T) {
	for _, links := range fileSystems {
		t.Run(links, func(t *testing.T) {
			t.Parallel()
			for n := 1; ; n++ {
				dir := workspace(t)
				before := snapshot(t, dir)
				point := crash.FailAt(n, syscall.ENOSPC)
				err := wholeRotation.run(t, dir, without(links, point.Hook))
				if !point.Reached() {
					t.Logf("%d operations", n-1)
					return
				}
				if checkFailure(t, fmt.Sprintf("operation %d: %v", n, err), dir, before, err); t.Failed() {
					return
				}
			}
		})
	}
}

// run runs a whole transaction.
func (s scenario) run(t *testing.T, dir string, hook disk.Hook) error {
	t.Helper()
	tx, err := transaction.Begin(t.Context(), dir, transaction.Options{Command: "run", Hook: hook})
	if err != nil {
		return err
	}
	defer tx.Close()
	s.change(tx)
	report, err := tx.Commit(t.Context(), nil)
	return errors.Join(append(slices.Clone(report.Warnings), err)...)
}

func checkFailure(t *testing.T, what, dir string, before map[string]string, err error) {
	t.Helper()
	switch {
	case err == nil:
		// There was a way round: no link, or no name of the holder in the lock.
		equal(t, what, snapshot(t, dir), rotated(before))
	case !errors.Is(err, syscall.ENOSPC):
		t.Errorf("%s: the cause is lost", what)
	case strings.HasPrefix(err.Error(), "the change is complete"):
		equal(t, what, wholeRotation.checkRecovery(t, what, dir, before), "after")
	case strings.Contains(err.Error(), "and then"):
		t.Errorf("%s: one failure is no reason for two", what)
	default:
		equal(t, what, snapshot(t, dir), before)
	}
}

// The process is dead from each operation on, and so is the one that recovers, at each of its operations.
func TestDieTwice(t *testing.T) {
	if testing.Short() {
		t.Skip("some thousand transactions")
	}
	for _, links := range fileSystems {
		t.Run(links, func(t *testing.T) {
			t.Parallel()
			runs := 0
			for n := 1; ; n++ {
				for m := 1; ; m++ {
					dir := workspace(t)
					before := snapshot(t, dir)
					first, second := crash.FailFrom(n, errInjected), crash.FailFrom(m, errInjected)
					_ = shortRotation.run(t, dir, without(links, first.Hook))
					if !first.Reached() {
						t.Logf("%d runs", runs)
						return
					}
					runs++
					die(t, dir, without(links, second.Hook))
					if shortRotation.checkRecovery(t, fmt.Sprintf("operations %d and %d", n, m), dir, before); t.Failed() {
						return
					}
					if !second.Reached() {
						break
					}
				}
			}
		})
	}
}

// die begins a transaction, which recovers, and may not come far.
func die(t *testing.T, dir string, hook disk.Hook) {
	t.Helper()
	tx, err := transaction.Begin(t.Context(), dir, transaction.Options{Command: "die", Hook: hook})
	if err == nil {
		tx.Close()
	}
}

// One operation fails, and the process dies while it takes back what it did.
func TestFailAndDie(t *testing.T) {
	if testing.Short() {
		t.Skip("some thousand transactions")
	}
	for _, links := range fileSystems {
		t.Run(links, func(t *testing.T) {
			t.Parallel()
			for n := 1; ; n++ {
				for m := n + 1; ; m++ {
					dir := workspace(t)
					before := snapshot(t, dir)
					first, second := crash.FailAt(n, syscall.ENOSPC), crash.FailFrom(m, errInjected)
					_ = shortRotation.run(t, dir, without(links, both(first.Hook, second.Hook)))
					if !first.Reached() {
						return
					}
					if shortRotation.checkRecovery(t, fmt.Sprintf("operations %d and %d", n, m), dir, before); t.Failed() {
						return
					}
					if !second.Reached() {
						break
					}
				}
			}
		})
	}
}

func both(first, second disk.Hook) disk.Hook {
	return func(op, name string) error { return errors.Join(first(op, name), second(op, name)) }
}

// A run that is killed at an arbitrary moment, between operations and within them.
func TestKillAtAnyTime(t *testing.T) {
	if testing.Short() {
		t.Skip("fifty processes")
	}
	outcomes := map[string]int{}
	for round := range 50 {
		dir := workspace(t)
		before := snapshot(t, dir)
		cmd := child(t.Context(), t, "rotate", dir, "links,", 0)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		timer := time.AfterFunc(time.Duration(round)*time.Millisecond, func() { _ = cmd.Process.Kill() })
		_ = cmd.Wait() // killed, or not
		timer.Stop()
		what := fmt.Sprintf("after %d ms", round)
		checkWhole(t, what, dir, before)
		outcomes[wholeRotation.checkRecovery(t, what, dir, before)]++
	}
	t.Log(outcomes)
}
