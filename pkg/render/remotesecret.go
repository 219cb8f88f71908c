package render

import (
	"errors"
	"fmt"

	corev1 "k8s.io/client-go/applyconfigurations/core/v1"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/kubeconfig"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/manifest"
)

// What istiod looks for in a remote secret, and what istioctl writes beside it
// (istio pkg/kube/multicluster/secretcontroller.go, istioctl/pkg/multicluster/remote_secret.go).
const (
	labelMultiCluster = "istio/multiCluster"
	annotationCluster = "networking.istio.io/cluster"
)

// remoteSecrets returns a Secret for each cluster that this one's control plane reads with a
// credential.
func (c compiler) remoteSecrets() ([]Manifest, error) {
	var manifests []Manifest
	var errs []error
	for _, pair := range access.SecretPairs(c.Graph, c.cluster.Name) {
		a, err := access.Find(c.Mesh, c.Graph, pair)
		if err != nil {
			return nil, err
		}
		target := a.Target
		credential, held := c.credential(a)
		if !held && c.partial {
			continue
		}
		if !held {
			errs = append(errs, fmt.Errorf("render remote secret: no %s for %s to read %s", credentialName(target), pair.Consumer, pair.Target))
			continue
		}
		secret, err := c.remoteSecret(target, credential)
		if err != nil {
			errs = append(errs, fmt.Errorf("render remote secret of %s for %s: %w", pair.Target, pair.Consumer, err))
			continue
		}
		manifests = append(manifests, Manifest{File: layout.RemoteSecret(target.Name), Secret: true, Objects: []Object{secret}, Comment: c.addressComment(target)})
	}
	return manifests, errors.Join(errs...)
}

func credentialName(target *v1alpha1.Cluster) string {
	if access.KindOf(target).Traits().Form == access.FormCertificate {
		return "client certificate"
	}
	return "token"
}

// credential is what the remote secret authenticates with, as far as it is at hand.
func (c compiler) credential(a access.RemoteAccess) (credential kubeconfig.Remote, held bool) {
	if a.Kind().Traits().Form == access.FormCertificate {
		certificate, held := c.ClientCertificates[a.Pair()]
		return kubeconfig.Remote{Certificate: certificate}, held
	}
	token, held := c.Tokens[a.Pair()]
	return kubeconfig.Remote{Token: token}, held
}

func (c compiler) remoteSecret(target *v1alpha1.Cluster, credential kubeconfig.Remote) (*corev1.SecretApplyConfiguration, error) {
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
