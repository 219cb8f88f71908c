package apply

import (
	"context"
	"time"
)

// Scope is what a session works on.
type Scope struct {
	// Mesh names the inventory. Namespace is Istio's, and contains the inventory.
	Mesh, Namespace string
	// Labels of every object of the mesh. An object without them is never deleted.
	Labels map[string]string
	// Force takes ownership of other field managers' fields.
	Force bool
}

// Session is one run of changes to one cluster. It is not safe for concurrent use.
type Session struct {
	Scope

	client *Client
	// held are objects of the mesh that cannot be planned yet.
	held []Ref
	// owed tasks are announced with the next changes.
	owed []Task
	// stored is the inventory as last read or written; nil before that.
	stored *inventory
	// done is what the inventory does not contain yet, in order.
	done []outcome
}

// Session returns a session without sending a request.
func (c *Client) Session(scope Scope) *Session { return &Session{Scope: scope, client: c} }

// outcome is an applied or deleted object, or a finished task.
type outcome struct {
	entry    Entry
	deleted  bool
	finished string
}

func (s *Session) applied(made []Change) {
	for _, change := range made {
		s.done = append(s.done, outcome{entry: Entry{Ref: change.Ref, UID: string(change.Merged.GetUID())}})
	}
}

func (s *Session) deleted(gone []Entry) {
	for _, entry := range gone {
		s.done = append(s.done, outcome{entry: entry, deleted: true})
	}
}

const (
	// settleTime bounds how long a session may take to record what it did, settleInterrupted the same after an
	// interruption: a responsive cluster needs a fraction of it, and an unresponsive one must not make the user wait.
	settleTime        = 5 * time.Second
	settleInterrupted = time.Second
)

// settling returns a context for recording what was done, which outlives an interrupted ctx by a bounded time.
func settling(ctx context.Context) (context.Context, context.CancelFunc) {
	settling, cancel := context.WithTimeout(context.WithoutCancel(ctx), settleTime)
	stop := context.AfterFunc(ctx, func() { time.AfterFunc(settleInterrupted, cancel) })
	return settling, func() {
		stop()
		cancel()
	}
}
