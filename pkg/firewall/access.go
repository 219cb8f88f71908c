package firewall

import (
	"net/netip"
	"slices"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
)

// Access is who must reach the API server of a cluster on GKE, and what that takes.
type Access struct {
	Cluster string
	// Networks have to be among the authorized networks, beside Keep; none when there is no need.
	// They are IPv4, sorted, without doubles.
	Networks []netip.Prefix
	// Keep are the authorized networks that mesh.yaml says are there, sorted, without doubles.
	Keep []netip.Prefix
	// GlobalAccess: clusters of other regions read the private endpoint.
	GlobalAccess bool
	// Consumers are the control planes that read the API server, sorted, with what was decided; none
	// where nothing has to be opened.
	Consumers []Consumer
}

// Needed tells whether anything has to be opened.
func (a Access) Needed() bool { return len(a.Networks) > 0 || a.GlobalAccess }

// Count is how many authorized networks there are, with those that are kept.
func (a Access) Count() int { return len(distinct(slices.Concat(a.Networks, a.Keep))) }

// Consumer is a control plane that reads an API server.
type Consumer struct {
	Cluster string
	// Networks that have to be let in for it; none when there is no need.
	Networks []netip.Prefix
	// GlobalAccess: it reads a private endpoint from another region.
	GlobalAccess bool
	// Reasons say why, and why not: lines for a reviewer.
	Reasons []string
}

// Limits of authorized networks
// (https://cloud.google.com/kubernetes-engine/docs/how-to/authorized-networks).
const (
	limitPrivate = 100
	limitPublic  = 50
)

// Limit is how many authorized networks a cluster may have.
func Limit(cluster *v1alpha1.Cluster) int {
	if cluster.GKE != nil && cluster.GKE.Private {
		return limitPrivate
	}
	return limitPublic
}
