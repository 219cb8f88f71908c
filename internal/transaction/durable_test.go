package transaction_test

import (
	"path"
	"slices"
	"strings"
	"sync"
	"testing"
)

// trace lists the operations of a transaction, as "op name".
type trace struct {
	mutex sync.Mutex
	list  []string
}

func (tr *trace) hook(op, name string) error {
	tr.mutex.Lock()
	defer tr.mutex.Unlock()
	tr.list = append(tr.list, op+" "+name)
	return nil
}

// at is where an operation is, counted from a place on; it must be there.
func (tr *trace) at(t *testing.T, what string, from int) int {
	t.Helper()
	i := slices.Index(tr.list[from:], what)
	if i < 0 {
		t.Fatalf("no %q after operation %d of\n%s", what, from, strings.Join(tr.list, "\n"))
	}
	return from + i
}

// between requires an operation after one place and before another one.
func (tr *trace) between(t *testing.T, what string, after, before int) {
	t.Helper()
	if i := tr.at(t, what, after); i > before {
		t.Errorf("%q is operation %d, has to be between %d and %d", what, i, after, before)
	}
}

// first is the first operation from a place on that changes a file of the workspace.
func (tr *trace) first(from int, verbs ...string) int {
	return from + slices.IndexFunc(tr.list[from:], func(what string) bool {
		return slices.Contains(verbs, strings.Fields(what)[0])
	})
}

// A power failure loses what was not synced. So each step is on the disk before the next one needs it: what is
// staged before the journal begins, the journal before a file changes, all files before the commit, and the
// commit before the old content is removed.
func TestSyncOrder(t *testing.T) {
	for _, links := range fileSystems {
		t.Run(links, func(t *testing.T) {
			dir := workspace(t)
			tr := &trace{}
			if err := wholeRotation.run(t, dir, without(links, tr.hook)); err != nil {
				t.Fatal(err)
			}
			begin := tr.at(t, "begin .kubectl-mesh/staging/journal", 0)
			settle := tr.at(t, "settle .kubectl-mesh/staging/settled", begin)
			change := tr.first(begin, "link", "create", "replace", "remove")
			clean := tr.first(settle, "remove")
			for i, what := range tr.list {
				verb, name, _ := strings.Cut(what, " ")
				switch {
				case i < begin && verb == "create" && strings.Contains(name, ".kubectl-mesh-new-"):
					tr.between(t, "sync "+name, i, begin)
				case i < begin && verb == "keep" && links == "links":
					tr.between(t, "sync "+path.Dir(name), i, begin)
				case i < begin && verb == "create" && name == ".kubectl-mesh/staging/plan":
					tr.between(t, "sync "+name, i, begin)
				case i < begin && verb == "create" && name == ".kubectl-mesh/staging/next":
					tr.between(t, "sync "+name, i, begin)
				case i > begin && i < settle && verb != "sync" && verb != "read":
					tr.between(t, "sync "+path.Dir(name), i, settle)
				}
			}
			tr.between(t, "sync .kubectl-mesh/staging", begin, change)
			tr.between(t, "sync .kubectl-mesh/staging", settle, clean)
			tr.between(t, "sync .", 0, begin)             // .kubectl-mesh is new
			tr.between(t, "sync .kubectl-mesh", 0, begin) // and so is staging
		})
	}
}
