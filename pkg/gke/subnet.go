package gke

import "strings"

// Subnet is what is read of a subnet (compute.googleapis.com v1): the addresses of the ranges that clusters name.
type Subnet struct {
	Name              string           `json:"name"`
	Region            string           `json:"region"`
	SelfLink          string           `json:"selfLink"`
	IPCidrRange       string           `json:"ipCidrRange"`
	SecondaryIPRanges []secondaryRange `json:"secondaryIpRanges"`
}

type secondaryRange struct {
	RangeName   string `json:"rangeName"`
	IPCidrRange string `json:"ipCidrRange"`
}

// Add takes over what another file holds.
func (d *Dump) Add(other Dump) {
	d.Clusters = append(d.Clusters, other.Clusters...)
	d.Rules = append(d.Rules, other.Rules...)
	d.Subnets = append(d.Subnets, other.Subnets...)
	d.Features = append(d.Features, other.Features...)
}

// Resolve has the clusters take what other objects say of them: their subnets the addresses of pod ranges, the features
// of their fleets the control planes.
func (d *Dump) Resolve() {
	d.nameRanges()
	d.nameControlPlanes()
}

// nameRanges has the clusters take the addresses of their pod ranges from the subnets.
func (d *Dump) nameRanges() {
	subnets := map[string]Subnet{}
	for _, subnet := range d.Subnets {
		if path, isLink := pathOf(subnet.SelfLink); isLink {
			subnets[path] = subnet
		}
	}
	for i := range d.Clusters {
		c := &d.Clusters[i]
		c.NamedRanges = map[string]string{}
		for _, more := range c.additionalRanges() {
			path, _ := pathOf(more.Subnetwork)
			for _, secondary := range subnets[path].SecondaryIPRanges {
				c.NamedRanges[secondary.RangeName] = secondary.IPCidrRange
			}
		}
	}
}

// pathOf is what a link has from the project on, "projects/acme/regions/us-west1/subnetworks/pods": links name the API
// and its version, or neither. A name alone may be a subnet of any region, and is none.
func pathOf(link string) (path string, isLink bool) {
	at := strings.Index(link, "projects/")
	if at < 0 {
		return "", false
	}
	return link[at:], true
}
