package workspace

import "context"

// WritePrivate writes a file into credentials/, which Git must ignore and other users must not be able to write.
func (ws *Workspace) WritePrivate(ctx context.Context, name string, content []byte) error {
	return ws.Change(ctx, func(c *Change) error {
		c.Private(name, content)
		return nil
	})
}

// Forget removes files if they exist.
func (ws *Workspace) Forget(ctx context.Context, names ...string) error {
	return ws.Change(ctx, func(c *Change) error {
		for _, name := range names {
			c.Remove(name)
		}
		return nil
	})
}
