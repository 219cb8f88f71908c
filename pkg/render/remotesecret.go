package render

import (
	"errors"
	"fmt"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/kubeconfig"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/manifest"
)

// What istiod looks for in a remote secret, and what istioctl writes beside it
// (istio pkg/kube/multicluster/secretcontroller.go, istioctl/pkg/multicluster/remote_secret.go).
const (
	labelMultiCluster = "istio/multiCluster"
	annotationCluster = "networking.istio.io/cluster"
	remoteSecretName  = "istio-remote-secret-"
)

// RemoteSecret is the name of the remote secret of a cluster.
func RemoteSecret(target string) string { return remoteSecretName + target }

// remoteSecrets returns a Secret for each cluster that this one's control plane reads.
func (c compiler) remoteSecrets() ([]Manifest, error) {
	var manifests []Manifest
	var errs []error
	for _, reading := range Readings(c.Graph, c.cluster.Name) {
		if _, held := c.Tokens[reading]; !held && c.partial {
			continue
		}
		target, _ := c.Graph.Cluster(reading.Target)
		secret, err := c.remoteSecret(target, reading)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		manifests = append(manifests, Manifest{File: "remote-secret-" + target.Name + ".yaml", Secret: true, Objects: []Object{secret}})
	}
	return manifests, errors.Join(errs...)
}

func (c compiler) remoteSecret(target *v1alpha1.Cluster, reading Reading) (*remoteSecret, error) {
	token, ok := c.Tokens[reading]
	if !ok {
		return nil, fmt.Errorf("render remote secret: no token for %s to read %s", reading.Consumer, reading.Target)
	}
	config, err := remoteOf(target, kubeconfig.Remote{Token: token}).Config()
	if err != nil {
		return nil, fmt.Errorf("render remote secret of %s for %s: %w", target.Name, c.cluster.Name, err)
	}
	text, err := manifest.Encode(config)
	if err != nil {
		return nil, fmt.Errorf("encode kubeconfig of %s: %w", target.Name, err)
	}
	return &remoteSecret{SecretApplyConfiguration: c.remoteSecretOf(target, string(text)), config: config, token: token}, nil
}
