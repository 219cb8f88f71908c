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
	"github.com/kubectl-mesh/kubectl-mesh/pkg/topology"
)

// readerSubjects returns the users of a consumer's control plane at this API server: more than one while its client
// certificate is rotated.
func (c compiler) readerSubjects(consumer *v1alpha1.Cluster) []*rbacv1.SubjectApplyConfiguration {
	var subjects []*rbacv1.SubjectApplyConfiguration
	a := c.accessOf(consumer)
	for _, subject := range a.Subjects(a.Generations()...) {
		if subject.IsAccount() {
			subjects = append(subjects, accountSubject(subject.Name, subject.Namespace))
		} else {
			user := rbacv1.Subject().WithAPIGroup("rbac.authorization.k8s.io").WithKind("User").WithName(subject.Name)
			subjects = append(subjects, user)
		}
	}
	return subjects
}

// userReaders bind a reader's permissions to consumers that are users here and have no account.
func (c compiler) userReaders() []Manifest {
	manifest := Manifest{File: layout.Readers}
	for consumer := range c.Graph.Consumers(c.cluster.Name) {
		a := c.accessOf(consumer)
		manifest.Comment = lines(manifest.Comment, a.Kind().Explain(a, a.Generations()).Reader)
		bindings := c.readerBindings(access.ReaderRole+"-"+consumer.Name, c.readerSubjects(consumer)...)
		manifest.Objects = append(manifest.Objects, bindings...)
	}
	if manifest.Objects == nil {
		return nil
	}
	return []Manifest{manifest}
}

// remoteOf returns how this cluster's control plane reaches another API server with a credential.
func (c compiler) remoteOf(target *v1alpha1.Cluster, credential kubeconfig.Credential) kubeconfig.Remote {
	api := topology.AddressFor(c.cluster, target).API
	return kubeconfig.Remote{
		ClusterID:                target.ID(),
		Server:                   api.Server,
		CertificateAuthorityData: api.CertificateAuthorityData,
		TLSServerName:            api.TLSServerName,
		ProxyURL:                 api.ProxyURL,
		Credential:               credential,
	}
}

// addressComment explains the choice of the address if mesh.yaml does not specify one.
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

// lines joins non-empty texts.
func lines(texts ...string) string {
	return strings.Join(slices.DeleteFunc(texts, func(text string) bool { return text == "" }), "\n")
}

// remoteSecretName returns the Secret by name only.
func (c compiler) remoteSecretName(target *v1alpha1.Cluster) []Object {
	return []Object{corev1.Secret(access.RemoteSecret(target.Name), c.cluster.Istio.Namespace)}
}

// remoteSecretOf returns the Secret that istiod reads.
func (c compiler) remoteSecretOf(target *v1alpha1.Cluster, text string) *corev1.SecretApplyConfiguration {
	return corev1.Secret(access.RemoteSecret(target.Name), c.cluster.Istio.Namespace).WithLabels(c.labels).
		WithLabels(map[string]string{labelMultiCluster: "true"}).
		WithAnnotations(map[string]string{annotationCluster: target.ID()}).
		WithStringData(map[string]string{target.ID(): text})
}
