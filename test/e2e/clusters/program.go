package clusters

import (
	"context"
	"testing"
)

// Program is a program that a test runs beside its clusters.
type Program struct{ process *process }

// Run starts a program in dir with exactly this environment, and appends its output to NAME.log there. It ends with the
// test, and prints the program's last lines if the test fails.
func Run(t testing.TB, dir, name, path string, env []string, args ...string) *Program {
	t.Helper()
	if env == nil {
		env = []string{} // nil would pass on the developer's
	}
	p, err := startProcessWith(env, dir, name, path, args...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if t.Failed() {
			logTails(t, p)
		}
		p.stop()
	})
	return &Program{process: p}
}

// Await polls until ready returns nil, ctx ends, or the program ends.
func (p *Program) Await(ctx context.Context, ready func(context.Context) error) error {
	return await(ctx, p.process, ready)
}

// Log is the path of what the program has written to its streams.
func (p *Program) Log() string { return p.process.log }

// Stop ends the program as a shutdown would.
func (p *Program) Stop() { p.process.stop() }
