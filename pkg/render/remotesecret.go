package render

import (
	"fmt"

	corev1 "k8s.io/client-go/applyconfigurations/core/v1"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/kubeconfig"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/manifest"
)

// What istiod requires of a remote secret, and what istioctl also sets (istio
// pkg/kube/multicluster/secretcontroller.go, istioctl/pkg/multicluster/remote_secret.go).
const (
	labelMultiCluster = "istio/multiCluster"
	annotationCluster = "networking.istio.io/cluster"
)

// remoteSecrets returns a Secret for each cluster that this one's control plane reads with a credential.
func (c compiler) remoteSecrets() ([]Manifest, error) {
	return forEach(access.SecretPairs(c.Graph, c.cluster.Name), c.remoteSecretFor)
}

// remoteSecretFor holds the Secret back if the credential or the API server's address is missing.
func (c compiler) remoteSecretFor(pair access.Pair) (Manifest, error) {
	a, err := access.Find(c.Mesh, c.Graph, pair)
	if err != nil {
		return Manifest{}, err
	}
	credential, held := c.Credentials[pair]
	missing := c.noServer(a.Target)
	if missing == nil && !held {
		missing = c.noCredential(pair, a.Target)
	}
	if missing != nil {
		return c.heldRemoteSecret(a.Target, missing), nil
	}
	secret, err := c.remoteSecret(a.Target, credential)
	if err != nil {
		return Manifest{}, fmt.Errorf("render remote secret of %s for %s: %w", pair.Target, pair.Consumer, err)
	}
	return Manifest{
		File:    layout.RemoteSecret(a.Target.Name),
		Secret:  true,
		Objects: []Object{secret},
		Comment: c.addressComment(a.Target),
	}, nil
}

func (c compiler) heldRemoteSecret(target *v1alpha1.Cluster, missing *Missing) Manifest {
	return Manifest{
		File:    layout.RemoteSecret(target.Name),
		Secret:  true,
		Missing: missing,
		Objects: c.remoteSecretName(target),
	}
}

// noCredential reports a missing credential.
func (c compiler) noCredential(pair access.Pair, target *v1alpha1.Cluster) *Missing {
	if missing, ok := c.AbsentCredentials[pair]; ok {
		return &missing
	}
	return &Missing{
		Why:  fmt.Sprintf("%s has no %s for %s", pair.Consumer, credentialName(target), pair.Target),
		Next: collectCommand(target),
	}
}

func credentialName(target *v1alpha1.Cluster) string {
	if access.KindOf(target).Traits().Form == access.FormCertificate {
		return "client certificate"
	}
	return "token"
}

func (c compiler) remoteSecret(
	target *v1alpha1.Cluster, credential kubeconfig.Credential,
) (*corev1.SecretApplyConfiguration, error) {
	config, err := c.remoteOf(target, credential).Config()
	if err != nil {
		return nil, err
	}
	text, err := manifest.Encode(config)
	if err != nil {
		return nil, fmt.Errorf("encode kubeconfig: %w", err)
	}
	return c.remoteSecretOf(target, string(text)), nil
}
