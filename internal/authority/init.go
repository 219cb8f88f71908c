package authority

import (
	"errors"
	"fmt"
	"time"

	"github.com/kubectl-mesh/kubectl-mesh/internal/output"
	"github.com/kubectl-mesh/kubectl-mesh/internal/terminal"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/trust"
)

// Init makes the root of the mesh and its key, which is encrypted unless open.
func (a *Authority) Init(kind trust.KeyType, open bool) error {
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
	// The key first: a certificate without its key would be good for nothing.
	if err := a.keepRootKey(currentRootKey, key, open); err != nil {
		return err
	}
	text := trust.EncodeCertificates(root.Certificate)
	if err := output.WriteFile(a.Workspace.Path(layout.RootCertificate()), text, output.FileOptions{Mode: 0o644}); err != nil {
		return err
	}
	name, _ := a.hasRootKey(currentRootKey)
	a.Tell.Say("wrote %s: root %q until %s, SHA-256 %s", a.Workspace.Path(layout.RootCertificate()), root.Certificate.Subject.CommonName,
		root.Certificate.NotAfter.Format(time.DateOnly), trust.Fingerprint(root.Certificate))
	a.Tell.Say("wrote %s: keep a copy where no network reaches it", a.Workspace.Path(name))
	if err := a.advisePins(text, ""); err != nil {
		return err
	}
	a.Tell.Advise("commit " + a.Workspace.Path(layout.Trust) + ", then: kubectl mesh ca issue --all" + a.Workspace.FilenameFlag())
	return nil
}

// refuseSecondRoot: certificates of the first would be worth nothing under a second.
func (a *Authority) refuseSecondRoot() error {
	text, err := a.Workspace.ReadOptional(layout.RootCertificate())
	if err != nil {
		return terminal.QuotePath(err)
	}
	if text != nil {
		return hint.Add(fmt.Errorf("there is a root already: %s", a.Workspace.Path(layout.RootCertificate())),
			"to change it without an interruption: kubectl mesh ca rotate --root"+a.Workspace.FilenameFlag())
	}
	if name, ok := a.hasRootKey(currentRootKey); ok {
		return hint.Add(errors.New("there is a root key already: "+a.Workspace.Path(name)), "restore trust/"+trust.RootCertFile+" of that key, or move the key away")
	}
	return nil
}
