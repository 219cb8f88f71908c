package summary

import (
	"maps"
	"slices"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
)

// Cluster is a member of the mesh.
type Cluster struct {
	// ID of the item: cluster/NAME.
	// +required
	ID string `json:"id"`
	// At is the location of its declaration.
	At Place `json:"at,omitzero"`
	// Name in the mesh.
	// +required
	Name string `json:"name"`
	// ClusterID is the ID of the cluster in Istio.
	// +required
	ClusterID string `json:"clusterID"`
	// ControlPlane is the name of the cluster whose control plane serves this one.
	// +required
	ControlPlane string `json:"controlPlane"`
	// Istio control plane of the cluster.
	// +required
	Istio Istio `json:"istio"`
	// Network in Istio; omitted if none is set.
	Network string `json:"network,omitempty"`
	// TrustDomain of its workloads.
	// +required
	TrustDomain string `json:"trustDomain"`
	// Locality as region/zone/subzone.
	Locality string `json:"locality,omitempty"`
	// Platform, omitted for plain Kubernetes.
	Platform string `json:"platform,omitempty"`
	// KubernetesVersion, if known.
	KubernetesVersion string `json:"kubernetesVersion,omitempty"`
	// PodCIDRs are the addresses of its pods.
	PodCIDRs []string `json:"podCIDRs,omitempty"`
	// EgressCIDRs are the source addresses of its NAT or its nodes.
	EgressCIDRs []string `json:"egressCIDRs,omitempty"`
	// Endpoints of its API server, with the consumers of each.
	// +required
	Endpoints []Endpoint `json:"endpoints"`
	// Gateway is its east-west gateway; omitted if it needs none.
	Gateway *Gateway `json:"gateway,omitempty"`
	// Roles that readers of this cluster can have.
	Roles []Role `json:"roles,omitempty"`
}

// Istio is the control plane that serves a cluster.
type Istio struct {
	// At is the location of the version.
	At Place `json:"at,omitzero"`
	// Distribution: istio, solo or csm.
	// +required
	Distribution string `json:"distribution"`
	// Version; omitted if none is set.
	Version string `json:"version,omitempty"`
	// Revision; omitted for the default revision.
	Revision string `json:"revision,omitempty"`
	// Namespace of the control plane.
	// +required
	Namespace string `json:"namespace"`
	// DataPlane: sidecar or ambient.
	// +required
	DataPlane string `json:"dataPlane"`
	// Managed indicates that Google runs the control plane.
	Managed bool `json:"managed,omitempty"`
}

// Gateway is an east-west gateway.
type Gateway struct {
	// ID of the item: gateway/CLUSTER.
	// +required
	ID string `json:"id"`
	// At is the location of its declaration.
	At Place `json:"at,omitzero"`
	// Addresses at which other networks reach the gateway; omitted if they are discovered.
	Addresses []string `json:"addresses,omitempty"`
	// AddressesOnly indicates that callers use only addresses, and none that they discover.
	AddressesOnly bool `json:"addressesOnly,omitempty"`
	// Service is the type of the gateway's Service.
	// +required
	Service string `json:"service"`
	// Namespace of the gateway.
	// +required
	Namespace string `json:"namespace"`
	// Port of addresses that receives calls.
	// +required
	Port int32 `json:"port"`
	// Opens lists what the gateway exposes: workloads, peers, remotes.
	// +required
	Opens []Exposure `json:"opens"`
	// Annotations of the gateway's Service.
	Annotations map[string]string `json:"annotations,omitempty"`
}

// Exposure is what an east-west gateway exposes.
type Exposure string

// The exposures.
const (
	// ExposesWorkloads to clusters of other networks.
	ExposesWorkloads Exposure = "workloads"
	// ExposesPeers: control planes of callers connect to the one here.
	ExposesPeers Exposure = "peers"
	// ExposesRemotes: clusters without a control plane connect to the one here.
	ExposesRemotes Exposure = "remotes"
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
		Istio: Istio{
			At:           b.in(c.Name, "istio.version"),
			Distribution: string(c.Istio.Distribution),
			Version:      c.Istio.Version,
			Revision:     c.Istio.Revision,
			Namespace:    c.Istio.Namespace,
			DataPlane:    string(c.Istio.DataPlane),
			Managed:      *c.Istio.Managed,
		},
		Network: c.Network, TrustDomain: c.TrustDomain, Locality: locality(c.Locality), Platform: string(c.Platform),
		KubernetesVersion: c.KubernetesVersion, PodCIDRs: sortedCopy(c.PodCIDRs), EgressCIDRs: sortedCopy(c.EgressCIDRs),
		Endpoints: b.endpoints(c), Gateway: b.gateway(c), Roles: b.roles(c),
	}
}

// sortedCopy sorts a list whose order in mesh.yaml has no meaning.
func sortedCopy(list []string) []string { return slices.Sorted(slices.Values(list)) }

func locality(where *v1alpha1.Locality) string {
	if where == nil {
		return ""
	}
	return strings.TrimRight(strings.Join([]string{where.Region, where.Zone, where.Subzone}, "/"), "/")
}

// gateway returns a cluster's east-west gateway; nil if nothing needs it.
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
	return &Gateway{
		ID:            "gateway/" + c.Name,
		At:            b.in(c.Name, "gateway"),
		Addresses:     sortedCopy(own.Addresses),
		AddressesOnly: own.AddressesOnly,
		Service:       string(own.Service),
		Namespace:     own.Namespace,
		Port:          b.gatewayPort(c),
		Opens:         opens,
		Annotations:   maps.Clone(own.Annotations),
	}
}

// portHBONE receives calls from ztunnels and from peering control planes.
const portHBONE = 15008

func (b *builder) gatewayPort(c *v1alpha1.Cluster) int32 {
	if b.Mesh.Spec.Discovery == v1alpha1.DiscoveryPeering || c.Istio.DataPlane == v1alpha1.DataPlaneAmbient {
		return portHBONE
	}
	own := c.EastWest()
	return own.AdvertisedPort()
}

func (b *builder) roles(c *v1alpha1.Cluster) []Role {
	var roles []Role
	for _, role := range access.Roles(b.Graph, c) {
		var permissions []Permission
		for _, p := range role.Permissions {
			permissions = append(permissions, Permission{
				Namespace: p.Namespace,
				APIGroup:  p.Group,
				Resource:  p.Resource,
				Names:     p.Names,
				Verbs:     p.Verbs,
			})
		}
		roles = append(roles, Role{Name: role.Name, Permissions: permissions})
	}
	return roles
}
