package cli

import (
	"context"
	"crypto/x509"
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

// back undoes the last phase. Nobody is cut off by that: both roots are trusted as long as
// somebody signs under the second.
func (s rootStep) back() error {
	switch s.rotation.Phase {
	case trust.PhaseSign:
		return s.signUnder(s.rotation.Old, currentRootKey, "and once more with --abort to trust the old root alone")
	case trust.PhaseTrust:
		return s.keepOnly(s.rotation.Old, func() error { return s.a.moveRootKey(nextRootKey, formerRootKey) },
			"the new root is gone from "+trust.RootCertFile)
	case trust.PhaseSteady:
	}
	return inputErrorf("kubectl mesh ca status shows it", "no rotation of the root goes on")
}

// beginTrust makes a new root and has everybody trust it beside the old one.
func (s rootStep) beginTrust() error {
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
	s.a.sayNext("restart istiod where it runs without ISTIO_MULTIROOT_MESH; then: kubectl mesh ca rotate --root")
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
	s.a.sayNext(then)
	return nil
}

// dropOld ends the rotation: the new root is the root.
func (s rootStep) dropOld() error {
	rename := func() error {
		if err := s.a.moveRootKey(currentRootKey, formerRootKey); err != nil {
			return err
		}
		return s.a.moveRootKey(nextRootKey, currentRootKey)
	}
	return s.keepOnly(s.rotation.New, rename, "phase drop: the old root is trusted no more; destroy its key, "+string(formerRootKey)+", when all clusters have this")
}

// keepOnly trusts one of the two roots alone, byte for byte as it stands in the file.
func (s rootStep) keepOnly(root *x509.Certificate, rename func() error, said string) error {
	text, err := trust.KeepRoot(s.text, root)
	if err != nil {
		return err
	}
	if err := s.a.keepPublic(rootCertFile(), text); err != nil {
		return err
	}
	if err := rename(); err != nil {
		return err
	}
	fmt.Fprintln(s.ErrOut, said)
	s.a.sayNext("kubectl mesh ca status shows the end of it")
	return nil
}
