package audit

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/gke"
)

// Overlap is a range of two clusters in one VPC network, or in two that call each other's pods.
type Overlap struct {
	// Project and Network are those of A.
	Project, Network string
	// A and B are the clusters' names in the dump; RangeA and RangeB overlap.
	A, B, RangeA, RangeB string
}

// owned is a range with its owner.
type owned struct {
	project, network, cluster, what string
	prefix                          netip.Prefix
}

// Overlaps returns overlapping ranges of pods and control planes in a VPC network, including those of clusters outside
// the mesh, because routing does not distinguish them.
func Overlaps(clusters []gke.Cluster) []Overlap {
	var all []owned
	for _, cluster := range clusters {
		project, network := cluster.VPC()
		add := func(what, text string) {
			if prefix, err := netip.ParsePrefix(text); err == nil {
				all = append(all, owned{
					project: project,
					network: network,
					cluster: nameOf(cluster),
					what:    what,
					prefix:  prefix.Masked(),
				})
			}
		}
		pods, _ := cluster.PodRanges()
		for _, cidr := range pods {
			add("pods", cidr)
		}
		add("control plane", cluster.PrivateClusterConfig.MasterIpv4CidrBlock)
	}
	slices.SortStableFunc(all, func(a, b owned) int {
		if order := strings.Compare(a.project+"/"+a.network, b.project+"/"+b.network); order != 0 {
			return order
		}
		if order := a.prefix.Addr().Compare(b.prefix.Addr()); order != 0 {
			return order
		}
		return a.prefix.Bits() - b.prefix.Bits()
	})
	return sweep(all)
}

// sweep compares each sorted range with the following ones that start within it.
func sweep(all []owned) []Overlap {
	var found []Overlap
	for i, a := range all {
		for _, b := range all[i+1:] {
			if a.project != b.project || a.network != b.network || !a.prefix.Overlaps(b.prefix) {
				break
			}
			if a.cluster != b.cluster {
				found = append(found, Overlap{Project: a.project, Network: a.network, A: a.cluster, B: b.cluster,
					RangeA: a.what + " " + a.prefix.String(), RangeB: b.what + " " + b.prefix.String()})
			}
		}
	}
	return found
}

// nameOf returns a cluster with its location, because names are unique only within one.
func nameOf(cluster gke.Cluster) string {
	id := cluster.ID()
	return id.Project + "/" + id.Location + "/" + id.Cluster
}
