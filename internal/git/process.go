package git

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"time"
	"unicode"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/printable"
)

const (
	// maxAnswer of one process, in bytes: a million paths.
	maxAnswer = 128 << 20
	// maxComplaint is how much of standard error is kept.
	maxComplaint = 4 << 10
	// maxTime of one process. An index of a million files takes git a few seconds.
	maxTime = time.Minute
	// afterKill is how long a pipe may stay open when git has ended: no child of it holds one.
	afterKill = time.Second
)

// program is git, how it is called, and how long and how much it may answer.
type program struct {
	path      string
	environ   []string
	maxTime   time.Duration
	maxAnswer int
}

// find looks git up on PATH. A git that PATH finds relative to the working directory is not used: a
// workspace could bring one.
func find(environ []string) (program, error) {
	path, err := exec.LookPath("git")
	switch {
	case errors.Is(err, exec.ErrDot):
		return program{}, fmt.Errorf("run git: %w", err)
	case err != nil:
		return program{}, ErrNoProgram
	}
	return program{path: path, environ: environment(environ), maxTime: maxTime, maxAnswer: maxAnswer}, nil
}

// command is one git process in a directory.
func (p program) command(ctx context.Context, dir string, args ...string) *exec.Cmd {
	all := []string{"--no-pager"}
	for _, setting := range settings() {
		all = append(all, "-c", setting)
	}
	cmd := exec.CommandContext(ctx, p.path, append(all, args...)...) //nolint:gosec // arguments of ours
	cmd.Dir, cmd.Env, cmd.WaitDelay = dir, p.environ, afterKill
	return cmd
}

// run returns what a git command prints. The first argument is the command.
func (p program) run(ctx context.Context, dir, input string, args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, p.maxTime)
	defer cancel()
	answer, complaint := &bounded{max: p.maxAnswer}, &bounded{max: maxComplaint, drop: true}
	cmd := p.command(ctx, dir, args...)
	cmd.Stdout, cmd.Stderr = answer, complaint
	if input != "" {
		cmd.Stdin = strings.NewReader(input)
	}
	err := cmd.Run()
	if answer.full {
		return "", fmt.Errorf("git %s: output %w of %d bytes", args[0], ErrTooLarge, p.maxAnswer)
	}
	return answer.kept.String(), p.explain(ctx, err, args[0], complaint)
}

// explain turns the way in which a process ended into an error.
func (p program) explain(ctx context.Context, err error, command string, complaint *bounded) error {
	var exit *exec.ExitError
	switch {
	case err == nil:
		return nil
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return fmt.Errorf("git %s timed out: %w", command, ctx.Err())
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.As(err, &exit):
		f := &failure{command: command, code: exit.ExitCode(), said: firstLine(complaint.kept.String())}
		return f.explain()
	default:
		return fmt.Errorf("git %s: %w", command, err)
	}
}

// firstLine of what git complains of, from its fatal error on. It may hold names out of the repository:
// what cannot be printed is replaced.
func firstLine(said string) string {
	if at := strings.Index(said, "fatal: "); at >= 0 {
		said = said[at+len("fatal: "):]
	}
	said, _, _ = strings.Cut(strings.TrimSpace(said), "\n")
	return shown(said)
}

// shown text is read as what it is.
func shown(text string) string { return printable.Map(text, unicode.ReplacementChar) }

// bounded keeps the first bytes that are written, and then either drops the rest or fails. It has no
// method of a buffer but Write: io.Copy would go round that.
type bounded struct {
	kept bytes.Buffer
	max  int
	drop bool
	full bool
}

func (b *bounded) Write(text []byte) (int, error) {
	room := b.max - b.kept.Len()
	if len(text) <= room {
		return b.kept.Write(text)
	}
	b.full = true
	if !b.drop {
		return 0, io.ErrShortWrite
	}
	b.kept.Write(text[:room])
	return len(text), nil
}
