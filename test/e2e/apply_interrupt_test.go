package e2e

import (
	"bytes"
	"os"
	"syscall"
	"testing"
	"time"

	"github.com/kubectl-mesh/kubectl-mesh/test/e2e/clusters"
)

// TestApplyInterrupted signals the program while an API server does not answer: the cluster has its namespace, the
// inventory, and some of its objects.
func TestApplyInterrupted(t *testing.T) {
	for _, signal := range []os.Signal{os.Interrupt, syscall.SIGTERM} {
		t.Run(signal.String(), func(t *testing.T) { testApplyInterrupted(t, signal) })
	}
}

func testApplyInterrupted(t *testing.T, signal os.Signal) {
	all := clusters.Start(t, "east", "north", "west")
	w, g := gated(t, all, all[1], 5)
	cmd := w.command(t, "render", "--apply", "-o", "json")
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer time.AfterFunc(time.Minute, func() { _ = cmd.Process.Kill() }).Stop() // one that does not end
	select {
	case <-g.shut:
	case <-time.After(time.Minute):
		t.Fatal("the program has not come far enough")
	}
	if err := cmd.Process.Signal(signal); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	_ = cmd.Wait() // its exit code follows
	took := time.Since(began)
	got := outcome{stdout.String(), stderr.String(), cmd.ProcessState.ExitCode()}
	t.Log(got.stderr, took)
	got.wantCode(t, 130)
	if took > 15*time.Second {
		t.Errorf("it took %s to end", took)
	}
	got.wantSaid(t, "north: 4 created, 0 changed, 0 unchanged, then stopped: 9 not applied\n", "error: north: interrupted\n", "error: interrupted\nhint: run the same command again to continue: completed changes are kept\n")
	there := ours(t, all[1])
	if north := got.applied(t)["north"]; len(north.Changes) != len(there) || len(north.NotApplied) != 9 {
		t.Errorf("report of north: got %+v, want what is there: %v", north, there)
	}
	wantKnown(t, all[1])
	w.ungate(t, all)
	w.wantRecovered(t, all, map[string]int{"north": 4}) // so none of the 4 was left half
}
