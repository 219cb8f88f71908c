package transaction_test

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/internal/transaction"
)

const hintReread = "hint: run the same command again: it then uses the current files"

func TestExpect(t *testing.T) {
	dir := workspace(t)
	put(t, dir, "clusters/empty.yaml", "", 0o644)
	before := snapshot(t, dir)
	expect := func(want ...string) func(name, content string) {
		return func(name, content string) {
			t.Helper()
			tx := begin(t, dir, nil)
			defer tx.Close()
			tx.Write("clusters/new.yaml", nil, transaction.Public)
			tx.Expect(name, []byte(content))
			_, err := tx.Commit(t.Context(), nil)
			wantProblems(t, err, dir, want...)
			if len(want) > 0 && !errors.Is(err, transaction.ErrChanged) {
				t.Errorf("%s: %v", name, err)
			}
			if len(want) > 0 {
				equal(t, name, snapshot(t, dir), before)
			}
			_ = os.Remove(filepath.Join(dir, "clusters/new.yaml")) // it is there, or not
		}
	}
	expect()("mesh.yaml", "mesh")
	expect()("clusters/empty.yaml", "")
	expect("DIR/mesh.yaml: changed by another process", hintReread)("mesh.yaml", "other")
	expect("DIR/mesh.yaml: changed by another process", hintReread)("mesh.yaml", "")
	expect("DIR/clusters/no.yaml: changed by another process: it was removed", hintReread)("clusters/no.yaml", "")
}

// Nothing that must not exist yet is replaced; and all that changed is in one error.
func TestExpectNothing(t *testing.T) {
	dir := workspace(t)
	tx := begin(t, dir, nil)
	tx.Expect("credentials/root-key.pem", nil)
	tx.Expect("clusters/no.yaml", nil)
	tx.Expect("mesh.yaml", []byte("other"))
	tx.Write("credentials/root-key.pem", []byte("new"), transaction.Private)
	_, err := tx.Commit(t.Context(), nil)
	wantProblems(t, err, dir, "DIR/credentials/root-key.pem: changed by another process: it did not exist", hintReread,
		"DIR/mesh.yaml: changed by another process", hintReread)
}

// The target of a rename must be free.
func TestRenameReplacesNothing(t *testing.T) {
	dir := workspace(t)
	tx := begin(t, dir, nil)
	tx.Rename("credentials/root-key.pem", "credentials/east/ca-key.pem")
	_, err := tx.Commit(t.Context(), nil)
	wantProblems(t, err, dir, "DIR/credentials/east/ca-key.pem: changed by another process: it did not exist", hintReread)
}

// editors change a file in the two ways that editors do.
func editors() map[string]func(t *testing.T, file string) {
	return map[string]func(t *testing.T, file string){
		"in place": func(t *testing.T, file string) { put(t, filepath.Dir(file), filepath.Base(file), "edited", 0o644) },
		"by rename": func(t *testing.T, file string) {
			put(t, filepath.Dir(file), "saved", "edited", 0o644)
			if err := os.Rename(filepath.Join(filepath.Dir(file), "saved"), file); err != nil {
				t.Fatal(err)
			}
		},
	}
}

// An editor saves a file while it is being changed, at every point of a transaction: its text is never lost, and
// the change is there as a whole or not at all.
func TestEditWhileCommitting(t *testing.T) {
	for how, edit := range editors() {
		for _, links := range fileSystems {
			for _, name := range []string{"trust/root-cert.pem", "clusters/gone.yaml", "trust/new.pem"} {
				t.Run(how+"/"+links+"/"+name, func(t *testing.T) {
					t.Parallel()
					e := editing{links: links, name: name, edit: edit, outcomes: map[string]int{}}
					n := 1
					for e.at(t, n) && !t.Failed() {
						n++
					}
					t.Log(e.outcomes)
				})
			}
		}
	}
}

type editing struct {
	links, name string
	edit        func(t *testing.T, file string)
	outcomes    map[string]int
}

// at edits the file at operation n, and reports whether there were so many.
func (e editing) at(t *testing.T, n int) bool {
	t.Helper()
	dir := workspace(t)
	before := snapshot(t, dir)
	file := filepath.Join(dir, filepath.FromSlash(e.name))
	calls, edited, replaced, early := 0, false, false, false
	tx := begin(t, dir, without(e.links, func(op, name string) error {
		// Between its last look at a file and the system call that replaces it, a program sees nothing.
		blind := name == e.name && slices.Contains([]string{"create", "remove", "replace"}, op)
		replaced = replaced || blind || name == e.name && op == "link"
		if calls++; calls == n && !blind {
			edited, early = true, !replaced
			e.edit(t, file)
		}
		return nil
	}))
	tx.Expect("trust/root-cert.pem", []byte("root 1"))
	tx.Expect("clusters/gone.yaml", []byte("gone"))
	tx.Expect("trust/new.pem", nil)
	tx.Write("trust/root-cert.pem", []byte("root 2"), transaction.Public)
	tx.Write("trust/new.pem", []byte("new"), transaction.Public)
	tx.Remove("clusters/gone.yaml")
	_, err := tx.Commit(t.Context(), nil)
	now := snapshot(t, dir)
	if !edited {
		return calls >= n
	}
	if _, text, _ := strings.Cut(now[e.name], " "); text != "edited" {
		t.Errorf("operation %d: the edit is lost: %s: %v", n, now[e.name], err)
	}
	if early && err != nil && strings.Contains(err.Error(), "and then") {
		t.Errorf("operation %d: the file was not touched before, and there is nothing to restore: %v", n, err)
	}
	tx.Close()
	e.check(t, fmt.Sprintf("operation %d: %v", n, err), dir, before, err)
	return true
}

// check compares all but the edited file, which nobody may touch.
func (e editing) check(t *testing.T, what, dir string, before map[string]string, err error) {
	t.Helper()
	want := maps.Clone(before)
	switch {
	case err == nil:
		e.outcomes["edited after the change"]++
		want["trust/root-cert.pem"], want["trust/new.pem"] = "-rw-r--r-- root 2", "-rw-r--r-- new"
		delete(want, "clusters/gone.yaml")
	case strings.Contains(err.Error(), "and then"): // the person moves the edit away
		e.outcomes["edited during the change"]++
		if err := os.Remove(filepath.Join(dir, filepath.FromSlash(e.name))); err != nil {
			t.Fatal(err)
		}
		equal(t, what, wholeRotation.checkRecovery(t, what, dir, before), "before")
		return
	default:
		e.outcomes["edited before the change"]++
		if !errors.Is(err, transaction.ErrChanged) {
			t.Error(what)
		}
	}
	now := snapshot(t, dir)
	delete(now, e.name)
	delete(want, e.name)
	equal(t, what, now, want)
}
