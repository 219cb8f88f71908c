package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"path"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/trust"
)

// rootKey is the place of a root's key: in the clear, or sealed under a passphrase.
type rootKey string

// The keys of roots: the one that the mesh begins with, and that of the next root while a rotation
// goes on.
const (
	currentRootKey rootKey = "root-key.pem"
	nextRootKey    rootKey = "next-root-key.pem"
	formerRootKey  rootKey = "former-root-key.pem"
)

func (k rootKey) clear() string  { return path.Join(credentialsFolder, string(k)) }
func (k rootKey) sealed() string { return k.clear() + ".age" }

// exists tells whether the workspace has the key, and where.
func (a *authority) hasRootKey(k rootKey) (name string, ok bool) {
	for _, name := range []string{k.sealed(), k.clear()} {
		if _, err := a.root.Lstat(name); !errors.Is(err, fs.ErrNotExist) {
			return name, true
		}
	}
	return "", false
}

// readRootKey reads the key of a root, and asks for its passphrase if it has one.
func (a *authority) readRootKey(k rootKey) (trust.Key, error) {
	name, ok := a.hasRootKey(k)
	if !ok {
		return trust.Key{}, withHint(fmt.Errorf("the key of the root is not in %s", a.path(credentialsFolder)),
			"restore "+a.path(k.sealed())+", or have the authority that has it sign: kubectl mesh ca request")
	}
	text, err := a.readFile(name)
	if err != nil {
		return trust.Key{}, quotePath(err)
	}
	if name == k.sealed() {
		passphrase, err := a.passphrase(a.path(name), false)
		if err != nil {
			return trust.Key{}, err
		}
		if text, err = unseal(text, passphrase); err != nil {
			return trust.Key{}, fmt.Errorf("read %s: %w", a.path(name), err)
		}
	}
	key, err := trust.ParseKey(text)
	if err != nil {
		return trust.Key{}, fmt.Errorf("read %s: %w", a.path(name), err)
	}
	return key, nil
}

// keepRootKey writes the key of a root under a passphrase, or in the clear when that was asked for.
func (a *authority) keepRootKey(k rootKey, key trust.Key, open bool) error {
	text, err := key.PEM()
	if err != nil {
		return err
	}
	if open {
		return a.keepPrivate(k.clear(), text)
	}
	passphrase, err := a.passphrase("the new root key", true)
	if err != nil {
		return err
	}
	sealed, err := seal(text, passphrase)
	if err != nil {
		return err
	}
	return a.keepPrivate(k.sealed(), sealed)
}

// moveRootKey gives a key another name, in the form that it has.
func (a *authority) moveRootKey(from, to rootKey) error {
	name, ok := a.hasRootKey(from)
	if !ok {
		return nil
	}
	target := to.clear()
	if name == from.sealed() {
		target = to.sealed()
	}
	if err := a.root.Rename(name, target); err != nil {
		return fmt.Errorf("rename %s: %w", a.path(name), quotePath(err))
	}
	return nil
}
