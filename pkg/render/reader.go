package render

import (
	"slices"

	typed "k8s.io/api/core/v1"
	corev1 "k8s.io/client-go/applyconfigurations/core/v1"
	rbacv1 "k8s.io/client-go/applyconfigurations/rbac/v1"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/pruneguard"
)

const readerRolesFile = "reader-rbac.yaml"

// account is a ServiceAccount that other control planes use here, with the Secrets that the API server fills with its
// tokens.
type account struct {
	name         string
	tokenSecrets []string
	// newest are the token Secrets of the newest generations.
	newest map[string]bool
	// foreign accounts are installed and bound by Istio's charts.
	foreign bool
}

// readerAccount returns an account with the Secrets of all valid generations of all consumers that share it.
func (c compiler) readerAccount(consumers ...string) account {
	a := account{
		name:    access.Account(c.cluster, consumers[0]),
		foreign: c.cluster.Reader.ServiceAccount == v1alpha1.IstioReaderAccount,
	}
	a.newest = map[string]bool{}
	for _, consumer := range consumers {
		for _, generation := range c.cluster.GenerationsOf(consumer) {
			a.tokenSecrets = append(a.tokenSecrets, access.TokenSecret(c.cluster, consumer, generation))
		}
		a.newest[access.TokenSecret(c.cluster, consumer, access.Generation(c.cluster, consumer))] = true
	}
	slices.Sort(a.tokenSecrets)
	a.tokenSecrets = slices.Compact(a.tokenSecrets)
	return a
}

// hasReaders reports whether other control planes read this cluster with accounts that we create.
func (c compiler) hasReaders() bool {
	return c.Graph.IsTarget(c.cluster.Name) && !access.GrantedByCharts(c.cluster)
}

// readers returns the accounts of other control planes, with the bindings that grant their permissions. The objects of
// a reader are contiguous, so that a new cluster only adds lines.
func (c compiler) readers() []Manifest {
	if !access.UsesAccount(c.cluster) {
		return c.userReaders()
	}
	var consumers []string
	for consumer := range c.Graph.Consumers(c.cluster.Name) {
		consumers = append(consumers, consumer.Name)
	}
	if len(consumers) == 0 {
		return nil
	}
	manifest := Manifest{File: layout.Readers}
	if access.GrantedByCharts(c.cluster) {
		manifest.Comment = "The API server adds a token to this Secret. Istio's charts create the account and its " +
			"permissions."
		manifest.Objects = c.reader(c.readerAccount(consumers...))
	} else {
		manifest.Comment = "The API server adds a token to each Secret. Without the bindings a token grants no access."
		for _, sharing := range c.accounts(consumers) {
			manifest.Objects = append(manifest.Objects, c.reader(c.readerAccount(sharing...))...)
		}
	}
	return []Manifest{manifest}
}

// accounts groups consumers by shared account; each has its own unless mesh.yaml names one.
func (c compiler) accounts(consumers []string) [][]string {
	if c.cluster.Reader.ServiceAccount != "" {
		return [][]string{consumers}
	}
	return slices.Collect(slices.Chunk(consumers, 1))
}

// reader returns an account with its token Secrets, and its bindings unless Istio's charts create them. The newest
// token Secret is guarded because Git cannot restore its token, and so is the account, because the token controller
// deletes its Secrets with it (Kubernetes pkg/controller/serviceaccount/tokens_controller.go). Older generations and
// bindings are not: pruning them revokes access, as intended.
func (c compiler) reader(account account) []Object {
	namespace := c.cluster.Istio.Namespace
	var tokens []Object
	for _, name := range account.tokenSecrets {
		token := corev1.Secret(name, namespace).WithLabels(c.labels).
			WithAnnotations(map[string]string{typed.ServiceAccountNameKey: account.name}).
			WithType(typed.SecretTypeServiceAccountToken)
		if account.newest[name] {
			token.WithAnnotations(pruneguard.Annotations())
		}
		tokens = append(tokens, token)
	}
	if account.foreign {
		return tokens
	}
	reader := corev1.ServiceAccount(account.name, namespace).WithLabels(c.labels).WithAnnotations(pruneguard.Annotations())
	objects := append([]Object{reader}, tokens...)
	return append(objects, c.readerBindings(account.name, accountSubject(account.name, namespace))...)
}

func accountSubject(name, namespace string) *rbacv1.SubjectApplyConfiguration {
	return rbacv1.Subject().WithKind("ServiceAccount").WithName(name).WithNamespace(namespace)
}

// readerBindings grant subjects a reader's permissions.
func (c compiler) readerBindings(name string, subjects ...*rbacv1.SubjectApplyConfiguration) []Object {
	return []Object{
		rbacv1.RoleBinding(name, c.cluster.Istio.Namespace).WithLabels(c.labels).
			WithRoleRef(roleRef("Role", access.ReaderRole)).WithSubjects(subjects...),
		rbacv1.ClusterRoleBinding(name).WithLabels(c.labels).
			WithRoleRef(roleRef("ClusterRole", access.ReaderRole)).WithSubjects(subjects...),
	}
}

func roleRef(kind, name string) *rbacv1.RoleRefApplyConfiguration {
	return rbacv1.RoleRef().WithAPIGroup("rbac.authorization.k8s.io").WithKind(kind).WithName(name)
}

// readerRoles contain a reader's permissions: access.ReaderPermissions, one rule per API group.
func (c compiler) readerRoles() []Manifest {
	if !c.hasReaders() {
		return nil
	}
	role := rbacv1.Role(access.ReaderRole, c.cluster.Istio.Namespace).WithLabels(c.labels)
	clusterRole := rbacv1.ClusterRole(access.ReaderRole).WithLabels(c.labels)
	configs := access.MeshConfigMaps(c.Graph, c.cluster)
	for _, permission := range access.ReaderPermissions(c.cluster.Istio.Namespace, configs...) {
		rule := ruleFor(permission)
		last := len(clusterRole.Rules) - 1
		switch {
		case permission.Namespace != "":
			role.WithRules(rule)
		case last >= 0 && clusterRole.Rules[last].APIGroups[0] == permission.Group:
			clusterRole.Rules[last].WithResources(permission.Resource)
		default:
			clusterRole.WithRules(rule)
		}
	}
	return []Manifest{{File: readerRolesFile, Shared: true, Objects: []Object{role, clusterRole},
		Comment: "Permissions of a peer's control plane. They include every Secret: without this permission\n" +
			"istiod never finishes syncing the cluster. Treat each reader's token like a root key."}}
}
