package access

import (
	"slices"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/topology"
)

// IstioctlAccount is the account of Istio's base chart, which remote secrets of istioctl use (istio
// manifests/charts/base/templates/reader-serviceaccount.yaml).
const IstioctlAccount = "istio-reader-service-account"

// istioctlToken is the suffix of the token Secret that `istioctl create-remote-secret` creates for an account
// (istioctl/pkg/multicluster/remote_secret.go).
const istioctlToken = "-istio-remote-secret-token"

// Origin of an undeclared credential.
type Origin string

// Origins.
const (
	// OriginFormer is a reader of a former link, or a generation that is no longer current.
	OriginFormer Origin = "former"
	// OriginIstioctl was created by istioctl create-remote-secret.
	OriginIstioctl Origin = "istioctl"
)

// UndeclaredAuth is the kind of all undeclared credentials that can be found: an account's token.
func UndeclaredAuth() v1alpha1.ReaderAuth { return token{}.Auth() }

// Undeclared reports whether a ServiceAccount of a cluster's Istio namespace, or one of its token Secrets, grants
// access like a reader and is not declared by the mesh. If secret is empty, it is about the account, whose labels show
// whether this mesh created it.
func Undeclared(
	graph *topology.Graph, mesh string, target *v1alpha1.Cluster,
	account string, labels map[string]string, secret string,
) (Origin, bool) {
	accounts, secrets := declared(graph, target)
	ours := labels[LabelMesh] == mesh && labels[LabelManagedBy] == ManagedBy
	unlabelled := labels[LabelMesh] == "" && strings.HasPrefix(account, ReaderRole+"-")
	former := ours || unlabelled || slices.Contains(accounts, account)
	switch {
	case secret == "":
		return OriginFormer, ours && strings.HasPrefix(account, ReaderRole) && !slices.Contains(accounts, account)
	case slices.Contains(secrets, secret):
		return "", false
	case strings.HasSuffix(secret, istioctlToken), account == IstioctlAccount && !slices.Contains(accounts, account):
		return OriginIstioctl, true
	}
	return OriginFormer, former
}

// declared lists a cluster's reader accounts and the token Secrets of their current generations.
func declared(graph *topology.Graph, target *v1alpha1.Cluster) (accounts, secrets []string) {
	if !UsesAccount(target) {
		return nil, nil
	}
	for consumer := range graph.Consumers(target.Name) {
		accounts = append(accounts, Account(target, consumer.Name))
		for _, generation := range target.GenerationsOf(consumer.Name) {
			secrets = append(secrets, TokenSecret(target, consumer.Name, generation))
		}
	}
	return accounts, secrets
}
