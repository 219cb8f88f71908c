package render

import (
	"maps"
	"slices"
	"strconv"

	typed "k8s.io/api/core/v1"
	corev1 "k8s.io/client-go/applyconfigurations/core/v1"
	rbacv1 "k8s.io/client-go/applyconfigurations/rbac/v1"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
)

// readerRole names the ClusterRole and the Role of all readers, readerRolesFile their file.
const (
	readerRole      = "mesh-reader"
	readerRolesFile = "reader-rbac.yaml"
)

// account is a ServiceAccount that control planes of peers use here, and the Secrets that
// the API server fills with its tokens.
type account struct {
	name         string
	tokenSecrets []string
	// foreign accounts are installed, and bound, by Istio's charts.
	foreign bool
}

// Account is the ServiceAccount with which consumer reads target.
func Account(target *v1alpha1.Cluster, consumer string) string {
	if shared := target.Reader.ServiceAccount; shared != "" {
		return shared
	}
	return readerRole + "-" + consumer
}

// TokenSecret is the Secret that the API server of target fills with one generation of the token
// with which consumer reads it. The generation is in its name because nothing else tells two tokens
// apart: the token of a Secret says no time, so where the issuer signs with RSA one that is deleted and
// made anew under its old name gets the same token again (Kubernetes pkg/serviceaccount/legacy.go,
// LegacyClaims).
//
// The first one of a shared account has the name that istioctl gives it, so that `istioctl
// create-remote-secret` finds it (istioctl/pkg/multicluster/remote_secret.go).
func TokenSecret(target *v1alpha1.Cluster, consumer string, generation int32) string {
	switch shared := target.Reader.ServiceAccount; {
	case shared == "":
		return readerRole + "-" + consumer + "-token-" + strconv.Itoa(int(generation))
	case generation == 1:
		return shared + "-istio-remote-secret-token"
	default:
		return shared + "-istio-remote-secret-token-" + strconv.Itoa(int(generation))
	}
}

// Generation is the newest generation of the credential with which consumer is to read target; 0
// when it is cut off.
func Generation(target *v1alpha1.Cluster, consumer string) int32 {
	generations := target.GenerationsOf(consumer)
	if len(generations) == 0 {
		return 0
	}
	return generations[len(generations)-1]
}

// readerAccount is an account with the Secrets of all generations that count, of all that share it.
func (c compiler) readerAccount(consumers ...string) account {
	a := account{name: Account(c.cluster, consumers[0]), foreign: c.cluster.Reader.ServiceAccount == v1alpha1.IstioReaderAccount}
	for _, consumer := range consumers {
		for _, generation := range c.cluster.GenerationsOf(consumer) {
			a.tokenSecrets = append(a.tokenSecrets, TokenSecret(c.cluster, consumer, generation))
		}
	}
	slices.Sort(a.tokenSecrets)
	a.tokenSecrets = slices.Compact(a.tokenSecrets)
	return a
}

// UsesAccount tells whether control planes read a cluster with the token of an account there.
func UsesAccount(target *v1alpha1.Cluster) bool {
	return target.Reader.Auth == v1alpha1.ReaderAuthToken || target.Reader.Auth == v1alpha1.ReaderAuthExternal
}

// hasReaders tells whether control planes of peers read this cluster with accounts of ours.
func (c compiler) hasReaders() bool {
	return c.Graph.IsRead(c.cluster.Name) && (!UsesAccount(c.cluster) || c.cluster.Reader.ServiceAccount != v1alpha1.IstioReaderAccount)
}

// readers returns the accounts with which the control planes of peers read this cluster.
func (c compiler) readers() []Manifest {
	switch c.cluster.Reader.Auth {
	case v1alpha1.ReaderAuthFederated:
		return c.userReaders("The istiod of %s, as the API server here knows it by its configuration in authentication/.")
	case v1alpha1.ReaderAuthClientCertificate:
		return c.userReaders("The control plane of %s, as the API server here knows it by its client certificate.")
	case v1alpha1.ReaderAuthToken, v1alpha1.ReaderAuthExternal: // an account here
	}
	var consumers []string
	for consumer := range c.Graph.ReadersOf(c.cluster.Name) {
		consumers = append(consumers, consumer.Name)
	}
	if c.cluster.Reader.ServiceAccount != "" && consumers != nil {
		return []Manifest{c.reader(c.readerAccount(consumers...), "reader.yaml")} // one account for all of them
	}
	var manifests []Manifest
	for _, consumer := range consumers {
		manifests = append(manifests, c.reader(c.readerAccount(consumer), readerFile(consumer)))
	}
	return manifests
}

// readerFile names the file of one consumer's account. A cluster may be called rbac; none has a
// name that begins with a dash.
func readerFile(consumer string) string {
	if name := "reader-" + consumer + ".yaml"; name != readerRolesFile {
		return name
	}
	return "reader--" + consumer + ".yaml"
}

// reader returns one account with its token Secrets, and its bindings unless they are others'.
func (c compiler) reader(account account, file string) Manifest {
	namespace := c.cluster.Istio.Namespace
	var tokens []Object
	for _, name := range account.tokenSecrets {
		tokens = append(tokens, corev1.Secret(name, namespace).WithLabels(c.labels).
			WithAnnotations(map[string]string{typed.ServiceAccountNameKey: account.name}).
			WithType(typed.SecretTypeServiceAccountToken))
	}
	if account.foreign {
		return Manifest{File: file, Objects: tokens,
			Comment: "The API server fills this Secret with a token. The account and its rights are those of Istio's charts."}
	}
	objects := append([]Object{corev1.ServiceAccount(account.name, namespace).WithLabels(c.labels)}, tokens...)
	return Manifest{File: file, Comment: "The API server fills the Secret with a token. Without the bindings the token opens nothing.",
		Objects: append(objects, c.readerBindings(account.name, accountSubject(account.name, namespace))...)}
}

func accountSubject(name, namespace string) *rbacv1.SubjectApplyConfiguration {
	return rbacv1.Subject().WithKind("ServiceAccount").WithName(name).WithNamespace(namespace)
}

// readerBindings give subjects the rights of a reader.
func (c compiler) readerBindings(name string, subjects ...*rbacv1.SubjectApplyConfiguration) []Object {
	return []Object{
		rbacv1.RoleBinding(name, c.cluster.Istio.Namespace).WithLabels(c.labels).WithRoleRef(roleRef("Role", readerRole)).WithSubjects(subjects...),
		rbacv1.ClusterRoleBinding(name).WithLabels(c.labels).WithRoleRef(roleRef("ClusterRole", readerRole)).WithSubjects(subjects...),
	}
}

func roleRef(kind, name string) *rbacv1.RoleRefApplyConfiguration {
	return rbacv1.RoleRef().WithAPIGroup("rbac.authorization.k8s.io").WithKind(kind).WithName(name)
}

// readerRoles returns the least that lets istiod finish syncing a remote cluster, measured
// with a real istiod. Secrets cannot be left out: istiod waits for them although it uses none
// of a multi-primary peer's (istio#49992). Of the ConfigMaps it needs two by name, for the
// remote's trust domain (istio#59474).
func (c compiler) readerRoles() Manifest {
	rule := func(group string, resources ...string) *rbacv1.PolicyRuleApplyConfiguration {
		return rbacv1.PolicyRule().WithAPIGroups(group).WithResources(resources...).WithVerbs("get", "list", "watch")
	}
	return Manifest{File: readerRolesFile,
		Comment: "What the control plane of a peer may read here. That includes every Secret: without this right\n" +
			"istiod never finishes syncing the cluster. Treat each reader's token like a root key.",
		Objects: []Object{
			rbacv1.Role(readerRole, c.cluster.Istio.Namespace).WithLabels(c.labels).WithRules(
				rule("", "configmaps").WithResourceNames(c.meshConfigMaps()...)),
			rbacv1.ClusterRole(readerRole).WithLabels(c.labels).WithRules(
				rule("", "namespaces", "nodes", "pods", "secrets", "services"),
				rule("apiextensions.k8s.io", "customresourcedefinitions"),
				rule("discovery.k8s.io", "endpointslices"),
				rule("gateway.networking.k8s.io", "gateways"),
				rule("networking.istio.io", "workloadentries")),
		}}
}

// meshConfigMaps are the ConfigMaps with the mesh configuration that a reader may ask for: the
// default one, and one for each revision on either side.
func (c compiler) meshConfigMaps() []string {
	names := map[string]bool{"istio": true}
	add := func(cluster *v1alpha1.Cluster) {
		if cluster.Istio.Revision != "" {
			names["istio-"+cluster.Istio.Revision] = true
		}
	}
	add(c.cluster)
	for consumer := range c.Graph.ReadersOf(c.cluster.Name) {
		add(consumer)
	}
	return slices.Sorted(maps.Keys(names))
}
