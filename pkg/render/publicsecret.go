package render

import (
	"fmt"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/kubeconfig"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/manifest"
)

// publicSecrets are the remote secrets without a credential: reviewers can read the server, the certificate authority,
// and what istiod authenticates with, or the template that a secret store fills in.
func (c compiler) publicSecrets() ([]Manifest, error) {
	var manifests []Manifest
	for target := range c.Graph.Targets(c.cluster.Name) {
		remote := access.KindOf(target).RemoteUser(c.access(target))
		if remote.Public == nil && remote.Store == nil {
			continue
		}
		if missing := c.noServer(target); missing != nil {
			manifests = append(manifests, c.heldPublicSecret(target, remote, missing))
			continue
		}
		object, err := c.publicSecret(target, remote)
		if err != nil {
			return nil, err
		}
		manifests = append(manifests, Manifest{File: layout.Readers, Peer: target.Name, Objects: []Object{object},
			Comment: lines(remote.Comment, c.addressComment(target))})
	}
	return manifests, nil
}

func (c compiler) heldPublicSecret(target *v1alpha1.Cluster, remote access.RemoteUser, missing *Missing) Manifest {
	objects := c.remoteSecretName(target)
	if remote.Store != nil {
		name := access.RemoteSecret(target.Name)
		object := newCustomObject(externalSecretVersion, "ExternalSecret", name, c.cluster.Istio.Namespace, nil)
		objects = []Object{&object}
	}
	return c.heldPart(layout.Readers, target, missing, objects)
}

// access returns the access of this cluster's control plane to a target.
func (c compiler) access(target *v1alpha1.Cluster) access.RemoteAccess {
	return access.RemoteAccess{Mesh: c.Mesh.Metadata.Name, Consumer: c.cluster, Target: target}
}

// accessOf returns the access of a consumer to this cluster.
func (c compiler) accessOf(consumer *v1alpha1.Cluster) access.RemoteAccess {
	return access.RemoteAccess{Mesh: c.Mesh.Metadata.Name, Consumer: consumer, Target: c.cluster}
}

func (c compiler) publicSecret(target *v1alpha1.Cluster, remote access.RemoteUser) (Object, error) {
	if remote.Store != nil {
		return c.storedSecret(target, remote.Store)
	}
	text, err := c.kubeconfigOf(target, kubeconfig.Credential{Public: remote.Public})
	if err != nil {
		return nil, err
	}
	return c.remoteSecretOf(target, text), nil
}

// storedSecret has External Secrets create the remote secret.
func (c compiler) storedSecret(target *v1alpha1.Cluster, stored *access.StoredCredential) (Object, error) {
	text, err := c.kubeconfigTemplate(target, stored.Template)
	if err != nil {
		return nil, err
	}
	secret := c.externalSecret(access.RemoteSecret(target.Name), stored.SecretStoreRef, stored.Entry, stored.Property)
	secret.Spec.RefreshInterval = "15m0s"
	// Without the labels of the mesh: the store owns the Secret, and nothing else may prune it.
	secret.Spec.Target.Template = &externalTemplate{
		Data:          map[string]string{target.ID(): text},
		EngineVersion: "v2",
		Metadata: externalMetadata{
			Annotations: map[string]string{annotationCluster: target.ID()},
			Labels:      map[string]string{labelMultiCluster: "true"},
		},
	}
	return secret, nil
}

// kubeconfigTemplate is a kubeconfig with a template for its token, and no other template: braces in a server's path
// would become part of a program.
func (c compiler) kubeconfigTemplate(target *v1alpha1.Cluster, template string) (string, error) {
	token, err := kubeconfig.ParseToken([]byte(template))
	if err != nil {
		return "", err
	}
	text, err := c.kubeconfigOf(target, kubeconfig.Credential{Token: token})
	if err != nil {
		return "", err
	}
	if strings.Count(text, "{{") != 1 {
		return "", fmt.Errorf("render remote secret of %s: its API server has {{ in its address, which External Secrets "+
			"would run", target.Name)
	}
	return text, nil
}

// kubeconfigOf returns the content of the remote secret for target.
func (c compiler) kubeconfigOf(target *v1alpha1.Cluster, credential kubeconfig.Credential) (string, error) {
	config, err := c.remoteOf(target, credential).Config()
	if err != nil {
		return "", err
	}
	text, err := manifest.Encode(config)
	return string(text), err
}

// RemoteKubeconfig returns the content of consumer's remote secret for target, with the credential in clear.
func RemoteKubeconfig(consumer, target *v1alpha1.Cluster, credential kubeconfig.Credential) ([]byte, error) {
	text, err := compiler{cluster: consumer}.kubeconfigOf(target, credential)
	return []byte(text), err
}
