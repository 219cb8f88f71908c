package workspace

import (
	"context"
	"errors"
	"strings"
	"sync"

	"github.com/kubectl-mesh/kubectl-mesh/internal/git"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
)

// guard is what git has said of credentials/.
type guard struct {
	asking sync.Mutex
	// asked: git was asked about what is there; err is its answer.
	asked, warned bool
	err           error
}

// ExposedError says that git has, or would take, a file of credentials/. Nothing is read or written there then.
type ExposedError struct{ err error }

func (e *ExposedError) Error() string { return e.err.Error() }

func (e *ExposedError) Unwrap() error { return e.err }

// isExposed tells whether git would publish credentials: that is no fault of one of them.
func isExposed(err error) bool {
	_, exposed := errors.AsType[*ExposedError](err)
	return exposed
}

// GuardCredentials asks git whether it has, or would take, a file of credentials/ that is there or is planned.
// What is there it is asked once in a run. Where git cannot be asked, that is said once.
func (ws *Workspace) GuardCredentials(ctx context.Context, planned ...string) error {
	ws.guard.asking.Lock()
	defer ws.guard.asking.Unlock()
	if ws.guard.asked && (ws.guard.err != nil || len(planned) == 0) {
		return ws.guard.err
	}
	in := git.GuardInput{Input: git.Input{Dir: ws.Dir, Environ: ws.environ}, Secret: layout.Credentials}
	for _, name := range planned {
		in.Planned = append(in.Planned, layout.InCredentials(name))
	}
	guarded, err := git.Guard(ctx, in)
	if err != nil {
		err = &ExposedError{err: err}
	}
	ws.guard.asked, ws.guard.err = true, err
	if guarded.Unverified != nil && !ws.guard.warned {
		ws.guard.warned = true
		for _, problem := range hint.List(guarded.Unverified) {
			ws.tell.Warn(strings.Join(problem.Remedies, "; "), "%s", problem.Text)
		}
	}
	return err
}

// guardRead is for every file below credentials/ that is read.
func (ws *Workspace) guardRead(name string) error {
	if !layout.IsPrivate(name) {
		return nil
	}
	return ws.GuardCredentials(context.Background())
}
