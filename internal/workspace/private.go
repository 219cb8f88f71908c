package workspace

import "context"

// WritePrivate writes a file into credentials/, which git must ignore and others must not write to.
func (ws *Workspace) WritePrivate(ctx context.Context, name string, content []byte) error {
	return ws.Change(ctx, func(c *Change) error {
		c.Private(name, content)
		return nil
	})
}

// Forget removes files, if they are there.
func (ws *Workspace) Forget(ctx context.Context, names ...string) error {
	return ws.Change(ctx, func(c *Change) error {
		for _, name := range names {
			c.Remove(name)
		}
		return nil
	})
}
