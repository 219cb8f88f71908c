package exchange

import (
	"crypto/x509"
	"fmt"
	"slices"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/exchange"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/trust"
)

func (p *packing) packRoots() error {
	if p.ws.RootText != nil {
		p.add(exchange.Item{Kind: exchange.ItemRoots, Text: exchange.NewLines(p.ws.RootText)})
	}
	return nil
}

// takeRoots keeps the pinned roots among the existing and the received ones. An unpinned root is rejected.
func (i *intake) takeRoots(item exchange.Item) error {
	sent, err := trust.ParseCertificates(item.Text.Join())
	if err != nil {
		return fmt.Errorf("roots: %w", err)
	}
	before, err := i.read(layout.RootCertificate())
	if err != nil {
		return err
	}
	var have []*x509.Certificate
	if before != nil {
		if have, err = trust.ParseCertificates(before); err != nil {
			return fmt.Errorf("read %s: %w", i.ws.Path(layout.RootCertificate()), err)
		}
	}
	pins := i.ws.Doc.Pins()
	isPinned := func(root *x509.Certificate) bool { return slices.Contains(pins.Roots, trust.Fingerprint(root)) }
	isHere := func(root *x509.Certificate) bool { return slices.ContainsFunc(have, root.Equal) }
	kept := slices.DeleteFunc(slices.Clone(have), func(root *x509.Certificate) bool {
		return len(pins.Roots) > 0 && !isPinned(root)
	})
	for _, root := range sent {
		switch {
		case isPinned(root) && !slices.ContainsFunc(kept, root.Equal):
			kept = append(kept, root)
		case !isPinned(root) && !isHere(root):
			return i.unpinned(pins, root)
		}
	}
	if sameRoots(have, kept) || len(kept) == 0 {
		return nil
	}
	text := trust.EncodeCertificates(kept...)
	if len(kept) > len(have) && sameRoots(have, kept[:len(have)]) { // keeps text around the older ones
		text = append(slices.Clone(before), trust.EncodeCertificates(kept[len(have):]...)...)
	}
	i.plan(layout.RootCertificate(), text)
	i.info(layout.RootCertificate(), "roots of the mesh")
	return nil
}

func (i *intake) unpinned(pins v1alpha1.Pins, root *x509.Certificate) error {
	about := trust.Describe("", root)
	return hint.Errorf("compare it with the owner of the root over another channel; then, "+
		v1alpha1.RootsEdit(pins, append(slices.Clone(pins.Roots), about.SHA256)),
		"root %s (%s) is not pinned in %s", about.SHA256, about.Subject, i.ws.Name)
}

func sameRoots(a, b []*x509.Certificate) bool {
	return slices.EqualFunc(a, b, func(x, y *x509.Certificate) bool { return x.Equal(y) })
}
