package apply

import (
	"context"
	"time"
)

// Scope is what a session works for.
type Scope struct {
	// Mesh names the inventory. Namespace is the one of Istio, which keeps it.
	Mesh, Namespace string
	// Labels are those of every object of the mesh. An object without them is never deleted.
	Labels map[string]string
	// Force takes ownership of fields of other field managers.
	Force bool
}

// Session is one run of changes to one cluster. It is for one goroutine at a time.
type Session struct {
	Scope

	client *Client
	// held are objects of the mesh that cannot be planned yet.
	held []Ref
	// owed is announced with the next changes.
	owed []Task
	// stored is the inventory as it was read or written last; nil before that.
	stored *inventory
	// done is what the inventory has to learn, the latest last.
	done []outcome
}

// Session begins a run of changes. Nothing is asked yet.
func (c *Client) Session(scope Scope) *Session { return &Session{Scope: scope, client: c} }

// outcome is an object that was applied or deleted, or owed work that is finished.
type outcome struct {
	entry    Entry
	deleted  bool
	finished string
}

// applied notes what was applied.
func (s *Session) applied(made []Change) {
	for _, change := range made {
		s.done = append(s.done, outcome{entry: Entry{Ref: change.Ref, UID: string(change.Merged.GetUID())}})
	}
}

// deleted notes what is not there any more.
func (s *Session) deleted(gone []Entry) {
	for _, entry := range gone {
		s.done = append(s.done, outcome{entry: entry, deleted: true})
	}
}

const (
	// settleTime bounds how long a session still records what it has done, settleInterrupted how long after it was
	// interrupted: a cluster that answers needs a fraction of it, and one that does not must not keep the user.
	settleTime        = 5 * time.Second
	settleInterrupted = time.Second
)

// settling is a context for recording what was done, also when the run was interrupted: it does not end with ctx, but
// soon after.
func settling(ctx context.Context) (context.Context, context.CancelFunc) {
	settling, cancel := context.WithTimeout(context.WithoutCancel(ctx), settleTime)
	stop := context.AfterFunc(ctx, func() { time.AfterFunc(settleInterrupted, cancel) })
	return settling, func() {
		stop()
		cancel()
	}
}
