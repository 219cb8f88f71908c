package workspace

import (
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/internal/terminal"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/rules"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/trust"
)

// readRoots reads the roots of the mesh, with or without certificates below them: an unpinned root must be rejected
// before anything is signed under it. Unreadable roots are a problem.
func (ws *Public) readRoots() ([]rules.Root, []mesh.Problem) {
	if ws.Doc.Mesh.Spec.Trust.CA.Provider != v1alpha1.CAProviderFiles {
		return nil, nil
	}
	file := ws.Path(layout.RootCertificate())
	text, err := ws.readOptional(layout.RootCertificate())
	if err != nil {
		return nil, []mesh.Problem{unreadableRoots(file, terminal.QuotePath(err))}
	}
	if text == nil {
		return nil, nil
	}
	ws.RootText = text
	found, err := trust.Roots(text, ws.Bundles)
	if err != nil {
		return nil, []mesh.Problem{unreadableRoots(file, err)}
	}
	roots := make([]rules.Root, len(found))
	for i := range found {
		root := &found[i]
		roots[i] = rules.Root{
			File:      file,
			SHA256:    root.SHA256,
			KeySHA256: root.KeySHA256,
			Subject:   root.Subject,
			NotAfter:  root.NotAfter,
			Signs:     root.Signs,
		}
	}
	return roots, nil
}

func unreadableRoots(file string, err error) mesh.Problem {
	return mesh.Problem{
		Severity: mesh.SeverityError,
		File:     file,
		Message:  terminal.OneLine(err.Error()),
		Hint:     strings.Join(hint.Of(err), "; "),
	}
}
