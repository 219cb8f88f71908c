package gke

import (
	"net/netip"
	"strings"
)

// Cluster is what is read of a cluster. Where the API has two places for one thing, both are
// here: controlPlaneEndpointsConfig has taken over from privateClusterConfig and
// masterAuthorizedNetworksConfig, and a dump may have either.
type Cluster struct {
	Name, Location, Zone, SelfLink, Endpoint string
	CurrentMasterVersion                     string
	Network, Subnetwork, ClusterIpv4Cidr     string
	ResourceLabels                           map[string]string
	MasterAuth                               struct{ ClusterCaCertificate string }
	Autopilot                                struct{ Enabled bool }
	WorkloadIdentityConfig                   struct{ WorkloadPool string }
	Fleet                                    struct{ Project, Membership string }
	NetworkConfig                            networkConfig
	IPAllocationPolicy                       ipAllocationPolicy
	NodePools                                []nodePool
	NodePoolAutoConfig                       struct{ NetworkTags struct{ Tags []string } }
	PrivateClusterConfig                     privateClusterConfig
	MasterAuthorizedNetworksConfig           *authorizedNetworks
	ControlPlaneEndpointsConfig              controlPlaneEndpoints
}

type networkConfig struct {
	Network, Subnetwork       string
	DefaultEnablePrivateNodes bool
}

type ipAllocationPolicy struct {
	ClusterIpv4Cidr, ClusterIpv4CidrBlock, StackType, SubnetIpv6CidrBlock string
	ClusterSecondaryRangeName                                             string
	AdditionalPodRangesConfig                                             struct{ PodRangeNames []string }
	AdditionalIPRangesConfigs                                             []struct{ PodIpv4RangeNames []string }
}

type nodePool struct {
	Config        struct{ Tags []string }
	NetworkConfig struct{ PodRange, PodIpv4CidrBlock string }
}

type privateClusterConfig struct {
	EnablePrivateEndpoint, EnablePrivateNodes            bool
	MasterIpv4CidrBlock, PrivateEndpoint, PublicEndpoint string
	MasterGlobalAccessConfig                             struct{ Enabled bool }
}

type controlPlaneEndpoints struct {
	DNSEndpointConfig struct {
		Endpoint                                    string
		AllowExternalTraffic, EnableK8sTokensViaDNS bool
	}
	IPEndpointsConfig struct {
		Enabled, EnablePublicEndpoint   *bool
		PublicEndpoint, PrivateEndpoint string
		GlobalAccess                    bool
		AuthorizedNetworksConfig        *authorizedNetworks
	}
}

type authorizedNetworks struct {
	Enabled                                                        bool
	CidrBlocks                                                     []struct{ CidrBlock string }
	GcpPublicCidrsAccessEnabled, PrivateEndpointEnforcementEnabled *bool
}

// Rule is what is read of a firewall rule.
type Rule struct {
	Name, Network, Direction, SelfLink, Description string
	Priority                                        *int
	Disabled                                        bool
	SourceRanges, SourceTags                        []string
	SourceServiceAccounts                           []string
	TargetTags, TargetServiceAccounts               []string
	Allowed, Denied                                 []Traffic
}

// Traffic is a protocol with its ports; none are all.
type Traffic struct {
	IPProtocol string
	Ports      []string
}

// ID is the name by which Google knows a cluster.
type ID struct{ Project, Location, Cluster string }

// ID of the cluster. The project stands in its link only, and may be missing.
func (c Cluster) ID() ID {
	id := ID{Location: c.Location, Cluster: c.Name}
	if id.Location == "" {
		id.Location = c.Zone
	}
	parts := strings.Split(c.SelfLink, "/")
	if end := len(parts) - 1; end >= 5 && parts[end-5] == "projects" && parts[end-1] == "clusters" {
		id.Project = parts[end-4]
	}
	return id
}

// VPC is the network of the cluster, and the project that owns it.
func (c Cluster) VPC() (project, network string) {
	if project, network = networkOf(c.NetworkConfig.Network); network == "" {
		_, network = networkOf(c.Network)
	}
	if project == "" {
		project = c.ID().Project
	}
	return project, network
}

// VPC is the network that the rule is for, and the project that owns it.
func (r Rule) VPC() (project, network string) { return networkOf(r.Network) }

// networkOf takes the name of a network, or a link to it, apart.
func networkOf(link string) (project, network string) {
	parts := strings.Split(link, "/") // there may be thousands: a pattern takes far longer
	end := len(parts) - 1
	if end >= 4 && parts[end-4] == "projects" && parts[end-2] == "global" && parts[end-1] == "networks" {
		return parts[end-3], parts[end]
	}
	return "", parts[end]
}

// PodRanges are the addresses of the pods, sorted, and the names of ranges whose addresses the
// cluster does not tell. The primary range is where most clusters have all their pods; a node
// pool may have one of its own.
func (c Cluster) PodRanges() (ranges, unknown []string) {
	var found []netip.Prefix
	add := func(text string) bool {
		prefix, err := netip.ParsePrefix(text)
		if err == nil {
			found = append(found, prefix.Masked())
		}
		return err == nil
	}
	known := map[string]bool{c.IPAllocationPolicy.ClusterSecondaryRangeName: true}
	policy := c.IPAllocationPolicy
	add(first(policy.ClusterIpv4CidrBlock, policy.ClusterIpv4Cidr, c.ClusterIpv4Cidr))
	for _, pool := range c.NodePools {
		if add(pool.NetworkConfig.PodIpv4CidrBlock) {
			known[pool.NetworkConfig.PodRange] = true
		}
	}
	if policy.StackType == "IPV4_IPV6" {
		add(policy.SubnetIpv6CidrBlock) // pods have theirs out of the node's, and that out of the subnet's
	}
	names := policy.AdditionalPodRangesConfig.PodRangeNames
	for _, config := range policy.AdditionalIPRangesConfigs {
		names = append(names[:len(names):len(names)], config.PodIpv4RangeNames...)
	}
	for _, name := range names {
		if !known[name] {
			known[name], unknown = true, append(unknown, name)
		}
	}
	return merged(found), unknown
}

func first(values ...string) string {
	for _, value := range values {
		if value != "" {
			return value
		}
	}
	return ""
}
