package v1alpha1

import (
	"cmp"
	"strings"
)

// Endpoints of a GKE cluster's API server. Disabled ones are unset.
type Endpoints struct {
	// Public IP address.
	Public string `json:"public,omitempty"`
	// Private IP address in the VPC network.
	Private string `json:"private,omitempty"`
	// DNS name, such as gke-0123456789ab-123456789012.us-east1.gke.goog.
	DNS string `json:"dns,omitempty"`
}

// Fleet is a group of clusters in Google Cloud. A project hosts at most one.
type Fleet struct {
	// Project that hosts the fleet. Defaults to the project of the clusters' memberships, if it is
	// the same for all.
	Project string `json:"project,omitempty"`
	// ProjectNumber of that project, in quotes. Defaults to the number in the clusters'
	// memberships.
	ProjectNumber string `json:"projectNumber,omitempty"`
}

// Membership of a cluster in a fleet.
type Membership struct {
	// Project that hosts the fleet.
	Project string `json:"project,omitempty"`
	// ProjectNumber of that project, in quotes.
	ProjectNumber string `json:"projectNumber,omitempty"`
	// Name of the membership. Defaults to the name of the cluster in GKE.
	Name string `json:"name,omitempty"`
	// Location of the membership: a region, or global. Defaults to the region of the cluster.
	Location string `json:"location,omitempty"`
}

// DefaultWorkloadPool is the identity pool of a project: that of its clusters and of its fleet.
func DefaultWorkloadPool(project string) string { return project + workloadPoolSuffix }

const workloadPoolSuffix = ".svc.id.goog"

// FleetProject returns the project that hosts the fleet, from a mesh with defaults: as set, or as named by a trust
// domain that is a fleet's identity pool. Empty if unknown.
func (s *MeshSpec) FleetProject() string {
	if s.Fleet.Project != "" {
		return s.Fleet.Project
	}
	if project, isPool := strings.CutSuffix(s.Trust.Domain, workloadPoolSuffix); isPool {
		return project
	}
	return ""
}

// Region of the cluster. A zone is its region and a letter, such as us-east1-b.
func (g *GKE) Region() string {
	if end := len(g.Location) - 2; end > 0 && g.Location[end] == '-' {
		return g.Location[:end]
	}
	return g.Location
}

// csmID is the cluster ID that asmcli sets, or empty for other distributions. A project in a domain contains a
// colon, which is not valid in the key of a Secret.
func csmID(cluster *Cluster) string {
	if cluster.Istio.Distribution != DistributionCSM || cluster.GKE == nil || strings.Contains(cluster.GKE.Project, ":") {
		return ""
	}
	return "cn-" + cluster.GKE.Project + "-" + cluster.GKE.Location + "-" + cluster.GKE.Cluster
}

// ID of the cluster in Istio.
func (c *Cluster) ID() string { return cmp.Or(c.ClusterID, c.Name) }
