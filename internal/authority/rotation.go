package authority

import (
	"context"
	"crypto/x509"
	"errors"
	"time"

	"github.com/kubectl-mesh/kubectl-mesh/internal/live"
	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/handshake"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/shell"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/trust"
)

// RotateInput is one step of a root rotation.
type RotateInput struct {
	// Clusters whose phase is read; if nil, only the rendered tree is checked.
	Clusters *live.Clusters
	// Tree is the directory of the rendered tree.
	Tree string
	// KeyType of a new root; NoPassphrase writes its key in clear.
	KeyType      trust.KeyType
	NoPassphrase bool
	Validity     time.Duration
	// WorkloadsRenewed asserts that the workloads were restarted since the last phase was applied.
	WorkloadsRenewed bool
	// Handshakes performs several with each gateway address, and returns the results by cluster. They decide instead of
	// the clock whether the workloads have a phase; nil uses the clock.
	Handshakes func(context.Context) (map[string][]handshake.Result, error)
}

// RotateRoot advances a root rotation to the next phase.
func (a *Authority) RotateRoot(ctx context.Context, in RotateInput) error {
	step, err := a.step(in)
	if err != nil {
		return err
	}
	return step.forward(ctx)
}

// AbortRotation returns to the previous phase.
func (a *Authority) AbortRotation(ctx context.Context, in RotateInput) error {
	step, err := a.step(in)
	if err != nil {
		return err
	}
	step.direction = " --abort"
	return step.back(ctx)
}

func (a *Authority) step(in RotateInput) (rootStep, error) {
	text, _, err := a.roots()
	if err != nil {
		return rootStep{}, err
	}
	rotation, err := a.rotation(text)
	return rootStep{RotateInput: in, a: a, text: text, rotation: rotation}, err
}

// rootStep advances from the phase of the files to the next one, or returns.
type rootStep struct {
	RotateInput
	a        *Authority
	text     []byte
	rotation trust.Rotation
	// direction is the flag of a step back; empty for a step forward.
	direction string
}

// forward advances to the next phase. It would break calls of a cluster that is behind, so all clusters must have the
// previous phase.
func (s rootStep) forward(ctx context.Context) error {
	if err := s.gate(ctx); err != nil {
		return err
	}
	switch {
	case s.rotation.Phase == trust.PhaseSteady:
		return s.beginTrust(ctx)
	case s.rotation.Phase == trust.PhaseTrust, len(s.rotation.Behind) > 0:
		return s.signUnder(ctx, s.rotation.New, nextRootKey,
			"workloads have certificates under the new root after one certificate lifetime; then: "+s.command(""))
	}
	return s.dropOld(ctx)
}

// back reverts the last phase. Both roots are trusted while any cluster signs under the second one: otherwise its calls
// would fail.
func (s rootStep) back(ctx context.Context) error {
	switch s.rotation.Phase {
	case trust.PhaseSign:
		return s.signUnder(ctx, s.rotation.Old, currentRootKey,
			"workloads have certificates under the old root after one certificate lifetime; then, to trust only that root: "+
				s.command(""))
	case trust.PhaseTrust:
		if err := s.gateBack(ctx); err != nil {
			return err
		}
		return s.keepOnly(ctx, s.rotation.Old, func(c *change) error { return c.moveRootKey(nextRootKey, formerRootKey) },
			"removed the new root from "+trust.RootCertFile)
	case trust.PhaseSteady:
	}
	return verdict.Inputf(s.status()+" shows it", "no root rotation is in progress")
}

// beginTrust creates a new root and makes all clusters trust it in addition to the old one.
func (s rootStep) beginTrust(ctx context.Context) error {
	if name, ok := s.a.hasRootKey(nextRootKey); ok {
		return hint.Add(errors.New("the key of a next root already exists: "+s.a.Workspace.Path(name)),
			"no root of "+s.a.Workspace.Path(layout.RootCertificate())+" belongs to it: move it to another directory")
	}
	key, err := trust.NewKey(s.KeyType)
	if err != nil {
		return err
	}
	generation := trust.Generation(s.rotation.Old) + 1
	root, err := trust.NewRoot(s.a.Workspace.Doc.Mesh.Metadata.Name, key, generation, s.a.Now)
	if err != nil {
		return err
	}
	return s.a.change(ctx, func(c *change) error {
		if _, err := c.keepRootKey(nextRootKey, key, s.NoPassphrase); err != nil {
			return err
		}
		text := trust.AddRoot(s.text, root.Certificate)
		s.putRoots(c, text)
		c.verifyRoot(nextRootKey)
		c.info("phase trust: root %q is trusted in addition to %q",
			root.Certificate.Subject.CommonName, s.rotation.Old.Subject.CommonName)
		c.advisePins(text, "")
		c.advise(s.next("restart every istiod that runs without ISTIO_MULTIROOT_MESH; then: " + s.command("")))
		return nil
	})
}

// signUnder issues a certificate for each cluster under one of the two roots.
func (s rootStep) signUnder(ctx context.Context, root *x509.Certificate, where rootKey, then string) error {
	signer, err := s.a.authorityOf(root, where)
	if err != nil {
		return err
	}
	as := issuance{signer: signer, roots: s.text, keyType: s.KeyType, validity: s.Validity}
	clusters, err := s.a.members("", true)
	if err != nil {
		return err
	}
	return s.a.change(ctx, func(c *change) error {
		if err := c.reissue(as, clusters); err != nil {
			return err
		}
		c.Expect(layout.RootCertificate(), s.text)
		if err := s.signed(c, clusters); err != nil {
			return err
		}
		c.info("every cluster signs under %q", root.Subject.CommonName)
		c.advise(s.next(then))
		return nil
	})
}

// dropOld completes the rotation: the new root becomes the only one.
func (s rootStep) dropOld(ctx context.Context) error {
	moveKeys := func(c *change) error {
		if _, ok := s.a.hasRootKey(nextRootKey); !ok {
			return nil // it is stored elsewhere
		}
		if err := c.moveRootKey(currentRootKey, formerRootKey); err != nil {
			return err
		}
		c.verifyRoot(currentRootKey)
		return c.moveRootKey(nextRootKey, currentRootKey)
	}
	return s.keepOnly(ctx, s.rotation.New, moveKeys,
		"phase drop: the old root is no longer trusted; destroy its key, "+s.formerKey()+", once this is applied to "+
			"all clusters")
}

// formerKey returns the file of the old root's key after the rotation, in its current form.
func (s rootStep) formerKey() string {
	_, moves := s.a.hasRootKey(nextRootKey)
	current, held := s.a.hasRootKey(currentRootKey)
	former, kept := s.a.hasRootKey(formerRootKey)
	switch {
	case moves && held && current == currentRootKey.sealed():
		return s.a.Workspace.Path(formerRootKey.sealed())
	case moves && held:
		return s.a.Workspace.Path(formerRootKey.clear())
	case kept:
		return s.a.Workspace.Path(former)
	}
	return "wherever it is stored"
}

// keepOnly keeps only one of the two roots, byte for byte as in the file.
func (s rootStep) keepOnly(
	ctx context.Context, root *x509.Certificate, moveKeys func(*change) error, said string,
) error {
	text, err := trust.KeepRoot(s.text, root)
	if err != nil {
		return err
	}
	return s.a.change(ctx, func(c *change) error {
		if err := moveKeys(c); err != nil {
			return err
		}
		s.putRoots(c, text)
		if err := s.ended(c); err != nil {
			return err
		}
		c.info("%s", said)
		c.advisePins(text, "")
		c.advise(s.next(s.status() + " shows the result"))
		return nil
	})
}

func (s rootStep) putRoots(c *change, text []byte) {
	c.Expect(layout.RootCertificate(), s.text)
	c.Public(layout.RootCertificate(), text)
}

// next describes how to apply a phase to the clusters.
func (s rootStep) next(then string) string {
	return s.a.Workspace.CommitTree(layout.Trust) + ": " + s.renderCommand() +
		"; apply it: kubectl mesh render --apply" + s.a.Workspace.FilenameFlag() + "; " + then
}

// renderCommand returns the command that updates the tree.
func (s rootStep) renderCommand() string {
	return "kubectl mesh render --output-dir " + shell.Name(s.Tree) + s.a.Workspace.FilenameFlag()
}
