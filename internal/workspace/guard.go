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

// guard is what git has said of credentials/.
type guard struct {
	asking sync.Mutex
	// asked: git has answered about what is there; exposed is what it would publish.
	asked, warned bool
	exposed       error
}

// GuardError says that git has, or would take, a file of credentials/, or that it did not answer. Nothing is read
// or written there then.
type GuardError struct{ err error }

func (e *GuardError) Error() string { return e.err.Error() }

func (e *GuardError) Unwrap() error { return e.err }

// isGuarded reports whether credentials/ as a whole is out of bounds: that is no fault of one credential.
func isGuarded(err error) bool {
	_, guarded := errors.AsType[*GuardError](err)
	return guarded
}

// GuardCredentials asks git whether it has, or would take, a file of credentials/ that is there or is planned.
// What is there it is asked once in a run. Where git cannot be asked, that is said once.
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
		return &GuardError{err: verdict.ErrInterrupted} // git says it in its own words
	case exposed:
		err = &GuardError{err: err}
		ws.guard.asked, ws.guard.exposed = true, err
	case err != nil:
		return &GuardError{err: err} // it may answer the next time
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

// guardRead is for every file below credentials/ that is read.
func (ws *Workspace) guardRead(name string) error {
	if !layout.IsPrivate(name) {
		return nil
	}
	return ws.GuardCredentials(ws.ctx)
}
