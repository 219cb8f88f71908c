package live

import (
	"fmt"
	"os"

	"github.com/kubectl-mesh/kubectl-mesh/internal/terminal"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/kubeconfig"
)

// ReadAuthority reads the file that a context names, and keeps nothing but certificates.
func ReadAuthority(context *kubeconfig.Context) error {
	data := context.CertificateAuthorityData
	if context.CertificateAuthorityFile != "" {
		file, err := os.Open(context.CertificateAuthorityFile)
		if err == nil {
			data, err = mesh.ReadLimited(file)
			_ = file.Close()
		}
		if err != nil {
			return hint.Add(fmt.Errorf("read certificate authority of context %q: %w", context.Name, terminal.QuotePath(err)),
				"correct certificate-authority in the kubeconfig")
		}
	}
	if len(data) == 0 {
		return nil
	}
	certificates, err := mesh.Certificates(data)
	if err != nil {
		return hint.Add(fmt.Errorf("certificate authority of context %q %w", context.Name, err),
			"correct certificate-authority in the kubeconfig")
	}
	context.CertificateAuthorityData, context.CertificateAuthorityFile = certificates, ""
	return nil
}
