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

// tokenProperty is the property of a store's entry that holds the token of a reader.
const tokenProperty = "token"

// externalToken stands in a kubeconfig where External Secrets puts the token. Whoever fills a store
// may leave a line end behind it, which would be a part of the token.
const externalToken = "{{.token|trim}}"

// externalSecrets are the remote secrets whose tokens a store keeps: server and certificate
// authority are in clear, for whoever reviews them.
func (c compiler) externalSecrets() ([]Manifest, error) {
	var manifests []Manifest
	for target := range c.Graph.ReadBy(c.cluster.Name) {
		if target.Reader.Auth != v1alpha1.ReaderAuthExternal || target.Reader.External == nil {
			continue
		}
		text, err := c.externalKubeconfig(target)
		if err != nil {
			return nil, err
		}
		entry := access.StoreEntry(c.Mesh.Metadata.Name, target, c.cluster.Name)
		secret := c.externalSecret(access.RemoteSecret(target.Name), target.Reader.External.SecretStoreRef, entry, tokenProperty)
		secret.Spec.RefreshInterval = "15m0s"
		// Without the labels of the mesh: the Secret is the store's, and nobody else may prune it.
		secret.Spec.Target.Template = &externalTemplate{
			Data: map[string]string{target.ID(): text}, EngineVersion: "v2",
			Metadata: externalMetadata{Annotations: map[string]string{annotationCluster: target.ID()}, Labels: map[string]string{labelMultiCluster: "true"}},
		}
		manifests = append(manifests, Manifest{File: layout.RemoteSecret(target.Name), Objects: []Object{secret},
			Comment: lines("External Secrets puts in the token: property "+tokenProperty+" of entry "+entry+".", c.addressComment(target))})
	}
	return manifests, nil
}

// RemoteKubeconfig is what the remote secret of target holds that consumer has, with that credential
// in the clear.
func RemoteKubeconfig(consumer, target *v1alpha1.Cluster, credential kubeconfig.Remote) ([]byte, error) {
	config, err := compiler{cluster: consumer}.remoteOf(target, credential).Config()
	if err != nil {
		return nil, err
	}
	return manifest.Encode(config)
}

// externalKubeconfig is a template. Nothing but the token may be one: a server whose path had
// braces would become a part of a program.
func (c compiler) externalKubeconfig(target *v1alpha1.Cluster) (string, error) {
	token, err := kubeconfig.ParseToken([]byte(externalToken))
	if err != nil {
		return "", err
	}
	config, err := c.remoteOf(target, kubeconfig.Remote{Token: token}).Config()
	if err != nil {
		return "", err
	}
	text, err := manifest.Encode(config)
	if err != nil {
		return "", err
	}
	if strings.Count(string(text), "{{") != 1 {
		return "", fmt.Errorf("render remote secret of %s: its API server has {{ in its address, which External Secrets would run", target.Name)
	}
	return string(text), nil
}
