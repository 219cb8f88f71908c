package rules

import (
	"fmt"

	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
)

func unlabelledID() Rule {
	return Rule{
		ID: "MESH081", Severity: mesh.SeverityWarning,
		Title: "No label can hold a cluster ID",
		Why: "istiod takes any key of a Secret as the ID of a cluster, up to 253 characters. A label holds 63, and begins and ends with a letter or " +
			"a digit: no subset of a DestinationRule can name this cluster with topology.istio.io/cluster, and what selects by that " +
			"label does not find it. Google's installer gives such IDs: cn-PROJECT-LOCATION-CLUSTER.",
		Remedy: "Set a shorter clusterID, the same in global.multiCluster.clusterName of its control plane. If no configuration names the " +
			"cluster, waive the finding.",
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
		ID: "MESH082", Severity: mesh.SeverityError, Firm: true,
		Title: "A gateway is labelled with an ID that no label can hold",
		Why: "The gateway of a peer has the label topology.istio.io/cluster with the ID of its cluster. An API server refuses a label of more " +
			"than 63 characters, and one that does not begin and end with a letter or a digit.",
		Remedy: "Set a shorter clusterID, the same in global.multiCluster.clusterName of its control plane.",
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
		ID: "MESH098", Severity: mesh.SeverityWarning,
		Title: "A cluster has the ID that every istiod has by default",
		Why: "An istiod that is installed without global.multiCluster.clusterName calls its own cluster Kubernetes, and passes over every remote " +
			"secret of that name: it takes the cluster for itself, and learns no endpoints of it.",
		Remedy: "Set another clusterID, the same in global.multiCluster.clusterName of its control plane. If every other control plane of the mesh " +
			"runs with an ID of its own, waive the finding.",
		find: func(in Input) []finding {
			var found []finding
			for i := range in.Mesh.Spec.Clusters {
				if cluster := &in.Mesh.Spec.Clusters[i]; cluster.ID() == "Kubernetes" {
					found = append(found, finding{clusters: []string{cluster.Name}, field: at(i, "clusterID"),
						message: fmt.Sprintf("the ID of %s is Kubernetes, which every istiod has that is given none", cluster.Name),
						hint:    fmt.Sprintf("leave clusterID out, and install istiod with global.multiCluster.clusterName: %s", cluster.Name)})
				}
			}
			return found
		},
	}
}

func unlabelled(i int, cluster *v1alpha1.Cluster) finding {
	return finding{clusters: []string{cluster.Name}, field: at(i, "clusterID"),
		message: fmt.Sprintf("no label can hold the ID %s of %s", cluster.ID(), cluster.Name),
		hint:    "use at most 63 letters, digits, '-', '_' and '.', with a letter or a digit first and last, as clusterID and as global.multiCluster.clusterName"}
}

func isLabelValue(text string) bool { return len(validation.IsValidLabelValue(text)) == 0 }

// labelledWithID tells whether a Gateway that is rendered carries the ID of a cluster.
func labelledWithID(in Input, cluster *v1alpha1.Cluster) bool {
	return in.Mesh.Spec.Discovery == v1alpha1.DiscoveryPeering && !in.Graph.Isolated(cluster.Name) ||
		cluster.EastWest().PeerGateway && in.Graph.Exposure(cluster.Name).Workloads
}
