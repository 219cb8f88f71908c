package workspace

import (
	"context"
	"fmt"
	"io/fs"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/internal/output"
	"github.com/kubectl-mesh/kubectl-mesh/internal/transaction"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
)

// Change collects changes of workspace files. Names are those of pkg/layout.
type Change struct {
	tx      *transaction.Tx
	steps   []func(*transaction.Tx)
	private []string
	checks  []func(fs.FS) error
}

// Public writes a file that is committed to Git.
func (c *Change) Public(name string, content []byte) {
	c.steps = append(c.steps, func(tx *transaction.Tx) { tx.Write(name, content, transaction.Public) })
}

// Private writes a file below credentials/, which Git must ignore and other users must not be able to read.
func (c *Change) Private(name string, content []byte) {
	c.private = append(c.private, name)
	c.steps = append(c.steps, func(tx *transaction.Tx) { tx.Write(name, content, transaction.Private) })
}

// Remove removes a file if it exists.
func (c *Change) Remove(name string) {
	c.steps = append(c.steps, func(tx *transaction.Tx) { tx.Remove(name) })
}

// Expect rejects the change unless a file still has the content that the change depends on; nil means that the file
// must not exist.
func (c *Change) Expect(name string, before []byte) {
	c.steps = append(c.steps, func(tx *transaction.Tx) { tx.Expect(name, before) })
}

// Read reads a file as it is before the change. No other run modifies it meanwhile.
func (c *Change) Read(name string) ([]byte, error) { return c.tx.Read(name) }

// Verify registers a check of the written files, which runs before the change becomes final; an error rolls it back.
func (c *Change) Verify(check func(files fs.FS) error) { c.checks = append(c.checks, check) }

// Change changes workspace files atomically: after an error nothing is changed, also if the process is killed. No other
// run changes the workspace meanwhile. Changes must not be nested.
func (ws *Workspace) Change(ctx context.Context, collect func(*Change) error) error {
	ws.changing.Lock()
	defer ws.changing.Unlock()
	tx, release, err := ws.begin(ctx)
	if err != nil {
		return err
	}
	defer release()
	c := &Change{tx: tx}
	if err := collect(c); err != nil {
		return err
	}
	return ws.carryOut(ctx, c)
}

func (ws *Workspace) carryOut(ctx context.Context, c *Change) error {
	if len(c.private) > 0 {
		if err := ws.prepareCredentials(ctx, c.tx, c.private...); err != nil {
			return err
		}
	}
	c.tx.Reset() // of a failed change
	for _, step := range c.steps {
		step(c.tx)
	}
	report, err := c.tx.Commit(ctx, c.verify)
	if err != nil {
		return interrupted(ctx, err)
	}
	for _, warning := range report.Warnings {
		ws.log.Warn(strings.Join(hint.Of(warning), "; "), "%s", hint.Without(warning))
	}
	return nil
}

func (c *Change) verify(files fs.FS) error {
	for _, check := range c.checks {
		if err := check(files); err != nil {
			return err
		}
	}
	return nil
}

// PrepareCredentials creates credentials/ if it is missing, and rejects a directory that is unsuitable for these files.
func (ws *Workspace) PrepareCredentials(ctx context.Context, planned ...string) error {
	ws.changing.Lock()
	defer ws.changing.Unlock()
	if exists, err := output.CheckIgnored(ws.Path(layout.Credentials)); exists || err != nil {
		if err != nil {
			return err
		}
		return ws.GuardCredentials(ctx, planned...)
	}
	tx, release, err := ws.begin(ctx)
	if err != nil {
		return err
	}
	defer release()
	return ws.prepareCredentials(ctx, tx, planned...)
}

// prepareCredentials is a separate change: Git must ignore the directory before it contains any secret.
func (ws *Workspace) prepareCredentials(ctx context.Context, tx *transaction.Tx, planned ...string) error {
	exists, err := output.CheckIgnored(ws.Path(layout.Credentials))
	if err != nil {
		return err
	}
	if !exists {
		tx.Reset()
		tx.Write(layout.CredentialsIgnore(), []byte(output.IgnoreAll), transaction.Private)
		if _, err := tx.Commit(ctx, nil); err != nil {
			return interrupted(ctx, fmt.Errorf("keep %s out of git: %w", ws.Path(layout.Credentials), err))
		}
	}
	return ws.GuardCredentials(ctx, planned...)
}
