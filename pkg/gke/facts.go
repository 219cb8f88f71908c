package gke

import (
	"cmp"
	"encoding/base64"
	"errors"
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
)

// Facts about a cluster in a dump.
type Facts struct {
	// Spec has every field that a dump contains; empty fields are false or unknown.
	Spec v1alpha1.ClusterSpec
	// Notes describe what the dump should contain and does not.
	Notes []Note
	// PodRangesOpen is set if there are more pod ranges than podCIDRs contains.
	PodRangesOpen bool
}

// Note describes a missing fact.
type Note struct{ What, Why string }

// FactsOf returns the facts in a cluster and the firewall rules of its network. Values are not validated, except that
// only certificates are kept of the certificate authority: callers validate what they write.
func FactsOf(c Cluster, rules []Rule) Facts {
	var facts Facts
	note := func(what, why string) { facts.Notes = append(facts.Notes, Note{What: what, Why: why}) }
	spec := &facts.Spec
	spec.Platform = v1alpha1.PlatformGKE
	if c.CurrentMasterVersion != "" {
		spec.KubernetesVersion = "v" + c.CurrentMasterVersion // in the API server's own format
	}
	var open []string
	if spec.PodCIDRs, open = c.PodRanges(); len(open) > 0 {
		facts.PodRangesOpen = true
		note("podCIDRs", "the addresses of pod range "+strings.Join(plainNames(open), ", ")+" are not in the gcloud "+
			"output: also import the subnets: gcloud compute networks subnets list --project="+subnetProject(c)+" --format=json")
	}
	authority, err := authorityOf(c)
	if spec.API.CertificateAuthorityData = authority; err != nil {
		note("api.certificateAuthorityData", err.Error())
	}
	spec.GKE = gkeOf(c)
	var why string
	if spec.GKE.NodeTags, why = c.NodeTags(rules); why != "" {
		note("gke.nodeTags", why)
	}
	if spec.Istio.Revision, why = c.revision(); why != "" {
		note("istio.revision", why)
	}
	if spec.GKE.Endpoints == (v1alpha1.Endpoints{}) {
		note("gke.endpoints", "the gcloud output contains none that is enabled")
	}
	return facts
}

// subnetProject returns the project that owns a cluster's network, or a placeholder.
func subnetProject(c Cluster) string {
	if project, _ := c.VPC(); regexp.MustCompile(`^[a-z0-9][a-z0-9.:-]*$`).MatchString(project) {
		return project
	}
	return "PROJECT"
}

func gkeOf(c Cluster) *v1alpha1.GKE {
	id := c.ID()
	project, vpc := c.VPC()
	gke := &v1alpha1.GKE{
		Project:        id.Project,
		Location:       id.Location,
		Cluster:        id.Cluster,
		NetworkProject: project,
		VPC:            vpc,
		Subnet:         last(first(c.NetworkConfig.Subnetwork, c.Subnetwork)),
		Private:        c.NetworkConfig.DefaultEnablePrivateNodes || c.PrivateClusterConfig.EnablePrivateNodes,
		Autopilot:      c.Autopilot.Enabled,
		Endpoints:      c.endpoints(),
		GlobalAccess: c.ControlPlaneEndpointsConfig.IPEndpointsConfig.GlobalAccess ||
			c.PrivateClusterConfig.MasterGlobalAccessConfig.Enabled,
		TokensViaDNS: c.ControlPlaneEndpointsConfig.DNSEndpointConfig.EnableK8sTokensViaDNS,
		MasterCIDR:   c.PrivateClusterConfig.MasterIpv4CidrBlock,
		WorkloadPool: c.WorkloadIdentityConfig.WorkloadPool,
		Membership:   c.membership(),
	}
	c.authorize(gke)
	return gke
}

// plainNames drops invalid resource names.
func plainNames(names []string) []string {
	plain := regexp.MustCompile(`^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$`)
	shown := slices.Clone(names)
	for i, name := range shown {
		if !plain.MatchString(name) {
			shown[i] = "[no name]"
		}
	}
	return shown
}

func last(link string) string { return link[strings.LastIndexByte(link, '/')+1:] }

// endpoints returns those that are enabled: a dump can contain addresses of disabled ones.
func (c Cluster) endpoints() v1alpha1.Endpoints {
	var endpoints v1alpha1.Endpoints
	ip, dns := c.ControlPlaneEndpointsConfig.IPEndpointsConfig, c.ControlPlaneEndpointsConfig.DNSEndpointConfig
	old := c.PrivateClusterConfig
	isPublic := !old.EnablePrivateEndpoint
	if ip.EnablePublicEndpoint != nil {
		isPublic = *ip.EnablePublicEndpoint
	}
	if ip.Enabled == nil || *ip.Enabled {
		endpoints.Private = first(ip.PrivateEndpoint, old.PrivateEndpoint)
		if isPublic {
			endpoints.Public = first(ip.PublicEndpoint, old.PublicEndpoint)
		}
		c.plainEndpoint(&endpoints, isPublic)
	}
	if dns.AllowExternalTraffic {
		endpoints.DNS = dns.Endpoint
	}
	return endpoints
}

// plainEndpoint returns the endpoint in every dump: the public one, unless it is disabled.
func (c Cluster) plainEndpoint(endpoints *v1alpha1.Endpoints, isPublic bool) {
	if _, err := netip.ParseAddr(c.Endpoint); err != nil || c.Endpoint == endpoints.Private {
		return
	}
	if isPublic && endpoints.Public == "" {
		endpoints.Public = c.Endpoint
	} else if !isPublic && endpoints.Private == "" {
		endpoints.Private = c.Endpoint
	}
}

// authorize sets who may reach the API server, which a dump can contain in two fields; the newer one takes precedence.
func (c Cluster) authorize(gke *v1alpha1.GKE) {
	var enabled bool
	for _, networks := range []*authorizedNetworks{
		c.ControlPlaneEndpointsConfig.IPEndpointsConfig.AuthorizedNetworksConfig,
		c.MasterAuthorizedNetworksConfig,
	} {
		if networks == nil {
			continue
		}
		enabled = enabled || networks.Enabled
		gke.GoogleCloudAccess = cmp.Or(gke.GoogleCloudAccess, networks.GcpPublicCidrsAccessEnabled)
		gke.AuthorizedNetworksOnPrivateEndpoint = cmp.Or(gke.AuthorizedNetworksOnPrivateEndpoint,
			networks.PrivateEndpointEnforcementEnabled)
		if networks.Enabled && len(gke.AuthorizedNetworks) == 0 {
			for _, block := range networks.CidrBlocks {
				gke.AuthorizedNetworks = append(gke.AuthorizedNetworks, block.CidrBlock)
			}
		}
	}
	gke.AuthorizedNetworksEnabled = &enabled
	gke.AuthorizedNetworks = sortedUnique(gke.AuthorizedNetworks)
}

// Google identifies a project sometimes by ID and sometimes by number.
func (c Cluster) membership() *v1alpha1.Membership {
	if c.Fleet.Project == "" && c.Fleet.Membership == "" {
		return nil
	}
	var membership v1alpha1.Membership
	project := func(name string) {
		if regexp.MustCompile(`^[0-9]+$`).MatchString(name) {
			membership.ProjectNumber = first(membership.ProjectNumber, name)
		} else {
			membership.Project = first(membership.Project, name)
		}
	}
	project(c.Fleet.Project)
	resource := regexp.MustCompile(`/projects/([^/]+)/locations/([^/]+)/memberships/([^/]+)$`)
	if match := resource.FindStringSubmatch(c.Fleet.Membership); match != nil {
		project(match[1])
		membership.Location, membership.Name = match[2], match[3]
	}
	if number, ok := strings.CutPrefix(c.ResourceLabels["mesh_id"], "proj-"); ok {
		membership.ProjectNumber = first(membership.ProjectNumber, number)
	}
	return &membership
}

func authorityOf(c Cluster) ([]byte, error) {
	text := c.MasterAuth.ClusterCaCertificate
	if text == "" {
		return nil, errors.New("the gcloud output has no masterAuth.clusterCaCertificate")
	}
	data, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return nil, errors.New("masterAuth.clusterCaCertificate is not base64")
	}
	certificates, err := mesh.Certificates(data)
	if err != nil {
		return nil, fmt.Errorf("masterAuth.clusterCaCertificate %w", err)
	}
	return certificates, nil
}
