package output_test

import (
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/internal/output"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
)

var errInjected = errors.New("injected")

// crashCase is a run that is stopped at every operation.
type crashCase struct {
	name   string
	before func(t *testing.T, dir string)
	tree   layout.Tree
	opts   output.Options
	after  map[string]string // apart from mesh.lock
}

func crashCases() []crashCase {
	old := treeOf("base/a", "a", "base/b", "b", "base/f", "f", "east/c", "c", "g/h", "h", "same", "s", "west/x/d", "d", "z/j", "j")
	write := func(t *testing.T, dir string) {
		mustWrite(t, dir, old, output.Options{})
		put(t, dir, "base/README", "foreign")
		remove(t, dir, "z/j")
	}
	// Changed, new in an old directory, new in a new directory, stale, a directory emptied, a file that
	// becomes a directory, a directory that becomes a file, the same where a hand has emptied it before.
	next := treeOf("base/a", "A", "base/f/i", "i", "base/n", "n", "g", "g",
		"new/x/e", "e", "new/y/e", "e", "same", "s", "z", "z")
	after := asMap(next)
	after["base/README"] = "foreign"
	// Few files, because every sync takes its time.
	private := output.Options{Private: true}
	secrets := func(t *testing.T, dir string) { mustWrite(t, dir, treeOf("a", "a", "b/c", "c"), private) }
	return []crashCase{
		{name: "first", tree: old, after: asMap(old)},
		{name: "next", before: write, tree: next, after: after},
		{
			name: "private", before: secrets, tree: treeOf("a", "A", "d/e", "e"), opts: private,
			after: map[string]string{"a": "A", "d/e": "e"},
		},
		{
			name: "scope", before: write, tree: scoped(treeOf("base/a", "A"), "base/"),
			after: map[string]string{
				"base/a": "A", "base/README": "foreign", "east/c": "c", "g/h": "h", "same": "s", "west/x/d": "d", "z/": "",
			},
		},
		{
			name: "force",
			before: func(t *testing.T, dir string) {
				write(t, dir)
				put(t, dir, "base/a", "hand")
				put(t, dir, "base/b", "hand")
				put(t, dir, "new/x/e", "foreign")
			},
			tree: next, opts: output.Options{Force: true}, after: after,
		},
		{
			name: "left-over",
			before: func(t *testing.T, dir string) {
				write(t, dir)
				put(t, dir, ".kubectl-mesh-staging-0/old/1", "x")
			},
			tree: next, after: after,
		},
	}
}

// leftOver is what an earlier run that was killed has left.
const leftOver = "out/deploy/.kubectl-mesh-staging-0/old/1"

// prepare makes the state before a run; the directory does not exist when nothing was there.
func (c crashCase) prepare(t *testing.T) string {
	dir := filepath.Join(t.TempDir(), "out", "deploy")
	if c.before != nil {
		c.before(t, dir)
	}
	return dir
}

// failing fails the calls for which fails is true, counted from 1.
type failing struct {
	calls atomic.Int64
	fails func(call int) bool
	hit   atomic.Bool
	err   error
}

func (f *failing) inject(string) error {
	if !f.fails(int(f.calls.Add(1))) {
		return nil
	}
	f.hit.Store(true)
	return f.err
}

// One operation fails, everything after it works: the directory is as it was, or complete when it
// was only the clean-up that failed.
func TestWriteFails(t *testing.T) {
	for _, c := range crashCases() {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			for n := 1; ; n++ {
				dir := c.prepare(t)
				home := filepath.Dir(filepath.Dir(dir))
				before := snapshot(t, home)
				f := &failing{fails: func(call int) bool { return call == n }, err: syscall.ENOSPC}
				_, err := output.WriteInjected(dir, c.tree, c.opts, f.inject)
				if !f.hit.Load() {
					t.Logf("%d operations", n-1)
					break
				}
				c.checkFailure(t, n, home, dir, before, err)
				if t.Failed() {
					return
				}
			}
		})
	}
}

func (c crashCase) checkFailure(t *testing.T, n int, home, dir string, before map[string]string, err error) {
	t.Helper()
	what := fmt.Sprintf("call %d: %v", n, err)
	if remedies := hint.Of(err); len(remedies) > 1 {
		t.Errorf("%s: one remedy is enough: %q", what, remedies)
	}
	switch {
	case err == nil:
		// A directory that cannot be synced, or that was not empty: no reason to fail.
		equal(t, what, files(t, dir), c.after)
	case strings.Contains(printed(err), "hint: the tree is complete"):
		all := files(t, dir)
		maps.DeleteFunc(all, func(path, _ string) bool { return strings.HasPrefix(path, ".kubectl-mesh-staging-0/") })
		equal(t, what, all, c.after)
	case !errors.Is(err, syscall.ENOSPC):
		t.Errorf("%s: the cause is lost", what)
	default:
		now := snapshot(t, home)
		if _, still := now[leftOver]; !still {
			delete(before, leftOver) // that went first, and for good
		}
		equal(t, what, now, before)
	}
}

// The process dies at one operation, so that no clean-up runs: every file is whole, those of
// others are untouched, and the next run needs no force.
func TestWriteIsKilled(t *testing.T) {
	for _, c := range crashCases() {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			for n := 1; ; n++ {
				dir := c.prepare(t)
				before := files(t, dir)
				f := &failing{fails: func(call int) bool { return call >= n }, err: errInjected}
				_, _ = output.WriteInjected(dir, c.tree, c.opts, f.inject)
				if !f.hit.Load() {
					return
				}
				if c.checkKilled(t, fmt.Sprintf("call %d", n), dir, before); t.Failed() {
					return
				}
			}
		})
	}
}

// One operation fails, and the process dies while it takes back what it did.
func TestWriteFailsAndIsKilled(t *testing.T) {
	if testing.Short() {
		t.Skip("some hundred runs")
	}
	for _, c := range crashCases() {
		if c.name != "next" && c.name != "force" {
			continue // they take nothing back that these two do not
		}
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			for n := 1; ; n++ {
				for m := n + 2; ; m++ {
					dir := c.prepare(t)
					before := files(t, dir)
					f := &failing{fails: func(call int) bool { return call == n || call >= m }, err: errInjected}
					_, _ = output.WriteInjected(dir, c.tree, c.opts, f.inject)
					if !f.hit.Load() {
						return
					}
					if c.checkKilled(t, fmt.Sprintf("calls %d and %d", n, m), dir, before); t.Failed() {
						return
					}
					if f.calls.Load() < int64(m) {
						break
					}
				}
			}
		})
	}
}

func (c crashCase) checkKilled(t *testing.T, what, dir string, before map[string]string) {
	t.Helper()
	now := onlyFiles(files(t, dir))
	for path, text := range now {
		if text != before[path] && text != c.after[path] {
			t.Errorf("%s: %s holds %q", what, path, text)
		}
	}
	opts := c.opts
	opts.Force = false
	_, err := output.Write(dir, c.tree, opts)
	switch {
	case err == nil:
		equal(t, what, files(t, dir), c.after)
	case c.opts.Force && maps.Equal(now, onlyFiles(before)):
		// It was killed before it did anything that needed force.
	default:
		t.Errorf("%s: %v", what, err)
	}
}

// onlyFiles leaves out what is staged, and empty directories.
func onlyFiles(all map[string]string) map[string]string {
	all = maps.Clone(all)
	maps.DeleteFunc(all, func(path, _ string) bool {
		return strings.HasPrefix(path, ".kubectl-mesh-staging-") || strings.HasSuffix(path, "/")
	})
	return all
}

// After a kill the way back is as open as the way on.
func TestWriteIsKilledAndTakenBack(t *testing.T) {
	c := crashCases()[1]
	for n := 1; ; n++ {
		dir := c.prepare(t)
		before := files(t, dir)
		delete(before, "base/README")
		delete(before, "z/")
		f := &failing{fails: func(call int) bool { return call >= n }, err: errInjected}
		_, _ = output.WriteInjected(dir, c.tree, c.opts, f.inject)
		if !f.hit.Load() {
			return
		}
		var pairs []string
		for path, text := range before {
			pairs = append(pairs, path, text)
		}
		mustWrite(t, dir, treeOf(pairs...), output.Options{})
		before["base/README"] = "foreign"
		equal(t, fmt.Sprintf("call %d", n), files(t, dir), before)
	}
}
