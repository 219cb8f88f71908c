package render

import (
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/client-go/applyconfigurations/core/v1"
	rbacv1 "k8s.io/client-go/applyconfigurations/rbac/v1"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/kubeconfig"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/manifest"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/topology"
)

// A federated reader has no credential: its istiod shows the token that its own cluster gives it,
// made for this one reading, and the API server that is read trusts the issuer of that token.

// readerSubjects is who the control plane of a consumer is at the API server here: more than one
// user while its client certificate is changed.
func (c compiler) readerSubjects(consumer string) []*rbacv1.SubjectApplyConfiguration {
	var users []string
	switch reader, _ := c.Graph.Cluster(consumer); c.cluster.Reader.Auth {
	case v1alpha1.ReaderAuthFederated:
		users = []string{access.FederatedUser(reader)}
	case v1alpha1.ReaderAuthClientCertificate:
		for _, generation := range c.cluster.GenerationsOf(consumer) {
			users = append(users, access.ReaderUser(consumer, generation))
		}
	default:
		return []*rbacv1.SubjectApplyConfiguration{accountSubject(access.Account(c.cluster, consumer), c.cluster.Istio.Namespace)}
	}
	var subjects []*rbacv1.SubjectApplyConfiguration
	for _, user := range users {
		subjects = append(subjects, rbacv1.Subject().WithAPIGroup("rbac.authorization.k8s.io").WithKind("User").WithName(user))
	}
	return subjects
}

// userReaders bind the rights of a reader to the control plane of each consumer, which is a user
// here and has no account.
func (c compiler) userReaders(comment string) []Manifest {
	var manifests []Manifest
	for consumer := range c.Graph.ReadersOf(c.cluster.Name) {
		manifests = append(manifests, Manifest{File: readerFile(consumer.Name),
			Comment: fmt.Sprintf(comment, consumer.Name),
			Objects: c.readerBindings(access.ReaderRole+"-"+consumer.Name, c.readerSubjects(consumer.Name)...)})
	}
	return manifests
}

// federatedSecrets are the remote secrets that hold nothing secret: a server, its certificate
// authority, and the path of a token that the kubelet puts into the pod of istiod.
func (c compiler) federatedSecrets() ([]Manifest, error) {
	var manifests []Manifest
	for target := range c.Graph.ReadBy(c.cluster.Name) {
		if target.Reader.Auth != v1alpha1.ReaderAuthFederated {
			continue
		}
		config, err := c.remoteOf(target, kubeconfig.Remote{TokenFile: access.TokenPath(target.Name)}).Config()
		if err != nil {
			return nil, err
		}
		text, err := manifest.Encode(config)
		if err != nil {
			return nil, err
		}
		manifests = append(manifests, Manifest{File: layout.RemoteSecret(target.Name), Objects: []Object{c.remoteSecretOf(target, string(text))},
			Comment: lines("Nothing secret: istiod shows the token in that file, which the kubelet renews. Apply it after istiod has the\n"+
				"volume of its Helm values: istiod reads the file once when it learns of the Secret, and does not try again.", c.addressComment(target))})
	}
	return manifests, nil
}

// remoteOf fills in how the control plane of this cluster reaches the API server of another one.
func (c compiler) remoteOf(target *v1alpha1.Cluster, remote kubeconfig.Remote) kubeconfig.Remote {
	api := topology.AddressFor(c.cluster, target).API
	remote.ClusterID, remote.Server, remote.CertificateAuthorityData = target.ID(), api.Server, api.CertificateAuthorityData
	remote.TLSServerName, remote.ProxyURL = api.TLSServerName, api.ProxyURL
	return remote
}

// addressComment says why it is this address, where mesh.yaml leaves that open.
func (c compiler) addressComment(target *v1alpha1.Cluster) string {
	target, known := c.Graph.Cluster(target.Name)
	if !known {
		return ""
	}
	address := topology.AddressFor(c.cluster, target)
	if !address.Chosen {
		return ""
	}
	return fmt.Sprintf("The server is the %s endpoint: %s.", address.Endpoint, address.Reason)
}

// lines joins those that say something.
func lines(texts ...string) string {
	return strings.Join(slices.DeleteFunc(texts, func(text string) bool { return text == "" }), "\n")
}

// remoteSecretOf is the Secret that istiod finds.
func (c compiler) remoteSecretOf(target *v1alpha1.Cluster, text string) *corev1.SecretApplyConfiguration {
	return corev1.Secret(access.RemoteSecret(target.Name), c.cluster.Istio.Namespace).WithLabels(c.labels).
		WithLabels(map[string]string{labelMultiCluster: "true"}).
		WithAnnotations(map[string]string{annotationCluster: target.ID()}).
		WithStringData(map[string]string{target.ID(): text})
}
