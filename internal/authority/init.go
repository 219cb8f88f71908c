package authority

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/kubectl-mesh/kubectl-mesh/internal/terminal"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/trust"
)

// Init creates the mesh's root and its key, encrypted unless open.
func (a *Authority) Init(ctx context.Context, kind trust.KeyType, open bool) error {
	return a.change(ctx, func(c *change) error { return c.init(kind, open) })
}

func (c *change) init(kind trust.KeyType, open bool) error {
	a := c.a
	if err := a.refuseSecondRoot(); err != nil {
		return err
	}
	key, err := trust.NewKey(kind)
	if err != nil {
		return err
	}
	root, err := trust.NewRoot(a.Workspace.Doc.Mesh.Metadata.Name, key, 1, a.Now)
	if err != nil {
		return err
	}
	name, err := c.keepRootKey(currentRootKey, key, open)
	if err != nil {
		return err
	}
	text := trust.EncodeCertificates(root.Certificate)
	c.Expect(name, nil)
	c.Expect(layout.RootCertificate(), nil)
	c.Public(layout.RootCertificate(), text)
	c.verifyRoot(currentRootKey)
	c.info("wrote %s: root %q, valid until %s, SHA-256 %s",
		a.Workspace.Path(layout.RootCertificate()), root.Certificate.Subject.CommonName,
		root.Certificate.NotAfter.Format(time.DateOnly), trust.Fingerprint(root.Certificate))
	c.info("wrote %s: keep an offline copy", a.Workspace.Path(name))
	c.advisePins(text, "")
	return nil
}

// refuseSecondRoot: certificates under the first root would be worthless under a second one.
func (a *Authority) refuseSecondRoot() error {
	text, err := a.Workspace.ReadOptional(layout.RootCertificate())
	if err != nil {
		return terminal.QuotePath(err)
	}
	if text != nil {
		return hint.Add(fmt.Errorf("a root already exists: %s", a.Workspace.Path(layout.RootCertificate())),
			"change it without an interruption: kubectl mesh ca rotate --root"+a.Workspace.FilenameFlag())
	}
	if name, ok := a.hasRootKey(currentRootKey); ok {
		return hint.Add(errors.New("a root key already exists: "+a.Workspace.Path(name)),
			"restore trust/"+trust.RootCertFile+" of that key, or move the key away")
	}
	return nil
}
