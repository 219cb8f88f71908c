package writers_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/internal/workspace"
)

// TestWaits: a command waits for another one that is changing the workspace. One that takes too long has it say who
// is in its way, and a reader waits for none of them.
func TestWaits(t *testing.T) {
	t.Parallel()
	d := prepare(t, scenario{files: twoClusters("", "")})
	home := d.copy()
	lock := func() func() {
		tx, err := workspace.Source{Filename: filepath.Join(home, "mesh.yaml")}.Writing("ca sign").Lock(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return tx.Close
	}
	release := lock()
	if got := run(nil, "validate", "-f", filepath.Join(home, "mesh.yaml")); got.code != 3 { // there is no root yet
		t.Errorf("a reader: %s", got)
	}
	got := run(nil, "ca", "init", "--insecure-no-passphrase", "-f", filepath.Join(home, "mesh.yaml"))
	if got.code != 1 || !strings.Contains(got.stderr, `in use by another run: "ca sign" (process `) ||
		!strings.Contains(got.stderr, "hint: wait until it has finished, then run the same command again") {
		t.Errorf("after a long time: %s", got)
	}
	waits := make(chan result)
	go func() {
		opens := 0 // the lock is tried again and again
		waits <- run(func(op, name string) error {
			if op == "open" && strings.HasSuffix(name, "lock") {
				if opens++; opens == 3 {
					release()
				}
			}
			return nil
		}, "ca", "init", "--insecure-no-passphrase", "-f", filepath.Join(home, "mesh.yaml"))
	}()
	if got := <-waits; got.code != 0 {
		t.Errorf("after a short time: %s", got)
	}
	checkConsistent(t, "afterwards", home, true)
}
