package workspace

import (
	"context"
	"errors"
	"strings"
	"sync"

	"github.com/kubectl-mesh/kubectl-mesh/internal/git"
	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
)

// guard caches what Git reports about credentials/.
type guard struct {
	asking sync.Mutex
	// asked is set once Git has answered for existing files; exposed are those that it would publish.
	asked, warned bool
	exposed       error
}

// GuardError reports that Git tracks, or would add, a file in credentials/, or that Git did not answer. Nothing is then
// read or written there.
type GuardError struct{ err error }

func (e *GuardError) Error() string { return e.err.Error() }

func (e *GuardError) Unwrap() error { return e.err }

// isGuarded reports whether credentials/ as a whole is inaccessible, which is no problem of one credential.
func isGuarded(err error) bool {
	_, guarded := errors.AsType[*GuardError](err)
	return guarded
}

// GuardCredentials asks Git whether it tracks, or would add, an existing or planned file in credentials/. Existing
// files are checked once per run. If Git is unavailable, this is reported once.
func (ws *Workspace) GuardCredentials(ctx context.Context, planned ...string) error {
	ws.guard.asking.Lock()
	defer ws.guard.asking.Unlock()
	if ws.guard.asked && (ws.guard.exposed != nil || len(planned) == 0) {
		return ws.guard.exposed
	}
	in := git.GuardInput{Input: git.Input{Dir: ws.Dir, Environ: ws.environ}, Secret: layout.Credentials}
	for _, name := range planned {
		in.Planned = append(in.Planned, layout.InCredentials(name))
	}
	guarded, err := git.Guard(ctx, in)
	switch _, exposed := errors.AsType[*git.ExposedError](err); {
	case ctx.Err() != nil:
		return &GuardError{err: verdict.ErrInterrupted} // Git's own error is clear
	case exposed:
		err = &GuardError{err: err}
		ws.guard.asked, ws.guard.exposed = true, err
	case err != nil:
		return &GuardError{err: err} // a retry may succeed
	default:
		ws.guard.asked = true
	}
	if guarded.Unverified != nil && !ws.guard.warned {
		ws.guard.warned = true
		for _, problem := range hint.List(guarded.Unverified) {
			ws.log.Warn(strings.Join(problem.Remedies, "; "), "%s", problem.Text)
		}
	}
	return err
}

// guardRead checks every file that is read below credentials/.
func (ws *Workspace) guardRead(name string) error {
	if !layout.IsPrivate(name) {
		return nil
	}
	return ws.GuardCredentials(ws.ctx)
}
