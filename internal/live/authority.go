package live

import (
	"context"
	"fmt"

	"github.com/kubectl-mesh/kubectl-mesh/internal/input"
	"github.com/kubectl-mesh/kubectl-mesh/internal/terminal"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/kubeconfig"
)

// ReadAuthority reads the file that a context refers to, and keeps only certificates.
func ReadAuthority(from *kubeconfig.Context) error {
	data := from.CertificateAuthorityData
	if from.CertificateAuthorityFile != "" {
		var err error
		if data, err = input.Read(context.Background(), from.CertificateAuthorityFile, mesh.MaxSize); err != nil {
			return hint.Add(fmt.Errorf("read certificate authority of context %q: %w", from.Name, terminal.QuotePath(err)),
				"correct certificate-authority in the kubeconfig")
		}
	}
	if len(data) == 0 {
		return nil
	}
	certificates, err := mesh.Certificates(data)
	if err != nil {
		return hint.Add(fmt.Errorf("certificate authority of context %q %w", from.Name, err),
			"correct certificate-authority in the kubeconfig")
	}
	from.CertificateAuthorityData, from.CertificateAuthorityFile = certificates, ""
	return nil
}
