package rules

import (
	"fmt"

	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
)

func unlabelledID() Rule {
	return Rule{
		ID:       "MESH081",
		Severity: mesh.SeverityWarning,
		Title:    "A cluster ID is not a valid label value",
		Why: "istiod accepts any Secret key as a cluster ID, up to 253 characters. A label value has at most 63, and " +
			"begins and ends with a letter or a digit: no subset of a DestinationRule can select this cluster with " +
			"topology.istio.io/cluster, and other selectors of that label do not match it. Google's installer uses such " +
			"IDs: cn-PROJECT-LOCATION-CLUSTER.",
		Remedy: "Set a shorter clusterID, and the same global.multiCluster.clusterName in its control plane. If no " +
			"configuration names the cluster, waive the finding.",
		find: func(in Input) []finding {
			var found []finding
			for i := range in.Mesh.Spec.Clusters {
				cluster := &in.Mesh.Spec.Clusters[i]
				if !isLabelValue(cluster.ID()) && !labelledWithID(in, cluster) {
					found = append(found, unlabelled(i, cluster))
				}
			}
			return found
		},
	}
}

func unwritableID() Rule {
	return Rule{
		ID:       "MESH082",
		Severity: mesh.SeverityError,
		Firm:     true,
		Title:    "The cluster ID of a peer Gateway is not a valid label value",
		Why: "A peer Gateway has label topology.istio.io/cluster with its cluster's ID. An API server rejects a label " +
			"value of more than 63 characters, and one that does not begin and end with a letter or a digit.",
		Remedy: "Set a shorter clusterID, and the same global.multiCluster.clusterName in its control plane.",
		find: func(in Input) []finding {
			var found []finding
			for i := range in.Mesh.Spec.Clusters {
				cluster := &in.Mesh.Spec.Clusters[i]
				if !isLabelValue(cluster.ID()) && labelledWithID(in, cluster) {
					found = append(found, unlabelled(i, cluster))
				}
			}
			return found
		},
	}
}

func defaultID() Rule {
	return Rule{
		ID:       "MESH098",
		Severity: mesh.SeverityWarning,
		Title:    "A cluster has istiod's default ID",
		Why: "An istiod that is installed without global.multiCluster.clusterName has cluster ID Kubernetes, and ignores " +
			"every remote secret with that ID: it treats the cluster as its own, and does not discover its endpoints.",
		Remedy: "Set another clusterID, and the same global.multiCluster.clusterName in its control plane. If every " +
			"other control plane of the mesh has another ID, waive the finding.",
		find: func(in Input) []finding {
			var found []finding
			for i := range in.Mesh.Spec.Clusters {
				if cluster := &in.Mesh.Spec.Clusters[i]; cluster.ID() == "Kubernetes" {
					found = append(found, finding{
						clusters: []string{cluster.Name},
						field:    at(i, "clusterID"),
						message:  fmt.Sprintf("the ID of %s is Kubernetes, which is istiod's default", cluster.Name),
						hint: fmt.Sprintf("omit clusterID, and install istiod with global.multiCluster.clusterName: %s",
							cluster.Name),
					})
				}
			}
			return found
		},
	}
}

func unlabelled(i int, cluster *v1alpha1.Cluster) finding {
	return finding{
		clusters: []string{cluster.Name},
		field:    at(i, "clusterID"),
		message:  fmt.Sprintf("cluster ID %s of %s is not a valid label value", cluster.ID(), cluster.Name),
		hint: "use at most 63 letters, digits, '-', '_' and '.', with a letter or a digit first and last, as " +
			"clusterID and as global.multiCluster.clusterName",
	}
}

func isLabelValue(text string) bool { return len(validation.IsValidLabelValue(text)) == 0 }

// labelledWithID reports whether a rendered Gateway has a label with a cluster's ID.
func labelledWithID(in Input, cluster *v1alpha1.Cluster) bool {
	return in.Mesh.Spec.Discovery == v1alpha1.DiscoveryPeering && !in.Graph.Isolated(cluster.Name) ||
		cluster.EastWest().PeerGateway && in.Graph.Exposure(cluster.Name).Workloads
}
