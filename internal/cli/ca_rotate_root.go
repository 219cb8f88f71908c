package cli

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/trust"
)

// rootStep is one run of ca rotate --root: from the phase that the files show to the next, or back.
type rootStep struct {
	*caRotateOptions
	a        *authority
	text     []byte
	rotation trust.Rotation
}

// forward goes to the next phase. A cluster that is behind would be cut off by it, so every cluster
// must show the phase before.
func (s rootStep) forward(ctx context.Context) error {
	if err := s.gate(ctx); err != nil {
		return err
	}
	switch {
	case s.rotation.Phase == trust.PhaseSteady:
		return s.beginTrust()
	case s.rotation.Phase == trust.PhaseTrust, len(s.rotation.Behind) > 0:
		return s.signUnder(s.rotation.New, nextRootKey, "wait until every workload has a certificate under the new root, a day as a rule; then: kubectl mesh ca rotate --root")
	}
	return s.dropOld()
}

// back undoes the last phase. Both roots are trusted as long as somebody signs under the second:
// where a cluster still does, it would be cut off.
func (s rootStep) back(ctx context.Context) error {
	switch s.rotation.Phase {
	case trust.PhaseSign:
		return s.signUnder(s.rotation.Old, currentRootKey, "wait until every workload has a certificate under the old root, a day as a rule; then once more with --abort to trust it alone")
	case trust.PhaseTrust:
		if err := s.gateBack(ctx); err != nil {
			return err
		}
		return s.keepOnly(s.rotation.Old, func() error { return s.a.moveRootKey(nextRootKey, formerRootKey) },
			"the new root is gone from "+trust.RootCertFile)
	case trust.PhaseSteady:
	}
	return inputErrorf("kubectl mesh ca status shows it", "no rotation of the root goes on")
}

// beginTrust makes a new root and has everybody trust it beside the old one.
func (s rootStep) beginTrust() error {
	if name, ok := s.a.hasRootKey(nextRootKey); ok {
		return withHint(errors.New("there is the key of a next root already: "+s.a.path(name)), "no root of "+s.a.path(rootCertFile())+" belongs to it as far as anybody can tell: move it away")
	}
	key, err := trust.NewKey(trust.KeyType(s.keyType))
	if err != nil {
		return err
	}
	generation := trust.Generation(s.rotation.Old) + 1
	root, err := trust.NewRoot(s.a.doc.Mesh.Metadata.Name, key, generation, s.a.now)
	if err != nil {
		return err
	}
	if err := s.a.keepRootKey(nextRootKey, key, s.insecure); err != nil {
		return err
	}
	if err := s.a.keepPublic(rootCertFile(), trust.AddRoot(s.text, root.Certificate)); err != nil {
		return err
	}
	fmt.Fprintf(s.ErrOut, "phase trust: root %q is trusted beside %q\n", root.Certificate.Subject.CommonName, s.rotation.Old.Subject.CommonName)
	s.sayNext("restart istiod where it runs without ISTIO_MULTIROOT_MESH; then: kubectl mesh ca rotate --root")
	return nil
}

// signUnder gives every cluster a certificate under one of the two roots.
func (s rootStep) signUnder(root *x509.Certificate, where rootKey, then string) error {
	signer, err := s.a.authorityOf(root, where)
	if err != nil {
		return err
	}
	clusters, err := s.a.members("", true)
	if err != nil {
		return err
	}
	if err := s.reissue(s.a, signer, s.text, clusters); err != nil {
		return err
	}
	fmt.Fprintf(s.ErrOut, "every cluster signs under %q\n", root.Subject.CommonName)
	s.sayNext(then)
	return nil
}

// dropOld ends the rotation: the new root is the root.
func (s rootStep) dropOld() error {
	rename := func() error {
		if _, ok := s.a.hasRootKey(nextRootKey); !ok {
			return nil // it is kept elsewhere, or a run before has been cut off after this
		}
		if err := s.a.moveRootKey(currentRootKey, formerRootKey); err != nil {
			return err
		}
		return s.a.moveRootKey(nextRootKey, currentRootKey)
	}
	return s.keepOnly(s.rotation.New, rename, "phase drop: the old root is trusted no more; destroy its key, "+string(formerRootKey)+", when all clusters have this")
}

// keepOnly trusts one of the two roots alone, byte for byte as it stands in the file. The keys come
// first: a run that is cut off is still in its phase, and the same command finishes it.
func (s rootStep) keepOnly(root *x509.Certificate, rename func() error, said string) error {
	text, err := trust.KeepRoot(s.text, root)
	if err != nil {
		return err
	}
	if err := rename(); err != nil {
		return err
	}
	if err := s.a.keepPublic(rootCertFile(), text); err != nil {
		return err
	}
	fmt.Fprintln(s.ErrOut, said)
	s.sayNext("kubectl mesh ca status shows the end of it")
	return nil
}
