package cli

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
)

// Commands that wait for clusters hear a signal; others end by it.
func TestIsInterruptible(t *testing.T) {
	for command, hears := range map[string]bool{"collect": true, "diff": true, "render": false, "validate": false, "version": false, "nothing": false} {
		if got := isInterruptible(newRoot(System{}), []string{command}); got != hears {
			t.Errorf("%s hears a signal: got %t, want %t", command, got, hears)
		}
	}
}

func TestExitCodeOfInterrupt(t *testing.T) {
	var out bytes.Buffer
	if code := exitCode(&out, fmt.Errorf("%w: not finished: east", verdict.ErrInterrupted)); code != 130 {
		t.Errorf("exit code: got %d, want 130", code)
	}
	if want := "error: interrupted: not finished: east\n"; out.String() != want {
		t.Errorf("stderr: got %q, want %q", out.String(), want)
	}
}
