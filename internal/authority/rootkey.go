package authority

import (
	"errors"
	"fmt"
	"io/fs"

	"github.com/kubectl-mesh/kubectl-mesh/internal/terminal"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/trust"
)

// rootKey is the file of a root's key: in clear, or encrypted with a passphrase.
type rootKey string

// Keys of roots: the mesh's current one, and that of the next root during a rotation.
const (
	currentRootKey rootKey = "root-key.pem"
	nextRootKey    rootKey = "next-root-key.pem"
	formerRootKey  rootKey = "former-root-key.pem"
)

func (k rootKey) clear() string  { return layout.RootKey(string(k), false) }
func (k rootKey) sealed() string { return layout.RootKey(string(k), true) }

// hasRootKey reports whether the workspace has the key, and where.
func (a *Authority) hasRootKey(k rootKey) (name string, ok bool) {
	for _, name := range []string{k.sealed(), k.clear()} {
		if _, err := a.Workspace.Root.Lstat(name); !errors.Is(err, fs.ErrNotExist) {
			return name, true
		}
	}
	return "", false
}

// HoldsRootKey reports whether the current root's key is in the workspace.
func (a *Authority) HoldsRootKey() bool {
	_, ok := a.hasRootKey(currentRootKey)
	return ok
}

// readRootKey reads a root's key, and asks for its passphrase if it has one.
func (a *Authority) readRootKey(k rootKey) (trust.Key, error) {
	name, ok := a.hasRootKey(k)
	if !ok {
		return trust.Key{}, hint.Add(fmt.Errorf("the root key is not in %s", a.Workspace.Path(layout.Credentials)),
			"restore "+a.Workspace.Path(k.sealed())+", or send a request to the owner of the key: kubectl mesh ca request")
	}
	text, err := a.Workspace.ReadFile(name)
	if err != nil {
		return trust.Key{}, terminal.QuotePath(err)
	}
	if name == k.sealed() {
		passphrase, err := a.Passphrase(a.Workspace.Path(name), false)
		if err != nil {
			return trust.Key{}, err
		}
		if text, err = decrypt(text, passphrase); err != nil {
			return trust.Key{}, fmt.Errorf("read %s: %w", a.Workspace.Path(name), err)
		}
	}
	key, err := trust.ParseKey(text)
	if err != nil {
		return trust.Key{}, fmt.Errorf("read %s: %w", a.Workspace.Path(name), err)
	}
	return key, nil
}

// keepRootKey writes a root's key, encrypted or, if requested, in clear. It returns the name of the file.
func (c *change) keepRootKey(k rootKey, key trust.Key, open bool) (string, error) {
	text, err := key.PEM()
	if err != nil {
		return "", err
	}
	if open {
		c.Private(k.clear(), text)
		return k.clear(), nil
	}
	passphrase, err := c.a.Passphrase("the new root key", true)
	if err != nil {
		return "", err
	}
	sealed, err := encrypt(text, passphrase)
	if err != nil {
		return "", err
	}
	c.Private(k.sealed(), sealed)
	return k.sealed(), nil
}

// moveRootKey renames a key, in its current form.
func (c *change) moveRootKey(from, to rootKey) error {
	name, ok := c.a.hasRootKey(from)
	if !ok {
		return nil
	}
	target := to.clear()
	if name == from.sealed() {
		target = to.sealed()
	}
	content, err := c.Read(name)
	if err != nil {
		return err
	}
	c.Expect(name, content)
	c.Private(target, content)
	c.Remove(name)
	return nil
}
