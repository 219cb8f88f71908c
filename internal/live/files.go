package live

import (
	"cmp"
	"errors"
	"io/fs"

	"github.com/kubectl-mesh/kubectl-mesh/internal/input"
	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
)

// maxFile is above the size of any kubeconfig and of files that it refers to.
const maxFile = 16 << 20

// checkFile rejects a file on which client-go would block, or which it would read without end.
func checkFile(what, name, remedy string) error {
	if name == "" {
		return nil
	}
	err := input.Check(name, maxFile)
	if at, ok := errors.AsType[*fs.PathError](err); ok {
		return verdict.Inputf(remedy, "read %s %q: %w", what, name, at.Err)
	}
	return err
}

// inKubeconfig checks a file in a kubeconfig's field.
func inKubeconfig(field, name string) error {
	return checkFile(field, name, "correct "+field+" in the kubeconfig")
}

// checkFiles checks the files of a context.
func (c *Contexts) checkFiles(name string) error {
	context := c.raw.Contexts[name]
	if context == nil {
		return nil
	}
	var first error
	if cluster := c.raw.Clusters[context.Cluster]; cluster != nil {
		first = inKubeconfig("certificate-authority", cluster.CertificateAuthority)
	}
	if user := c.raw.AuthInfos[context.AuthInfo]; user != nil {
		first = cmp.Or(first,
			inKubeconfig("client-certificate", user.ClientCertificate),
			inKubeconfig("client-key", user.ClientKey),
			inKubeconfig("tokenFile", user.TokenFile))
	}
	return first
}
