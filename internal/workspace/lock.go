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

// Named is for a command that changes the workspace while it talks to clusters: it takes the lock for each change. The
// name, such as "collect", is shown to other runs that wait.
func (s Source) Named(command string) Source {
	s.command = command
	return s
}

// Writing is for a command whose changes depend on what it reads in the workspace: it holds the lock from before the
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

// Lock takes the lock of a workspace, and recovers what killed runs left.
func (s Source) Lock(ctx context.Context) (*transaction.Tx, error) { return s.lock(ctx, false) }

// lock skips what an earlier call in this run did, except for incomplete changes.
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

// recoverTrees completes rendered trees. A tree that cannot be completed blocks only the next rendering.
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

// interrupted reports whether the user interrupted the command.
func interrupted(ctx context.Context, err error) error {
	if err != nil && ctx.Err() != nil && errors.Is(err, context.Cause(ctx)) {
		return fmt.Errorf("%w: %w", verdict.ErrInterrupted, err)
	}
	return err
}

// settle ensures that no change is incomplete when a read-only command starts.
func (s Source) settle(ctx context.Context) (transaction.Snapshot, error) {
	snapshot, notes, err := transaction.Settle(ctx, s.dir(), s.options())
	for _, note := range notes {
		s.Log.Info("%s", note)
	}
	return snapshot, err
}

// isThere reports whether there is a mesh to lock: an error about the mesh file is more useful than one about the lock.
func (s Source) isThere() bool {
	if s.Filename == "-" {
		return true
	}
	info, err := os.Stat(s.Filename)
	return err == nil && !info.IsDir()
}

// Unchanged returns an error if another run changed the workspace after it was opened, so that what was read may be
// inconsistent.
func (ws *Workspace) Unchanged() error {
	if ws.lock != nil || ws.snapshot == (transaction.Snapshot{}) {
		return nil
	}
	return ws.snapshot.Check()
}

// Exclusively runs work that depends on what was read, while no other run changes the workspace. It is for rendered
// trees, which have their own atomic writes.
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

// Hook is for writers of trees; nil except in tests.
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
		if isKnown { // this run's own changes are expected
			ws.snapshot = tx.Snapshot()
		}
		tx.Close()
	}, nil
}
