package clusters

import (
	"bytes"
	"context"
	"errors"
	"os"
	"strings"
	"testing"
	"time"
)

func TestStopKillsAProgramThatStays(t *testing.T) {
	p := startShell(t, "trap '' TERM; echo deaf; exec sleep 60")
	deaf := func(context.Context) error {
		if content, err := os.ReadFile(p.log); err != nil || !bytes.Contains(content, []byte("deaf")) {
			return errors.New("not yet")
		}
		return nil
	}
	if err := await(t.Context(), p, deaf); err != nil {
		t.Fatal(err)
	}
	p.stop()
	if got, want := p.cmd.ProcessState.String(), "signal: killed"; got != want {
		t.Errorf("end: got %q, want %q", got, want)
	}
	p.stop() // and again, as the cleanup after a Kill does
}

func TestStopLetsAProgramEnd(t *testing.T) {
	p := startShell(t, "exec sleep 60")
	p.stop()
	if got, want := p.cmd.ProcessState.String(), "signal: terminated"; got != want {
		t.Errorf("end: got %q, want %q", got, want)
	}
}

func TestAwaitGivesUp(t *testing.T) {
	never := func(context.Context) error { return errors.New("no answer") }
	tests := []struct {
		name, script string
		bound        time.Duration
		want         string
	}{
		{"when the program ends", "exit 3", time.Minute, "wait for sh: it ended with exit status 3: no answer"},
		{"when time is up", "exec sleep 60", pollInterval / 2, "wait for sh: context deadline exceeded: no answer"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), test.bound)
			defer cancel()
			err := await(ctx, startShell(t, test.script), never)
			if err == nil || err.Error() != test.want {
				t.Errorf("error: got %v, want %s", err, test.want)
			}
		})
	}
}

func TestStartNamesTheProgram(t *testing.T) {
	_, err := startProcess(t.TempDir(), "etcd", "/does/not/exist")
	if err == nil || !strings.HasPrefix(err.Error(), "start etcd: ") {
		t.Errorf("error: got %v, want one that starts with the program", err)
	}
}

func TestTail(t *testing.T) {
	for content, want := range map[string]string{"": "", "a\n": "a", "a\nb\nc\n": "b\nc", "b\nc": "b\nc"} {
		if got := string(tail([]byte(content), 2)); got != want {
			t.Errorf("tail of %q: got %q, want %q", content, got, want)
		}
	}
}

func startShell(t *testing.T, script string) *process {
	t.Helper()
	p, err := startProcess(t.TempDir(), "sh", "/bin/sh", "-c", script)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.kill)
	return p
}
