package firewall

import (
	"net/netip"
	"slices"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
)

// Access is who must reach the API server of a GKE cluster, and what that requires.
type Access struct {
	Cluster string
	// Networks that must be authorized in addition to Keep; none if nothing is required. They are IPv4, sorted, without
	// duplicates.
	Networks []netip.Prefix
	// Keep are the authorized networks that mesh.yaml declares, sorted, without duplicates.
	Keep []netip.Prefix
	// GlobalAccess is set if clusters in other regions read the private endpoint.
	GlobalAccess bool
	// Consumers of the API server, sorted, with the decisions; none if nothing must be allowed.
	Consumers []Consumer
}

// Needed reports whether anything must be allowed.
func (a Access) Needed() bool { return len(a.Networks) > 0 || a.GlobalAccess }

// Count returns the number of authorized networks, including those that are kept.
func (a Access) Count() int { return len(distinct(slices.Concat(a.Networks, a.Keep))) }

// Consumer is a control plane that reads an API server.
type Consumer struct {
	Cluster string
	// Networks that must be authorized for it; none if nothing is required.
	Networks []netip.Prefix
	// GlobalAccess is set if it reads a private endpoint from another region.
	GlobalAccess bool
	// Reasons of the decision, one line each, for reviewers.
	Reasons []string
}

// Limits of authorized networks (https://cloud.google.com/kubernetes-engine/docs/how-to/authorized-networks).
const (
	limitPrivate = 100
	limitPublic  = 50
)

// Limit returns the maximum number of a cluster's authorized networks.
func Limit(cluster *v1alpha1.Cluster) int {
	if cluster.GKE != nil && cluster.GKE.Private {
		return limitPrivate
	}
	return limitPublic
}
