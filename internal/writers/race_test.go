package writers_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/internal/testutil/crash"
)

// race is commands that are run at the same time.
type race struct {
	scenario
	// commands, each run as often as it is listed.
	commands []string
	// succeed is how many of them do; the others are refused, and say one of these texts.
	succeed int
	refused string
}

func races() []race {
	const ready = "ca init --insecure-no-passphrase"
	two, rendered := twoClusters("", ""), twoClusters(elsewhere, "")
	sealed := twoClusters(elsewhere+"  sealing: {format: sops, age: {recipients: ["+recipient+"]}}\n", "")
	return []race{
		{scenario: scenario{name: "ca init", files: two}, commands: slices.Repeat([]string{ready}, 3),
			succeed: 1, refused: "a root already exists"},
		{scenario: scenario{name: "ca issue --all", files: two, setup: ready}, commands: slices.Repeat([]string{"ca issue --all"}, 2), succeed: 2},
		{scenario: scenario{name: "ca issue --cluster", files: two, setup: ready}, commands: slices.Repeat([]string{"ca issue --cluster east"}, 3),
			succeed: 1, refused: "east already has a certificate"},
		{scenario: scenario{name: "ca issue and ca rotate", files: two, setup: ready + "; ca issue --cluster west"},
			commands: []string{"ca issue --cluster east", "ca rotate --cluster west", "ca rotate --cluster west"}, succeed: 3},
		{scenario: scenario{name: "seal", files: sealed}, commands: slices.Repeat([]string{"seal"}, 2), succeed: 2},
		{scenario: scenario{name: "credentials rotate", files: two}, commands: slices.Repeat([]string{"credentials rotate --link east-west --step begin"}, 2),
			succeed: 1, refused: "a rotation of east-west is in progress|the record of west changed by another process"},
		{scenario: scenario{name: "credentials rotate, two links", files: two},
			commands: []string{"credentials rotate --link east-west --step begin", "credentials rotate --link west-east --step begin"}, succeed: 2},
		{scenario: scenario{name: "render", files: rendered}, commands: slices.Repeat([]string{"render --output-dir DIR/deploy --secrets=include"}, 2), succeed: 2,
			refused: "changed by another process"},
		{scenario: scenario{name: "render and ca rotate", files: two, setup: ready + "; ca issue --all"},
			commands: []string{"render --output-dir DIR/deploy", "ca rotate --all"}, succeed: 2, refused: "changed by another process"},
	}
}

// TestAtOnce runs commands at the same time, a hundred times each: one after the other, or refused.
func TestAtOnce(t *testing.T) {
	for _, r := range races() {
		t.Run(r.name, func(t *testing.T) {
			t.Parallel()
			d := newRace(t, r)
			for range 100 {
				d.round(r, func(args []string) result { return run(nil, args...) })
			}
		})
	}
}

// TestAtOnceProcesses does the same with processes of their own.
func TestAtOnceProcesses(t *testing.T) {
	for _, r := range races()[:2] {
		t.Run(r.name, func(t *testing.T) {
			t.Parallel()
			d := newRace(t, r)
			for range 5 {
				d.round(r, func(args []string) result { return runProcess(t, "", args) })
			}
		})
	}
}

// TestKilledProcess kills processes at each file operation.
func TestKilledProcess(t *testing.T) {
	for _, s := range offline() {
		if s.name != "ca issue --all" && s.name != "seal, what was sealed" {
			continue
		}
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			d := newFixture(t, s)
			home := ""
			killed := crash.EachKill(t, func(point string) *exec.Cmd {
				home = d.copy()
				return process(t, point, d.args(home))
			}, func(point string) {
				d.checkAfterDeath(point, home, result{code: -1})
				d.forget(home)
			})
			t.Logf("killed %d times", killed)
		})
	}
}

func newRace(t *testing.T, r race) *fixture {
	t.Helper()
	d := prepare(t, r.scenario)
	d.loads = true
	return d
}

// round starts all commands, and waits for all.
func (d *fixture) round(r race, program func(args []string) result) {
	d.Helper()
	home := d.copy()
	results := make([]result, len(r.commands))
	var running sync.WaitGroup
	start := make(chan struct{})
	for i, command := range r.commands {
		args := d.fill(command, home)
		running.Go(func() {
			<-start
			results[i] = program(args)
		})
	}
	close(start)
	running.Wait()
	succeeded := 0
	for _, got := range results {
		isRefused := slices.ContainsFunc(strings.Split(r.refused, "|"), func(text string) bool { return text != "" && strings.Contains(got.stderr, text) })
		switch {
		case got.code == 0:
			succeeded++
		case !isRefused:
			d.Errorf("not one of the reasons to refuse: %s", got)
		}
	}
	isRace := r.succeed == len(r.commands) && r.refused != "" // then either is right
	if succeeded != r.succeed && !(isRace && succeeded > 0) {
		d.Errorf("%d succeeded, want %d: %v", succeeded, r.succeed, results)
	}
	checkConsistent(d.T, "afterwards", home, true)
	if left := leftovers(d.T, home); len(left) > 0 {
		d.Errorf("left over: %v", left)
	}
	d.forget(home)
}

// process is a process of its own, which is killed at a point.
func process(t *testing.T, point string, args []string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(context.WithoutCancel(t.Context()), self)
	cmd.Args = append([]string{filepath.Join(filepath.Dir(self), "kubectl-mesh")}, args...)
	cmd.Env = append(os.Environ(), killPoint+"="+point)
	return cmd
}

func runProcess(t *testing.T, point string, args []string) result {
	cmd := process(t, point, args)
	out, err := cmd.CombinedOutput()
	if exit := new(exec.ExitError); err != nil && !errors.As(err, &exit) {
		t.Error(fmt.Errorf("start the program: %w", err))
	}
	return result{code: cmd.ProcessState.ExitCode(), stderr: string(out)}
}
