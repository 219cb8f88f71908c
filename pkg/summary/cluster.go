package summary

import (
	"maps"
	"slices"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
)

func (b *builder) clusters() []Cluster {
	var all []Cluster
	for cluster := range b.Graph.Clusters() {
		all = append(all, b.cluster(cluster))
	}
	return present(all)
}

func (b *builder) cluster(c *v1alpha1.Cluster) Cluster {
	return Cluster{
		ID: "cluster/" + c.Name, At: b.in(c.Name, ""), Name: c.Name, ClusterID: c.ID(), ControlPlane: c.ControlPlane,
		Istio: Istio{At: b.in(c.Name, "istio.version"), Distribution: string(c.Istio.Distribution), Version: c.Istio.Version,
			Revision: c.Istio.Revision, Namespace: c.Istio.Namespace, DataPlane: string(c.Istio.DataPlane), Managed: *c.Istio.Managed},
		Network: c.Network, TrustDomain: c.TrustDomain, Locality: locality(c.Locality), Platform: string(c.Platform),
		KubernetesVersion: c.KubernetesVersion, PodCIDRs: sorted(c.PodCIDRs), EgressCIDRs: sorted(c.EgressCIDRs),
		Endpoints: b.endpoints(c), Gateway: b.gateway(c), Roles: b.roles(c),
	}
}

// sorted is a list in whose order mesh.yaml says nothing.
func sorted(list []string) []string { return slices.Sorted(slices.Values(list)) }

func locality(where *v1alpha1.Locality) string {
	if where == nil {
		return ""
	}
	return strings.TrimRight(strings.Join([]string{where.Region, where.Zone, where.Subzone}, "/"), "/")
}

// gateway is the east-west gateway of a cluster, where anything needs it.
func (b *builder) gateway(c *v1alpha1.Cluster) *Gateway {
	exposure := b.Graph.Exposure(c.Name)
	if !exposure.Any() {
		return nil
	}
	var opens []Exposure
	add := func(needed bool, what Exposure) {
		if needed {
			opens = append(opens, what)
		}
	}
	add(exposure.Workloads, ExposesWorkloads)
	add(exposure.Peers, ExposesPeers)
	add(exposure.Remotes, ExposesRemotes)
	own := c.EastWest()
	return &Gateway{ID: "gateway/" + c.Name, At: b.in(c.Name, "gateway"), Addresses: sorted(own.Addresses),
		Service: string(own.Service), Namespace: own.Namespace, Port: b.gatewayPort(c), Opens: opens, Annotations: maps.Clone(own.Annotations)}
}

// portHBONE is where ztunnels, and control planes that peer, send calls.
const portHBONE = 15008

func (b *builder) gatewayPort(c *v1alpha1.Cluster) int32 {
	if b.Mesh.Spec.Discovery == v1alpha1.DiscoveryPeering || c.Istio.DataPlane == v1alpha1.DataPlaneAmbient {
		return portHBONE
	}
	own := c.EastWest()
	return own.ToldPort()
}

func (b *builder) roles(c *v1alpha1.Cluster) []Role {
	var roles []Role
	for _, role := range access.Roles(b.Graph, c) {
		var permissions []Permission
		for _, p := range role.Permissions {
			permissions = append(permissions, Permission{Namespace: p.Namespace, APIGroup: p.Group, Resource: p.Resource, Names: p.Names, Verbs: p.Verbs})
		}
		roles = append(roles, Role{Name: role.Name, Permissions: permissions})
	}
	return roles
}
