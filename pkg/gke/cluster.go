package gke

import (
	"net/netip"
	"strings"
)

// Cluster contains the fields that are read. If the API has two fields for the same setting, both are here:
// controlPlaneEndpointsConfig replaces privateClusterConfig and masterAuthorizedNetworksConfig, and a dump can have
// either. The names are exactly those of the API (container.googleapis.com v1), in the same letter case.
type Cluster struct {
	Name                           string                `json:"name"`
	Location                       string                `json:"location"`
	Zone                           string                `json:"zone"`
	SelfLink                       string                `json:"selfLink"`
	Endpoint                       string                `json:"endpoint"`
	CurrentMasterVersion           string                `json:"currentMasterVersion"`
	Network                        string                `json:"network"`
	Subnetwork                     string                `json:"subnetwork"`
	ClusterIpv4Cidr                string                `json:"clusterIpv4Cidr"`
	ResourceLabels                 map[string]string     `json:"resourceLabels"`
	MasterAuth                     masterAuth            `json:"masterAuth"`
	Autopilot                      toggle                `json:"autopilot"`
	WorkloadIdentityConfig         workloadIdentity      `json:"workloadIdentityConfig"`
	Fleet                          fleet                 `json:"fleet"`
	NetworkConfig                  networkConfig         `json:"networkConfig"`
	IPAllocationPolicy             ipAllocationPolicy    `json:"ipAllocationPolicy"`
	NodePools                      []nodePool            `json:"nodePools"`
	NodePoolAutoConfig             nodePoolAutoConfig    `json:"nodePoolAutoConfig"`
	PrivateClusterConfig           privateClusterConfig  `json:"privateClusterConfig"`
	MasterAuthorizedNetworksConfig *authorizedNetworks   `json:"masterAuthorizedNetworksConfig"`
	ControlPlaneEndpointsConfig    controlPlaneEndpoints `json:"controlPlaneEndpointsConfig"`

	// NamedRanges are the addresses of pod ranges that the cluster only names, from its subnets.
	NamedRanges map[string]string `json:"-"`
	// ControlPlane that the fleet runs for the cluster; nil if there is none, or if no feature shows it.
	ControlPlane *ControlPlane `json:"-"`
}

type toggle struct {
	Enabled bool `json:"enabled"`
}

type masterAuth struct {
	ClusterCaCertificate string `json:"clusterCaCertificate"`
}

type workloadIdentity struct {
	WorkloadPool string `json:"workloadPool"`
}

type fleet struct {
	Project    string `json:"project"`
	Membership string `json:"membership"`
}

type networkConfig struct {
	Network                   string `json:"network"`
	Subnetwork                string `json:"subnetwork"`
	DefaultEnablePrivateNodes bool   `json:"defaultEnablePrivateNodes"`
}

type ipAllocationPolicy struct {
	ClusterIpv4Cidr           string             `json:"clusterIpv4Cidr"`
	ClusterIpv4CidrBlock      string             `json:"clusterIpv4CidrBlock"`
	StackType                 string             `json:"stackType"`
	SubnetIpv6CidrBlock       string             `json:"subnetIpv6CidrBlock"`
	ClusterSecondaryRangeName string             `json:"clusterSecondaryRangeName"`
	AdditionalPodRangesConfig podRanges          `json:"additionalPodRangesConfig"`
	AdditionalIPRangesConfigs []additionalRanges `json:"additionalIpRangesConfigs"`
}

type podRanges struct {
	PodRangeNames []string `json:"podRangeNames"`
}

type additionalRanges struct {
	Subnetwork        string   `json:"subnetwork"`
	PodIpv4RangeNames []string `json:"podIpv4RangeNames"`
}

type nodePool struct {
	Config        networkTags     `json:"config"`
	NetworkConfig nodePoolNetwork `json:"networkConfig"`
}

type nodePoolNetwork struct {
	PodRange         string `json:"podRange"`
	PodIpv4CidrBlock string `json:"podIpv4CidrBlock"`
}

type nodePoolAutoConfig struct {
	NetworkTags networkTags `json:"networkTags"`
}

type networkTags struct {
	Tags []string `json:"tags"`
}

type privateClusterConfig struct {
	EnablePrivateEndpoint    bool   `json:"enablePrivateEndpoint"`
	EnablePrivateNodes       bool   `json:"enablePrivateNodes"`
	MasterIpv4CidrBlock      string `json:"masterIpv4CidrBlock"`
	PrivateEndpoint          string `json:"privateEndpoint"`
	PublicEndpoint           string `json:"publicEndpoint"`
	MasterGlobalAccessConfig toggle `json:"masterGlobalAccessConfig"`
}

type controlPlaneEndpoints struct {
	DNSEndpointConfig dnsEndpoint `json:"dnsEndpointConfig"`
	IPEndpointsConfig ipEndpoints `json:"ipEndpointsConfig"`
}

type dnsEndpoint struct {
	Endpoint              string `json:"endpoint"`
	AllowExternalTraffic  bool   `json:"allowExternalTraffic"`
	EnableK8sTokensViaDNS bool   `json:"enableK8sTokensViaDns"`
}

type ipEndpoints struct {
	Enabled                  *bool               `json:"enabled"`
	EnablePublicEndpoint     *bool               `json:"enablePublicEndpoint"`
	PublicEndpoint           string              `json:"publicEndpoint"`
	PrivateEndpoint          string              `json:"privateEndpoint"`
	GlobalAccess             bool                `json:"globalAccess"`
	AuthorizedNetworksConfig *authorizedNetworks `json:"authorizedNetworksConfig"`
}

type authorizedNetworks struct {
	Enabled                           bool        `json:"enabled"`
	CidrBlocks                        []cidrBlock `json:"cidrBlocks"`
	GcpPublicCidrsAccessEnabled       *bool       `json:"gcpPublicCidrsAccessEnabled"`
	PrivateEndpointEnforcementEnabled *bool       `json:"privateEndpointEnforcementEnabled"`
}

type cidrBlock struct {
	CidrBlock string `json:"cidrBlock"`
}

// Rule contains the fields of a firewall rule that are read (compute.googleapis.com v1).
type Rule struct {
	Name                  string    `json:"name"`
	Network               string    `json:"network"`
	Direction             string    `json:"direction"`
	SelfLink              string    `json:"selfLink"`
	Description           string    `json:"description"`
	Priority              *int      `json:"priority"`
	Disabled              bool      `json:"disabled"`
	SourceRanges          []string  `json:"sourceRanges"`
	SourceTags            []string  `json:"sourceTags"`
	SourceServiceAccounts []string  `json:"sourceServiceAccounts"`
	TargetTags            []string  `json:"targetTags"`
	TargetServiceAccounts []string  `json:"targetServiceAccounts"`
	Allowed               []Traffic `json:"allowed"`
	Denied                []Traffic `json:"denied"`
}

// Traffic is a protocol with its ports; none means all.
type Traffic struct {
	IPProtocol string   `json:"IPProtocol"`
	Ports      []string `json:"ports"`
}

// ID identifies a cluster at Google.
type ID struct{ Project, Location, Cluster string }

// ID of the cluster. Only its link contains the project, which can be missing.
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

// VPC returns the cluster's network, and the project that owns it.
func (c Cluster) VPC() (project, network string) {
	if project, network = networkOf(c.NetworkConfig.Network); network == "" {
		_, network = networkOf(c.Network)
	}
	if project == "" {
		project = c.ID().Project
	}
	return project, network
}

// VPC returns the rule's network, and the project that owns it.
func (r Rule) VPC() (project, network string) { return networkOf(r.Network) }

// networkOf splits the name of a network, or a link to it.
func networkOf(link string) (project, network string) {
	parts := strings.Split(link, "/") // there may be thousands: a regular expression is far slower
	end := len(parts) - 1
	if end >= 4 && parts[end-4] == "projects" && parts[end-2] == "global" && parts[end-1] == "networks" {
		return parts[end-3], parts[end]
	}
	return "", parts[end]
}

// PodRanges returns the addresses of the pods, sorted, and the names of ranges whose addresses the cluster does not
// contain. Most clusters have all their pods in the primary range; a node pool may have its own.
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
		add(policy.SubnetIpv6CidrBlock) // pod ranges are within the node's, and those within the subnet's
	}
	for _, more := range c.additionalRanges() {
		for _, name := range more.PodIpv4RangeNames {
			if !known[name] && !add(c.NamedRanges[name]) {
				unknown = append(unknown, name)
			}
			known[name] = true
		}
	}
	return merged(found), unknown
}

// additionalRanges returns the named pod ranges of the cluster, by subnet.
func (c Cluster) additionalRanges() []additionalRanges {
	subnet := first(c.NetworkConfig.Subnetwork, c.Subnetwork)
	all := []additionalRanges{{
		Subnetwork:        subnet,
		PodIpv4RangeNames: c.IPAllocationPolicy.AdditionalPodRangesConfig.PodRangeNames,
	}}
	for _, config := range c.IPAllocationPolicy.AdditionalIPRangesConfigs {
		config.Subnetwork = first(config.Subnetwork, subnet)
		all = append(all, config)
	}
	return all
}

func first(values ...string) string {
	for _, value := range values {
		if value != "" {
			return value
		}
	}
	return ""
}
