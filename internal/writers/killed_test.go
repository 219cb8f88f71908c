package writers_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/internal/testutil/crash"
	"github.com/kubectl-mesh/kubectl-mesh/internal/testutil/fakeapi"
	"github.com/kubectl-mesh/kubectl-mesh/internal/testutil/files"
	"github.com/kubectl-mesh/kubectl-mesh/internal/workspace"
)

// TestKilled ends each command at each of its file operations, reads the workspace, and runs the command again.
// The workspace is as before or as after, and nothing is left over. From an operation on every one fails, as it
// would for a process that is gone; TestKilledProcess does the same with processes.
func TestKilled(t *testing.T) {
	dead := errors.New("the process is gone")
	for _, s := range offline() {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			d := newFixture(t, s)
			n := 1
			for ; !t.Failed(); n++ {
				point := crash.FailFrom(n, dead)
				home := d.copy()
				got := run(point.Hook, d.args(home)...)
				if !point.Reached() {
					break
				}
				d.checkAfterDeath(fmt.Sprintf("killed at operation %d", n), home, got)
				d.forget(home)
			}
			t.Logf("killed %d times", n-1)
		})
	}
}

// TestDiskFull has each operation of each command fail once, as a full disk does. The command takes everything
// back by itself.
func TestDiskFull(t *testing.T) {
	for _, s := range offline() {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			d := newFixture(t, s)
			n := 1
			for ; !t.Failed(); n++ {
				point := crash.FailAt(n, syscall.ENOSPC)
				home := d.copy()
				got := run(point.Hook, d.args(home)...)
				if !point.Reached() {
					break
				}
				what := fmt.Sprintf("no space at operation %d: %s", n, got)
				d.checkState(what, home)
				if got.code == 0 && !d.isAfter(logical(t, home)) {
					t.Errorf("%s: it says that it has succeeded", what)
				}
				if len(leftovers(t, home)) > 0 || len(differing(d.before, logical(t, home))) > 0 { // else this is where it began
					d.checkAgain(what, home)
				}
				d.forget(home)
			}
			t.Logf("failed %d times", n-1)
		})
	}
}

// fixture is where one scenario is run again and again.
type fixture struct {
	*testing.T
	scenario
	ground, base string
	kubeconfig   string
	last         string // line that was printed
	homes        int
	before       map[string]string
	// loads: the mesh has no problems of structure before.
	loads bool
	// after is what an uninterrupted run leaves, changed are the files that it changes.
	after   map[string]string
	changed []string
}

func newFixture(t *testing.T, s scenario) *fixture {
	t.Helper()
	d := prepare(t, s)
	home := d.copy()
	d.must(run(nil, d.args(home)...))
	d.after = logical(t, home)
	if d.changed = differing(d.before, d.after); len(d.changed) == 0 {
		t.Fatal("the command changes nothing")
	}
	checkConsistent(t, "uninterrupted", home, true)
	if left := leftovers(t, home); len(left) > 0 {
		t.Errorf("uninterrupted: left over: %v", left)
	}
	d.forget(home)
	return d
}

// prepare is a scenario before its command.
func prepare(t *testing.T, s scenario) *fixture {
	t.Helper()
	d := &fixture{T: t, scenario: s, ground: ground(t)}
	d.base = filepath.Join(d.ground, "base")
	east, west := fakeapi.New(t, "uid-east"), fakeapi.New(t, "uid-west")
	d.kubeconfig = fakeapi.Kubeconfig(t, map[string]*fakeapi.Server{"east": east, "west": west})
	files.Write(t, d.base, s.files)
	if err := os.MkdirAll(d.base, 0o755); err != nil {
		t.Fatal(err)
	}
	for command := range strings.SplitSeq(s.setup, ";") {
		if command = strings.TrimSpace(command); command != "" {
			d.must(run(nil, d.fill(command, d.base)...))
		}
	}
	if s.edit != nil {
		s.edit(t, d.base)
	}
	d.before, d.loads = logical(t, d.base), load(t, d.base) == nil
	return d
}

func (d *fixture) must(got result) {
	d.Helper()
	if got.code != 0 {
		d.Fatal(got)
	}
	if lines := strings.Fields(got.stdout); len(lines) > 0 {
		d.last = lines[len(lines)-1]
	}
}

// args are the command for a copy of the workspace.
func (d *fixture) args(home string) []string { return d.fill(d.scenario.args, home) }

func (d *fixture) fill(command, home string) []string {
	dumps, err := filepath.Abs("../../pkg/gke/testdata")
	if err != nil {
		d.Fatal(err)
	}
	values := strings.NewReplacer("DIR", home, "KUBECONFIG", d.kubeconfig, "DUMPS", dumps, "FINGERPRINT", d.last)
	return append(strings.Fields(values.Replace(command)), "-f", filepath.Join(home, "mesh.yaml"))
}

// copy is the workspace before the command; it is in the same repository.
func (d *fixture) copy() string {
	d.homes++
	home := filepath.Join(d.ground, fmt.Sprintf("home-%d", d.homes))
	copyTo(d.T, d.base, home)
	return home
}

func (d *fixture) forget(home string) {
	if err := os.RemoveAll(home); err != nil {
		d.Fatal(err)
	}
}

func (d *fixture) checkAfterDeath(what, home string, got result) {
	d.Helper()
	if got.code == 0 && !d.isAfter(logical(d.T, home)) && !d.byWriter {
		d.Errorf("%s: it says that it has succeeded", what)
	}
	d.settle(home)
	d.checkState(what, home)
	d.checkAgain(what, home)
}

// settle is what the next command does first: a reader, or for trees a writer.
func (d *fixture) settle(home string) {
	d.Helper()
	from := workspace.Source{Filename: filepath.Join(home, "mesh.yaml")}
	if d.byWriter {
		tx, err := from.Lock(d.Context())
		if err != nil {
			d.Fatal(err)
		}
		tx.Close()
		return
	}
	ws, _, err := workspace.Read(d.Context(), from)
	if err == nil {
		ws.Close()
	}
}

// checkState: the workspace is as before or as after; or in between, where a command makes several changes.
func (d *fixture) checkState(what, home string) {
	d.Helper()
	now := logical(d.T, home)
	changed := differing(d.before, now)
	switch {
	case len(changed) == 0 || d.isAfter(now):
	case d.several && !slices.ContainsFunc(changed, func(name string) bool { return !slices.Contains(d.changed, name) }):
	default:
		d.Errorf("%s: half changed: %v of %v", what, changed, d.changed)
	}
	checkConsistent(d.T, what, home, d.loads || d.isAfter(now))
}

// isAfter reports whether everything has changed that the command changes.
func (d *fixture) isAfter(now map[string]string) bool {
	for name := range now {
		if _, there := d.after[name]; !there {
			return false
		}
	}
	return slices.Equal(differing(d.before, now), d.changed)
}

// checkAgain runs the command again: what it does then may rest on what was done already.
func (d *fixture) checkAgain(what, home string) {
	d.Helper()
	wasDone := !slices.Equal(differing(d.before, logical(d.T, home)), nil)
	got := run(nil, d.args(home)...)
	if got.code != 0 && !wasDone {
		d.Errorf("%s: the same command again: %s", what, got)
	}
	if now := logical(d.T, home); !wasDone && !d.isAfter(now) {
		d.Errorf("%s: the same command again changes %v, want %v", what, differing(d.before, now), d.changed)
	}
	checkConsistent(d.T, what+", and run again", home, true)
	if left := leftovers(d.T, home); len(left) > 0 {
		d.Errorf("%s, and run again: left over: %v", what, left)
	}
}
