package v1alpha1

import (
	"slices"

	"k8s.io/apimachinery/pkg/util/validation"
)

// defaultCSM fills in what Cloud Service Mesh takes from the fleet: workloads have identities of the
// fleet's pool, and their aliases are what asmcli lists. Unlike asmcli it names the network after the
// project that owns it: the clusters of two service projects on one Shared VPC are in one network,
// and would be taken for being in two.
func defaultCSM(spec *MeshSpec) {
	if spec.Istio.Distribution != DistributionCSM {
		return
	}
	if fleet := spec.Fleet.Project; fleet != "" && isWorkloadPool(DefaultWorkloadPool(fleet)) {
		if spec.Trust.Domain == "" {
			spec.Trust.Domain = DefaultWorkloadPool(fleet)
		}
		if spec.Trust.Domain == DefaultWorkloadPool(fleet) && spec.Trust.DomainAliases == nil {
			spec.Trust.DomainAliases = fleetAliases(fleet, spec.Clusters)
		}
	}
	decided := func(c Cluster) bool { return c.Network != "" || csmNetwork(&c) == "" }
	if spec.Discovery != DiscoveryFleet && !slices.ContainsFunc(spec.Clusters, decided) {
		for i := range spec.Clusters {
			spec.Clusters[i].Network = csmNetwork(&spec.Clusters[i])
		}
	}
}

// fleetAliases are the other names of the fleet's pool, and the pools of the other projects that
// clusters are in: workloads there have identities of these from before the fleet.
func fleetAliases(fleet string, clusters []Cluster) []string {
	aliases := []string{fleet + ".hub.id.goog"}
	for _, cluster := range clusters {
		if cluster.GKE == nil {
			continue
		}
		pool := cluster.GKE.WorkloadPool
		if pool == "" {
			pool = DefaultWorkloadPool(cluster.GKE.Project)
		}
		if pool != DefaultWorkloadPool(fleet) && isWorkloadPool(pool) {
			aliases = append(aliases, pool)
		}
	}
	slices.Sort(aliases)
	return slices.Compact(aliases)
}

// csmNetwork is the network of a cluster on GKE, empty where it has no name that a label can have.
func csmNetwork(cluster *Cluster) string {
	distribution := cluster.Istio.Distribution
	if cluster.GKE == nil || distribution != "" && distribution != DistributionCSM {
		return ""
	}
	gke := *cluster.GKE
	defaultGKE(&gke, cluster.Name)
	if network := gke.NetworkProject + "-" + gke.VPC; len(validation.IsValidLabelValue(network)) == 0 {
		return network
	}
	return ""
}
