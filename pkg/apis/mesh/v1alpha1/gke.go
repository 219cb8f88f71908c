package v1alpha1

import (
	"cmp"
	"strings"
)

// Endpoints are the addresses of an API server of GKE. One that is switched off is left out.
type Endpoints struct {
	// Public IP address.
	Public string `json:"public,omitempty"`
	// Private IP address, in the VPC network.
	Private string `json:"private,omitempty"`
	// DNS name, such as gke-0123456789ab-123456789012.us-east1.gke.goog.
	DNS string `json:"dns,omitempty"`
}

// Fleet is Google's list of clusters that know of each other: one fleet for each project.
type Fleet struct {
	// Project that hosts the fleet. Left out: the one in which the clusters are, when it is the
	// same for all whose membership is known.
	Project string `json:"project,omitempty"`
	// ProjectNumber of that project, in quotes. Left out: as for project.
	ProjectNumber string `json:"projectNumber,omitempty"`
}

// Membership is the entry of a cluster in a fleet.
type Membership struct {
	// Project that hosts the fleet.
	Project string `json:"project,omitempty"`
	// ProjectNumber of that project, in quotes.
	ProjectNumber string `json:"projectNumber,omitempty"`
	// Name of the entry. Left out: GKE's name of the cluster.
	Name string `json:"name,omitempty"`
	// Location of the entry: a region, or global. Left out: the region of the cluster.
	Location string `json:"location,omitempty"`
}

// DefaultWorkloadPool is the identity pool of a project: that of its clusters and of its fleet.
func DefaultWorkloadPool(project string) string { return project + workloadPoolSuffix }

const workloadPoolSuffix = ".svc.id.goog"

// FleetProject hosts the fleet of a mesh that has its defaults; a trust domain that is a fleet's pool
// has its name. Empty where nothing tells it.
func (s *MeshSpec) FleetProject() string {
	if s.Fleet.Project != "" {
		return s.Fleet.Project
	}
	if project, isPool := strings.CutSuffix(s.Trust.Domain, workloadPoolSuffix); isPool {
		return project
	}
	return ""
}

// Region of the cluster: a zone has a letter behind its region, as us-east1-b has.
func (g *GKE) Region() string {
	if end := len(g.Location) - 2; end > 0 && g.Location[end] == '-' {
		return g.Location[:end]
	}
	return g.Location
}

// csmID is the cluster ID that asmcli gives,
// empty where the distribution is another one. A project in a domain has a colon, which the key of
// a Secret cannot have.
func csmID(cluster *Cluster) string {
	if cluster.Istio.Distribution != DistributionCSM || cluster.GKE == nil || strings.Contains(cluster.GKE.Project, ":") {
		return ""
	}
	return "cn-" + cluster.GKE.Project + "-" + cluster.GKE.Location + "-" + cluster.GKE.Cluster
}

// ID of the cluster in Istio.
func (c *Cluster) ID() string { return cmp.Or(c.ClusterID, c.Name) }
