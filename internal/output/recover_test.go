package output_test

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/internal/output"
)

// The process dies at one operation. Whatever runs next, with or without the tree, finds the tree of before or the
// one of after, with the mesh.lock that belongs to it, and no staging directory.
func TestRecover(t *testing.T) {
	for _, c := range crashCases() {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			outcomes := map[string]int{}
			for n := 1; ; n++ {
				dir := c.prepare(t)
				before := snapshot(t, dir)
				delete(before, ".kubectl-mesh-staging-0/old/1")
				f := &failing{fails: func(call int) bool { return call >= n }, err: errInjected}
				_, _ = output.WriteInjected(dir, c.tree, c.opts, f.inject)
				if !f.hit.Load() {
					t.Logf("%d operations: %v", n-1, outcomes)
					return
				}
				if outcomes[c.checkRecovered(t, fmt.Sprintf("call %d", n), dir, before)]++; t.Failed() {
					return
				}
			}
		})
	}
}

func (c crashCase) checkRecovered(t *testing.T, what, dir string, before map[string]string) string {
	t.Helper()
	completed, err := output.Recover(dir, output.Options{Private: c.opts.Private})
	if err != nil {
		t.Errorf("%s: %v", what, err)
	}
	now := snapshot(t, dir)
	_, again := output.Recover(dir, output.Options{Private: c.opts.Private})
	equal(t, what+", again", snapshot(t, dir), now)
	differences, err := output.Check(dir, c.tree, c.opts)
	switch {
	case again != nil || err != nil:
		t.Error(what, again, err)
	case !completed && maps.Equal(now, before):
		return "before"
	case len(differences) == 0 && maps.Equal(withoutLock(now), c.after):
		return "after"
	}
	equal(t, what, now, before)
	return "neither"
}

func withoutLock(all map[string]string) map[string]string {
	all = maps.Clone(all)
	delete(all, "mesh.lock")
	return all
}

// The recovery dies as well, at each of its operations; so does a run that takes back what it did.
func TestRecoverIsKilled(t *testing.T) {
	if testing.Short() {
		t.Skip("some thousand runs")
	}
	for _, c := range crashCases()[:2] {
		for _, step := range []int{1, 1 << 20} { // the operation after n fails as well, or all of them do
			t.Run(fmt.Sprint(c.name, step), func(t *testing.T) {
				t.Parallel()
				for n := 1; ; n += 3 {
					for m := 1; ; m += 2 {
						dir := c.prepare(t)
						before := snapshot(t, dir)
						f := &failing{fails: func(call int) bool { return call >= n && (step > 1 || call == n || call >= n+2+m) }, err: errInjected}
						_, _ = output.WriteInjected(dir, c.tree, c.opts, f.inject)
						if !f.hit.Load() {
							return
						}
						g := &failing{fails: func(call int) bool { return call >= m }, err: errInjected}
						_, _ = output.RecoverInjected(dir, c.opts, g.inject)
						if c.checkRecovered(t, fmt.Sprintf("calls %d and %d", n, m), dir, before); t.Failed() {
							return
						}
						if !g.hit.Load() {
							break
						}
					}
				}
			})
		}
	}
}

// interrupted is a directory whose second tree is half in place: one file was replaced, another one was not.
func interrupted(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	mustWrite(t, dir, treeOf("a", "1", "b", "1", "gone/c", "1"), output.Options{})
	replaced := 0
	_, err := output.WriteInjected(dir, treeOf("a", "2", "b", "2", "new/d", "2"), output.Options{}, func(op string) error {
		if op == "replace" {
			replaced++
		}
		if replaced > 1 {
			return errInjected
		}
		return nil
	})
	if !errors.Is(err, errInjected) {
		t.Fatal(err)
	}
	return dir
}

// A run takes everything back, and dies while it removes what it had staged: nothing of that is put in place.
func TestRecoverAfterARunTookEverythingBack(t *testing.T) {
	dir := t.TempDir()
	mustWrite(t, dir, treeOf("a", "1", "b", "1"), output.Options{})
	before := snapshot(t, dir)
	failed := false
	_, err := output.WriteInjected(dir, treeOf("a", "2", "b", "2"), output.Options{}, func(op string) error {
		if failed && op == "remove" || !failed && op == "replace" {
			failed = true
			return errInjected
		}
		return nil
	})
	if !errors.Is(err, errInjected) {
		t.Fatal(err)
	}
	remove(t, dir, ".kubectl-mesh-staging-0/new/b")
	completed, err := output.Recover(dir, output.Options{})
	if completed || err != nil {
		t.Error(completed, err)
	}
	equal(t, "files", snapshot(t, dir), before)
}

// A file that a hand changed since is not overwritten, and nothing is done until it is out of the way.
func TestRecoverRefuses(t *testing.T) {
	c := crashCases()[1]
	for n := 1; ; n++ {
		dir := c.prepare(t)
		before := snapshot(t, dir)
		f := &failing{fails: func(call int) bool { return call >= n }, err: errInjected}
		_, _ = output.WriteInjected(dir, c.tree, c.opts, f.inject)
		if !f.hit.Load() {
			return
		}
		put(t, dir, "base/a", "hand")
		now := snapshot(t, dir)
		completed, err := output.Recover(dir, output.Options{})
		if err != nil {
			wantError(t, err, dir, `recover DIR: complete the interrupted run: 1 path conflicts; nothing was written
  base/a: edited by hand
hint: save what you need from these files, then run again with --force`)
			equal(t, fmt.Sprintf("call %d", n), snapshot(t, dir), now)
		} else if text, _ := os.ReadFile(filepath.Join(dir, "base/a")); string(text) != "hand" {
			t.Errorf("call %d: the edit is lost: %q %v", n, text, completed)
		}
		remove(t, dir, "base/a")
		put(t, dir, "base/a", before["base/a"])
		if _, err := output.Recover(dir, output.Options{}); err != nil {
			t.Errorf("call %d: %v", n, err)
		}
	}
}

// What a power failure took from a staged file is not put in place.
func TestRecoverAfterPowerFailure(t *testing.T) {
	dir := interrupted(t)
	text, err := os.ReadFile(filepath.Join(dir, ".kubectl-mesh-staging-0/new/b"))
	if err != nil || string(text) != "2" {
		t.Fatalf("%q %v", text, err)
	}
	put(t, dir, ".kubectl-mesh-staging-0/new/b", "")
	completed, err := output.Recover(dir, output.Options{})
	if completed || err != nil {
		t.Error(completed, err)
	}
	equal(t, "b", files(t, dir)["b"], "1")
	tree := treeOf("a", "2", "b", "2", "new/d", "2")
	mustWrite(t, dir, tree, output.Options{})
	equal(t, "files", files(t, dir), asMap(tree))
}

func TestRecoverNothing(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "deploy")
	for _, when := range []string{"there is no directory", "there is a tree"} {
		if completed, err := output.Recover(dir, output.Options{}); completed || err != nil {
			t.Error(when, completed, err)
		}
		mustWrite(t, dir, treeOf("a", "1"), output.Options{})
	}
}

func TestRecoverWhileAnotherRunWrites(t *testing.T) {
	dir := t.TempDir()
	var during error
	_, err := output.WriteInjected(dir, treeOf("a", "1"), output.Options{}, func(op string) error {
		if op == "close" {
			_, during = output.Recover(dir, output.Options{})
		}
		return nil
	})
	if err != nil || !errors.Is(during, output.ErrBusy) {
		t.Error(err, during)
	}
}

// With --force a run does not stop at what another one left: what it replaces is its own to decide.
func TestForceNeedsNoRecovery(t *testing.T) {
	dir := interrupted(t)
	put(t, dir, "a", "hand")
	put(t, dir, "b", "hand")
	tree := treeOf("a", "3", "b", "3")
	_, err := output.Write(dir, tree, output.Options{})
	if err == nil || !strings.Contains(err.Error(), "complete the interrupted run: ") {
		t.Error(err)
	}
	mustWrite(t, dir, tree, output.Options{Force: true})
	equal(t, "files", files(t, dir), asMap(tree))
}
