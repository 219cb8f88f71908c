package audit

import (
	"net/netip"
	"slices"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/firewall"
)

// Closed is what keeps control planes from an API server.
type Closed struct {
	// Networks that are not authorized, sorted.
	Networks []string
	// GlobalAccess is set if it is required and disabled.
	GlobalAccess bool
}

// Access compares who must reach an API server with the dump.
func Access(need firewall.Access, is *v1alpha1.GKE) (Closed, bool) {
	var closed Closed
	if is.AuthorizedNetworksEnabled == nil || *is.AuthorizedNetworksEnabled {
		for _, network := range need.Networks {
			if !slices.ContainsFunc(is.AuthorizedNetworks, func(text string) bool {
				outer, err := netip.ParsePrefix(text)
				return err == nil && within(network, outer)
			}) {
				closed.Networks = append(closed.Networks, network.String())
			}
		}
	}
	closed.GlobalAccess = need.GlobalAccess && !is.GlobalAccess
	return closed, closed.GlobalAccess || len(closed.Networks) > 0
}

// Spare returns authorized networks that the mesh does not need and mesh.yaml does not keep.
func Spare(need firewall.Access, is *v1alpha1.GKE) []string {
	var spare []string
	for _, text := range is.AuthorizedNetworks {
		prefix, err := netip.ParsePrefix(text)
		if err == nil && !slices.Contains(need.Networks, prefix) && !slices.Contains(need.Keep, prefix) {
			spare = append(spare, text)
		}
	}
	return spare
}
