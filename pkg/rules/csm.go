package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
)

func foreignFleet() Rule {
	return Rule{
		ID: "MESH060", Severity: mesh.SeverityError,
		Title: "A cluster is in another fleet",
		Why: "Clusters of one mesh of Cloud Service Mesh are in one fleet: its identity pool is their trust domain, and a managed control " +
			"plane finds the clusters of its own fleet only. A cluster can be in one fleet at a time.",
		Remedy: "Correct spec.fleet, or have the cluster leave its fleet: gcloud container clusters update CLUSTER --clear-fleet-project. When " +
			"gke.membership is out of date, import the facts again.",
		find: func(in Input) []finding {
			var found []finding
			for i, cluster := range in.Mesh.Spec.Clusters {
				if cluster.Istio.Distribution != v1alpha1.DistributionCSM || cluster.GKE == nil || cluster.GKE.Membership == nil {
					continue
				}
				if is, want, ok := otherFleet(*cluster.GKE.Membership, in.Mesh.Spec.Fleet); ok {
					found = append(found, finding{clusters: []string{cluster.Name}, field: at(i, "gke.membership"),
						message: fmt.Sprintf("cluster %s is in the fleet of project %s, and the mesh in that of %s", cluster.Name, is, want),
						hint:    "correct spec.fleet, or have the cluster leave its fleet; or import the facts again: kubectl mesh import gke FILE"})
				}
			}
			// Where nobody says which fleet it is, they have to agree.
			if in.Mesh.Spec.Fleet == (v1alpha1.Fleet{}) {
				found = append(found, quarrel(in)...)
			}
			return found
		},
	}
}

// otherFleet compares what both sides tell: the ID of the project, or its number.
func otherFleet(membership v1alpha1.Membership, fleet v1alpha1.Fleet) (is, want string, other bool) {
	switch {
	case membership.Project != "" && fleet.Project != "":
		return membership.Project, fleet.Project, membership.Project != fleet.Project
	case membership.ProjectNumber != "" && fleet.ProjectNumber != "":
		return membership.ProjectNumber, fleet.ProjectNumber, membership.ProjectNumber != fleet.ProjectNumber
	}
	return "", "", false
}

// quarrel finds the first cluster that is in another fleet than one before it.
func quarrel(in Input) []finding {
	var first *v1alpha1.Cluster
	for i := range in.Mesh.Spec.Clusters {
		cluster := &in.Mesh.Spec.Clusters[i]
		if cluster.Istio.Distribution != v1alpha1.DistributionCSM || cluster.GKE == nil || cluster.GKE.Membership == nil {
			continue
		}
		if first == nil {
			first = cluster
			continue
		}
		own := first.GKE.Membership
		if is, want, other := otherFleet(*cluster.GKE.Membership, v1alpha1.Fleet{Project: own.Project, ProjectNumber: own.ProjectNumber}); other {
			return []finding{{clusters: []string{first.Name, cluster.Name}, field: at(i, "gke.membership"),
				message: fmt.Sprintf("cluster %s is in the fleet of project %s, and %s in that of %s", cluster.Name, is, first.Name, want),
				hint:    "write spec.fleet, and have the other cluster join it"}}
		}
	}
	return nil
}

func dividedNetwork() Rule {
	return Rule{
		ID: "MESH061", Severity: mesh.SeverityWarning,
		Title: "One VPC network has two names",
		Why: "Clusters of Cloud Service Mesh in one VPC network reach each other pod to pod. With two network IDs they are taken for being in " +
			"two networks, and calls go to east-west gateways which may not be there. asmcli makes that of service projects on one Shared " +
			"VPC, for it names the network after the project of the cluster.",
		Remedy: "Give all clusters of the VPC network one network, or leave it out for all: it is then named after the project that owns the " +
			"VPC network.",
		find: func(in Input) []finding {
			type vpc struct{ project, name string }
			first := map[vpc]*v1alpha1.Cluster{}
			var found []finding
			for i := range in.Mesh.Spec.Clusters {
				cluster := &in.Mesh.Spec.Clusters[i]
				if cluster.Istio.Distribution != v1alpha1.DistributionCSM || cluster.GKE == nil {
					continue
				}
				key := vpc{project: cluster.GKE.NetworkProject, name: cluster.GKE.VPC}
				if other := first[key]; other == nil {
					first[key] = cluster
				} else if other.Network != cluster.Network {
					found = append(found, finding{clusters: []string{other.Name, cluster.Name}, field: at(i, "network"),
						message: fmt.Sprintf("%s and %s are both in VPC network %s of project %s, which they call %q and %q", other.Name, cluster.Name,
							key.name, key.project, other.Network, cluster.Network),
						hint: "give both one network, or leave it out everywhere"})
				}
			}
			return found
		},
	}
}

func fleetDomain() Rule {
	return Rule{
		ID: "MESH062", Severity: mesh.SeverityWarning,
		Title: "Trust domains are not those of the fleet",
		Why: "Cloud Service Mesh gives workloads identities of the fleet's pool, FLEET.svc.id.goog. With another trust domain in mesh.yaml the " +
			"control planes do not agree about it. Workloads of another project may still have identities of that project's own pool, which " +
			"count only as an alias.",
		Remedy: "Leave out spec.trust.domain and spec.trust.domainAliases with spec.fleet said, or write them so.",
		find: func(in Input) []finding {
			spec := in.Mesh.Spec
			if spec.Istio.Distribution != v1alpha1.DistributionCSM || spec.Fleet.Project == "" {
				return nil
			}
			pool := v1alpha1.DefaultWorkloadPool(spec.Fleet.Project)
			if spec.Trust.Domain != pool {
				return []finding{{field: "spec.trust.domain", message: fmt.Sprintf("the trust domain is %s, and the pool of the fleet %s", spec.Trust.Domain, pool),
					hint: "leave it out, or write domain: " + pool}}
			}
			var found []finding
			for i, cluster := range spec.Clusters {
				own := poolOf(cluster)
				if own != "" && own != pool && !slices.Contains(spec.Trust.DomainAliases, own) {
					found = append(found, finding{clusters: []string{cluster.Name}, field: at(i, "gke.project"),
						message: fmt.Sprintf("workloads of %s may have identities of %s, which is no alias", cluster.Name, own),
						hint:    "add it to spec.trust.domainAliases, or leave that out"})
				}
			}
			return found
		},
	}
}

// poolOf is the identity pool of a cluster of Cloud Service Mesh, empty where it cannot be a trust
// domain.
func poolOf(cluster v1alpha1.Cluster) string {
	switch {
	case cluster.GKE == nil || cluster.Istio.Distribution != v1alpha1.DistributionCSM:
		return ""
	case cluster.GKE.WorkloadPool != "":
		return cluster.GKE.WorkloadPool
	case strings.Contains(cluster.GKE.Project, ":"): // a project in a domain
		return ""
	}
	return v1alpha1.DefaultWorkloadPool(cluster.GKE.Project)
}

func sharedID() Rule {
	return Rule{
		ID: "MESH063", Severity: mesh.SeverityError, Firm: true,
		Title: "Two clusters have one ID",
		Why: "Istio tells clusters apart by their ID. A control plane takes the first of two remote secrets with one ID and ignores the other, " +
			"and one with its own ID as well.",
		Remedy: "Give each cluster a clusterID of its own. Left out it is the name or, for clusters of Cloud Service Mesh on GKE, " +
			"cn-PROJECT-LOCATION-CLUSTER.",
		find: func(in Input) []finding {
			var found []finding
			first := map[string]string{}
			for i := range in.Mesh.Spec.Clusters {
				cluster := &in.Mesh.Spec.Clusters[i]
				if other, there := first[cluster.ID()]; there {
					found = append(found, finding{clusters: []string{other, cluster.Name}, field: at(i, "clusterID"),
						message: fmt.Sprintf("clusters %s and %s both have the ID %s", other, cluster.Name, cluster.ID()), hint: "give each a clusterID of its own"})
					continue
				}
				first[cluster.ID()] = cluster.Name
			}
			return found
		},
	}
}

func unknownFleet() Rule {
	return Rule{
		ID: "MESH064", Severity: mesh.SeverityWarning,
		Title: "Nothing says in which fleet clusters of Cloud Service Mesh are to be",
		Why: "Cloud Service Mesh needs every cluster in one fleet, whose identity pool is the trust domain. Without the project of the fleet " +
			"nothing registers the clusters: fleet.sh is not rendered for them.",
		Remedy: "Write spec.fleet. Where the clusters are registered already and gke.membership is not written down, import the facts: " +
			"kubectl mesh import gke FILE",
		find: func(in Input) []finding {
			if in.Mesh.Spec.FleetProject() != "" {
				return nil
			}
			var names []string
			for _, cluster := range in.Mesh.Spec.Clusters {
				if cluster.Istio.Distribution == v1alpha1.DistributionCSM && cluster.GKE != nil {
					names = append(names, cluster.Name)
				}
			}
			if len(names) == 0 {
				return nil
			}
			return []finding{{clusters: names, field: "spec.fleet.project",
				message: fmt.Sprintf("nothing registers %s: the project of the fleet is not known", listNames(names)),
				hint:    "write fleet: {project: PROJECT}, or import the facts of registered clusters: kubectl mesh import gke FILE"}}
		},
	}
}
