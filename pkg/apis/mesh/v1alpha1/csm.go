package v1alpha1

import (
	"slices"

	"k8s.io/apimachinery/pkg/util/validation"
)

// defaultCSM sets what Cloud Service Mesh derives from the fleet: workloads have identities in the fleet's pool,
// with the aliases that asmcli sets. Unlike asmcli it names the network after the project that owns it, because
// asmcli would put clusters of two service projects on one Shared VPC into two networks.
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

// fleetAliases are the other name of the fleet's pool and the pools of the clusters' other projects, in which
// workloads had their identities before the fleet.
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

// csmNetwork is the network of a GKE cluster, or empty if its name is not a valid label value.
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
