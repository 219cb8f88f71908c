package workspace

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/kubectl-mesh/kubectl-mesh/internal/disk"
	"github.com/kubectl-mesh/kubectl-mesh/internal/output"
	"github.com/kubectl-mesh/kubectl-mesh/internal/transaction"
	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
)

// lockPatience is how long a command waits for another one that is changing the workspace.
const lockPatience = 10 * time.Second

// Named is for a command that changes the workspace while it talks to clusters: it takes the lock for each change.
// The name, as in "collect", is for other runs that wait.
func (s Source) Named(command string) Source {
	s.command = command
	return s
}

// Writing is for a command that changes the workspace by what it reads there: it has the lock from before the
// first file is read until the workspace is closed.
func (s Source) Writing(command string) Source {
	s.command, s.writes = command, true
	return s
}

func (s Source) dir() string {
	if s.Filename == "-" {
		return "."
	}
	return filepath.Dir(s.Filename)
}

func (s Source) options() transaction.Options {
	return transaction.Options{Command: s.command, Wait: lockPatience, Hook: s.Hook}
}

// Lock takes the lock of a workspace, and finishes what killed runs left in it.
func (s Source) Lock(ctx context.Context) (*transaction.Tx, error) { return s.lock(ctx, false) }

// lock leaves out what an earlier call in this run did, except for what is half changed.
func (s Source) lock(ctx context.Context, swept bool) (*transaction.Tx, error) {
	options := s.options()
	options.Swept = swept
	tx, err := transaction.Begin(ctx, s.dir(), options)
	if err != nil {
		return nil, interrupted(ctx, err)
	}
	for _, note := range tx.Notes() {
		s.Log.Info("%s", note)
	}
	if !swept {
		s.recoverTrees()
	}
	return tx, nil
}

// recoverTrees completes rendered trees. What cannot be completed stops the next rendering, and nothing else.
func (s Source) recoverTrees() {
	for _, name := range []string{layout.Deploy, layout.PrivateTree()} {
		dir := filepath.Join(s.dir(), filepath.FromSlash(name))
		completed, err := output.Recover(dir, output.Options{Private: layout.IsPrivate(name), Hook: s.Hook})
		if err != nil {
			s.Log.Warn(strings.Join(hint.Of(err), "; "), "%s", hint.Without(err))
		}
		if completed {
			s.Log.Info("completed the tree of an interrupted run: %s", dir)
		}
	}
}

// interrupted is an error of a command that the user has ended.
func interrupted(ctx context.Context, err error) error {
	if err != nil && ctx.Err() != nil && errors.Is(err, context.Cause(ctx)) {
		return fmt.Errorf("%w: %w", verdict.ErrInterrupted, err)
	}
	return err
}

// settle makes sure that no change is half done when a command that only reads begins to.
func (s Source) settle(ctx context.Context) (transaction.Snapshot, error) {
	snapshot, notes, err := transaction.Settle(ctx, s.dir(), s.options())
	for _, note := range notes {
		s.Log.Info("%s", note)
	}
	return snapshot, err
}

// isThere reports whether there is a mesh to lock: an error about the mesh file says more than one about the lock.
func (s Source) isThere() bool {
	if s.Filename == "-" {
		return true
	}
	info, err := os.Stat(s.Filename)
	return err == nil && !info.IsDir()
}

// Unchanged returns an error when another run changed the workspace after it was opened. What was read may then
// be of two states.
func (ws *Workspace) Unchanged() error {
	if ws.lock != nil || ws.snapshot == (transaction.Snapshot{}) {
		return nil
	}
	return ws.snapshot.Check()
}

// Exclusively does work that rests on what was read, while no other run changes the workspace. It is for what has
// its own way to be all or nothing: rendered trees.
func (ws *Workspace) Exclusively(ctx context.Context, work func() error) error {
	ws.changing.Lock()
	defer ws.changing.Unlock()
	_, release, err := ws.begin(ctx)
	if err != nil {
		return err
	}
	defer release()
	if err := ws.Unchanged(); err != nil {
		return err
	}
	return work()
}

// Hook is for those who write trees; nil but for tests.
func (ws *Workspace) Hook() disk.Hook { return ws.from.Hook }

// begin takes the lock for one change, unless this run has it already.
func (ws *Workspace) begin(ctx context.Context) (tx *transaction.Tx, release func(), err error) {
	if ws.lock != nil {
		return ws.lock, func() {}, nil
	}
	if tx, err = ws.from.lock(ctx, ws.swept); err != nil {
		return nil, nil, err
	}
	ws.swept = true
	isKnown := tx.Snapshot() == ws.snapshot
	return tx, func() {
		if isKnown { // what this run changed itself is no surprise
			ws.snapshot = tx.Snapshot()
		}
		tx.Close()
	}, nil
}
