package gke

import "strings"

// Subnet contains the fields that are read (compute.googleapis.com v1): the addresses of named ranges.
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

// Add adds the content of another file.
func (d *Dump) Add(other Dump) {
	d.Clusters = append(d.Clusters, other.Clusters...)
	d.Rules = append(d.Rules, other.Rules...)
	d.Subnets = append(d.Subnets, other.Subnets...)
	d.Features = append(d.Features, other.Features...)
}

// Resolve sets what other objects contain about clusters: subnets the addresses of pod ranges, fleet features the
// control planes.
func (d *Dump) Resolve() {
	d.nameRanges()
	d.nameControlPlanes()
}

// nameRanges sets the clusters' pod addresses from their subnets.
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

// pathOf returns a link from the project on, "projects/acme/regions/us-west1/subnetworks/pods": links contain the API
// and its version, or neither. A name alone could be in any region, and has no path.
func pathOf(link string) (path string, isLink bool) {
	at := strings.Index(link, "projects/")
	if at < 0 {
		return "", false
	}
	return link[at:], true
}
