package transaction_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/internal/testutil/crash"
	"github.com/kubectl-mesh/kubectl-mesh/internal/transaction"
)

// interrupted is a workspace whose rotation died at the first operation of that name.
func interrupted(t *testing.T, op string) (dir string, before map[string]string) {
	t.Helper()
	dir = workspace(t)
	before = snapshot(t, dir)
	dead := crash.FailFrom(1, errInjected)
	_ = wholeRotation.run(t, dir, func(now, name string) error {
		if now == op || dead.Reached() {
			return dead.Hook(now, name)
		}
		return nil
	})
	if !dead.Reached() {
		t.Fatalf("no operation %q", op)
	}
	return dir, before
}

func TestNotesOfARecovery(t *testing.T) {
	for op, want := range map[string]string{
		"begin":  `cleaned up after the interrupted "run", which changed nothing`,
		"settle": `rolled back the interrupted "run": all files are unchanged`,
	} {
		dir, _ := interrupted(t, op)
		equal(t, op, begin(t, dir, nil).Notes(), []string{want})
	}
}

// What a person wrote after the kill is not lost: the recovery stops, names every such file, and goes on when
// they are out of the way.
func TestEditBeforeRecovery(t *testing.T) {
	dir, before := interrupted(t, "settle")
	for _, name := range []string{"credentials/root-key.pem", "trust/west/ca-cert.pem", "clusters/gone.yaml"} {
		put(t, dir, name, "edited", 0o600)
	}
	after := snapshot(t, dir)
	_, err := transaction.Begin(t.Context(), dir, transaction.Options{})
	const remedy = "hint: move the file out of the workspace, and run the same command again"
	wantProblems(t, err, dir,
		`open DIR for writing: roll back the interrupted "run": restore clusters/gone.yaml: changed by another program since`, remedy,
		"restore credentials/root-key.pem: changed by another program since", remedy,
		"restore trust/west/ca-cert.pem: changed by another program since", remedy)
	equal(t, "files", snapshot(t, dir), after)
	for _, name := range []string{"credentials/root-key.pem", "trust/west/ca-cert.pem", "clusters/gone.yaml"} {
		if err := os.Remove(filepath.Join(dir, filepath.FromSlash(name))); err != nil {
			t.Fatal(err)
		}
	}
	equal(t, "outcome", wholeRotation.checkRecovery(t, "recovery", dir, before), "before")
}

// A person who restores a file from Git before the next run does what the recovery would do.
func TestRestoredBeforeRecovery(t *testing.T) {
	dir, before := interrupted(t, "settle")
	put(t, dir, "trust/root-cert.pem", "root 1", 0o644)
	put(t, dir, "clusters/gone.yaml", "gone", 0o644)
	equal(t, "outcome", wholeRotation.checkRecovery(t, "recovery", dir, before), "before")
}

// What cannot be taken back now is taken back by the next run, and no other change comes in between.
func TestStuck(t *testing.T) {
	dir := workspace(t)
	before := snapshot(t, dir)
	broken := false
	tx := begin(t, dir, func(op, _ string) error {
		if broken = broken || op == "settle"; broken && op != "read" {
			return errInjected
		}
		return nil
	})
	rotation(tx)
	_, err := tx.Commit(t.Context(), nil)
	wantProblems(t, err, dir, "settle .kubectl-mesh/staging/settled: injected; and then: remove trust/west/ca-cert.pem: injected",
		"hint: run the same command again: it first restores these files")
	_, err = tx.Commit(t.Context(), nil)
	wantProblems(t, err, dir, "the previous change is incomplete: run the same command again")
	tx.Close()
	equal(t, "outcome", wholeRotation.checkRecovery(t, "recovery", dir, before), "before")
}

// What the disk does not hold as it was written is not committed, and nothing is lost of what there was before.
func TestContentIsLost(t *testing.T) {
	dir := workspace(t)
	before := snapshot(t, dir)
	tx := begin(t, dir, func(op, _ string) error {
		if op == "begin" {
			put(t, dir, "trust/.kubectl-mesh-new-1-0", "garbage", 0o644)
		}
		return nil
	})
	tx.Write("trust/root-cert.pem", []byte("root 2"), transaction.Public)
	_, err := tx.Commit(t.Context(), nil)
	wantProblems(t, err, dir, "verify DIR/trust/root-cert.pem: the file does not contain what was written to it; "+
		"and then: restore trust/root-cert.pem: changed by another program since",
		"hint: move the file out of the workspace, and run the same command again",
		"hint: run the same command again: it first restores these files")
	tx.Close()
	if err := os.Remove(filepath.Join(dir, "trust/root-cert.pem")); err != nil {
		t.Fatal(err)
	}
	equal(t, "outcome", wholeRotation.checkRecovery(t, "recovery", dir, before), "before")
}

// A journal that kubectl mesh did not write moves and removes nothing.
func TestForgedJournals(t *testing.T) {
	const (
		a, b = "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb", "3e23e8160039594a33894f6564e1b1348bbd7a0088d42c4acb73eeaed59c009d"
		head = `{"transaction":1,"files":[`
	)
	for text, want := range map[string]string{
		"":         "EOF",
		"{}":       "no number, or no files",
		head + "]": "unexpected EOF",
		head + `{"path":"../x","after":"` + a + `"}]}`:                               `"../x" is not a path inside the workspace`,
		head + `{"path":".git/config","after":"` + a + `"}]}`:                        `".git/config": files in .git are never written`,
		head + `{"path":"x","after":"short"}]}`:                                      `"x": wrong digests, or listed twice`,
		head + `{"path":"x"}]}`:                                                      `"x": wrong digests, or listed twice`,
		head + `{"path":"x","after":"` + a + `"}]} {}`:                               "text after the end of the record",
		head + `{"path":"x","after":"` + a + `"}],"mode":1}`:                         `json: unknown field "mode"`,
		head + `{"path":"x","after":"` + a + `"}],"directories":["a/../.."]}`:        `"a/../.." is not a path inside the workspace`,
		head + `{"path":"x","after":"` + a + `"},{"path":"x","after":"` + b + `"}]}`: `"x": wrong digests, or listed twice`,
	} {
		dir := workspace(t)
		put(t, dir, ".kubectl-mesh/staging/journal", text, 0o600)
		before := everything(t, dir)
		_, err := transaction.Begin(t.Context(), dir, transaction.Options{})
		if err == nil || !strings.Contains(err.Error(), "open "+dir+" for writing: read .kubectl-mesh/staging/journal: "+want) {
			t.Errorf("%s: %v", text, err)
		}
		equal(t, text, withoutLock(t, dir), before)
	}
}

// A forged journal whose digests do not fit leaves the files alone, and stops.
func TestForgedJournalOfRealFiles(t *testing.T) {
	dir := workspace(t)
	put(t, dir, ".kubectl-mesh/staging/journal", `{"transaction":1,"command":"x","files":[
		{"path":"credentials/root-key.pem","after":"ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"}]}`, 0o600)
	before := everything(t, dir)
	_, err := transaction.Begin(t.Context(), dir, transaction.Options{})
	wantProblems(t, err, dir, `open DIR for writing: roll back the interrupted "x": restore credentials/root-key.pem: changed by another program since`,
		"hint: move the file out of the workspace, and run the same command again")
	equal(t, "files", withoutLock(t, dir), before)
}

// withoutLock is everything but the lock file.
func withoutLock(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := everything(t, dir)
	delete(all, ".kubectl-mesh/lock")
	return all
}

func TestSettledIsNotANumber(t *testing.T) {
	dir := workspace(t)
	put(t, dir, ".kubectl-mesh/staging/settled", "x\x1b\n", 0o644)
	_, err := transaction.Begin(t.Context(), dir, transaction.Options{})
	wantProblems(t, err, dir, `open DIR for writing: read .kubectl-mesh/staging/settled: "x\x1b\n" is not a number`,
		"hint: only kubectl mesh writes it: find out what changed it; remove it if .kubectl-mesh/staging/journal does not exist")
}

// A plan that was cut off in the middle staged nothing.
func TestHalfAPlan(t *testing.T) {
	dir := workspace(t)
	before := snapshot(t, dir)
	put(t, dir, ".kubectl-mesh/staging/plan", `{"transaction":1,"fil`, 0o600)
	put(t, dir, ".kubectl-mesh/staging/next", "1", 0o600)
	equal(t, "outcome", wholeRotation.checkRecovery(t, "half a plan", dir, before), "before")
}
