package access

import (
	"slices"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/topology"
)

// IstioctlAccount is the account that Istio's base chart makes in every cluster, with which remote secrets of istioctl
// read it (istio manifests/charts/base/templates/reader-serviceaccount.yaml).
const IstioctlAccount = "istio-reader-service-account"

// istioctlToken ends the name of the token Secret that `istioctl create-remote-secret` makes for an account
// (istioctl/pkg/multicluster/remote_secret.go).
const istioctlToken = "-istio-remote-secret-token"

// Origin is where a credential comes from that the mesh does not declare.
type Origin string

// The origins.
const (
	// OriginFormer is a reader of a former link, or a generation that is no longer current.
	OriginFormer Origin = "former"
	// OriginIstioctl was made by istioctl create-remote-secret.
	OriginIstioctl Origin = "istioctl"
)

// UndeclaredAuth is the kind of every credential that the mesh does not declare and that can be found: the token of an
// account.
func UndeclaredAuth() v1alpha1.ReaderAuth { return token{}.Auth() }

// Undeclared tells whether a ServiceAccount of a cluster's Istio namespace, or one of its token Secrets, grants
// access to the cluster as a reader does and is none that the mesh declares. An empty secret asks for the account
// itself, whose labels tell whether this mesh made it.
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

// declared lists the accounts with which a cluster is read, and the token Secrets of the current generations.
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
