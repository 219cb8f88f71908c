package authority

import (
	"bytes"
	"context"
	"errors"

	"github.com/kubectl-mesh/kubectl-mesh/internal/terminal"
	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/trust"
)

// TrustRoots adds the roots in PEM files to the trusted ones, if mesh.yaml pins all of them. A cluster whose istiod
// signs under its own root can thus join without failed calls: no certificate is signed under the added root, and
// existing roots keep their bytes and position.
func (a *Authority) TrustRoots(ctx context.Context, files map[string][]byte) error {
	known, err := a.Workspace.ReadOptional(layout.RootCertificate())
	if err != nil {
		return terminal.QuotePath(err)
	}
	if known == nil {
		return verdict.Input(hint.Add(errors.New("the mesh has no root yet"),
			"create it: kubectl mesh ca init"+a.Workspace.FilenameFlag()))
	}
	roots, err := certificatesIn(files)
	if err != nil {
		return verdict.Input(err)
	}
	joined, err := a.joinedRoots(known, trust.Bundle{Root: trust.EncodeCertificates(roots...)})
	if err != nil {
		return verdict.Input(err)
	}
	if bytes.Equal(known, joined) {
		a.Log.Info("%s is unchanged: it already contains these roots", layout.RootCertificate())
		return nil
	}
	return a.change(ctx, func(c *change) error {
		c.Expect(layout.RootCertificate(), known)
		c.Public(layout.RootCertificate(), joined)
		c.then = append(c.then, func() error {
			return a.logRoots(known, joined, "a cluster's istiod signs under another one")
		})
		return nil
	})
}
