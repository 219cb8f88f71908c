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
		Why: "Clusters of one Cloud Service Mesh are in one fleet: its identity pool is their trust domain, and a managed " +
			"control plane discovers only the clusters of its own fleet. A cluster can be in one fleet at a time.",
		Remedy: "Correct spec.fleet, or remove the cluster from its fleet: gcloud container clusters update CLUSTER " +
			"--clear-fleet-project. When gke.membership is outdated, import the facts again.",
		find: func(in Input) []finding {
			var found []finding
			for i, cluster := range in.Mesh.Spec.Clusters {
				if cluster.Istio.Distribution != v1alpha1.DistributionCSM || cluster.GKE == nil || cluster.GKE.Membership == nil {
					continue
				}
				if is, want, ok := otherFleet(*cluster.GKE.Membership, in.Mesh.Spec.Fleet); ok {
					found = append(found, finding{clusters: []string{cluster.Name}, field: at(i, "gke.membership"),
						message: fmt.Sprintf("cluster %s is in the fleet of project %s, but the mesh is in that of %s", cluster.Name,
							is, want),
						hint: "correct spec.fleet, or remove the cluster from its fleet; or import the facts again: kubectl mesh " +
							"import gke FILE"})
				}
			}
			// Without a declared fleet, the clusters' memberships must agree.
			if in.Mesh.Spec.Fleet == (v1alpha1.Fleet{}) {
				found = append(found, fleetMismatch(in)...)
			}
			return found
		},
	}
}

// otherFleet compares what both sides specify: the project ID or the project number.
func otherFleet(membership v1alpha1.Membership, fleet v1alpha1.Fleet) (is, want string, other bool) {
	switch {
	case membership.Project != "" && fleet.Project != "":
		return membership.Project, fleet.Project, membership.Project != fleet.Project
	case membership.ProjectNumber != "" && fleet.ProjectNumber != "":
		return membership.ProjectNumber, fleet.ProjectNumber, membership.ProjectNumber != fleet.ProjectNumber
	}
	return "", "", false
}

// fleetMismatch reports the first cluster in another fleet than a previous one.
func fleetMismatch(in Input) []finding {
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
		if is, want, other := otherFleet(*cluster.GKE.Membership, v1alpha1.Fleet{
			Project:       own.Project,
			ProjectNumber: own.ProjectNumber,
		}); other {
			return []finding{{clusters: []string{first.Name, cluster.Name}, field: at(i, "gke.membership"),
				message: fmt.Sprintf("cluster %s is in the fleet of project %s, but %s is in that of %s", cluster.Name, is,
					first.Name, want),
				hint: "set spec.fleet, and register the other cluster in it"}}
		}
	}
	return nil
}

func dividedNetwork() Rule {
	return Rule{
		ID: "MESH061", Severity: mesh.SeverityWarning,
		Title: "One VPC network has two names",
		Why: "Clusters of Cloud Service Mesh in one VPC network reach each other pod to pod. With two network IDs they " +
			"are treated as being in two networks, and calls go to east-west gateways that may not exist. asmcli does that " +
			"for service projects on one Shared VPC, because it names the network after the cluster's project.",
		Remedy: "Set the same network for all clusters of the VPC network, or omit it for all: it is then named after the " +
			"project that owns the VPC network.",
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
						message: fmt.Sprintf("%s and %s are both in VPC network %s of project %s, but their networks are %q and %q",
							other.Name, cluster.Name,
							key.name, key.project, other.Network, cluster.Network),
						hint: "set the same network for both, or omit it everywhere"})
				}
			}
			return found
		},
	}
}

func fleetDomain() Rule {
	return Rule{
		ID: "MESH062", Severity: mesh.SeverityWarning,
		Title: "Trust domains differ from the fleet's",
		Why: "In Cloud Service Mesh, workloads have identities of the fleet's pool, FLEET.svc.id.goog. With another trust " +
			"domain in mesh.yaml the control planes do not agree. Workloads of another project may still have identities of " +
			"that project's own pool, which are accepted only as an alias.",
		Remedy: "Omit spec.trust.domain and spec.trust.domainAliases if spec.fleet is set, or set them to these values.",
		find: func(in Input) []finding {
			spec := in.Mesh.Spec
			if spec.Istio.Distribution != v1alpha1.DistributionCSM || spec.Fleet.Project == "" {
				return nil
			}
			pool := v1alpha1.DefaultWorkloadPool(spec.Fleet.Project)
			if spec.Trust.Domain != pool {
				return []finding{{field: "spec.trust.domain", message: fmt.Sprintf("the trust domain is %s, but the fleet's pool "+
					"is %s", spec.Trust.Domain, pool),
					hint: "omit it, or set domain: " + pool}}
			}
			var found []finding
			for i, cluster := range spec.Clusters {
				own := poolOf(cluster)
				if own != "" && own != pool && !slices.Contains(spec.Trust.DomainAliases, own) {
					found = append(found, finding{clusters: []string{cluster.Name}, field: at(i, "gke.project"),
						message: fmt.Sprintf("workloads of %s may have identities of %s, which is not an alias", cluster.Name, own),
						hint:    "add it to spec.trust.domainAliases, or omit that field"})
				}
			}
			return found
		},
	}
}

// poolOf returns the identity pool of a Cloud Service Mesh cluster; empty if it cannot be a trust domain.
func poolOf(cluster v1alpha1.Cluster) string {
	switch {
	case cluster.GKE == nil || cluster.Istio.Distribution != v1alpha1.DistributionCSM:
		return ""
	case cluster.GKE.WorkloadPool != "":
		return cluster.GKE.WorkloadPool
	case strings.Contains(cluster.GKE.Project, ":"): // a domain-scoped project
		return ""
	}
	return v1alpha1.DefaultWorkloadPool(cluster.GKE.Project)
}

func sharedID() Rule {
	return Rule{
		ID: "MESH063", Severity: mesh.SeverityError, Firm: true,
		Title: "Two clusters have the same ID",
		Why: "Istio identifies clusters by their ID. A control plane uses the first of two remote secrets with the same " +
			"ID and ignores the other, and also ignores one with its own ID.",
		Remedy: "Set a unique clusterID for each cluster. The default is the name or, for clusters of Cloud Service Mesh " +
			"on GKE, cn-PROJECT-LOCATION-CLUSTER.",
		find: func(in Input) []finding {
			var found []finding
			first := map[string]string{}
			for i := range in.Mesh.Spec.Clusters {
				cluster := &in.Mesh.Spec.Clusters[i]
				if other, there := first[cluster.ID()]; there {
					found = append(found, finding{clusters: []string{other, cluster.Name}, field: at(i, "clusterID"),
						message: fmt.Sprintf("clusters %s and %s both have the ID %s", other, cluster.Name, cluster.ID()),
						hint:    "set a unique clusterID for each"})
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
		Title: "The fleet of Cloud Service Mesh clusters is not set",
		Why: "Cloud Service Mesh requires every cluster in one fleet, whose identity pool is the trust domain. Without " +
			"the fleet's project the clusters are not registered: fleet.sh is not rendered for them.",
		Remedy: "Set spec.fleet. If the clusters are already registered and gke.membership is not recorded, import the " +
			"facts: kubectl mesh import gke FILE",
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
				message: fmt.Sprintf("%s is not registered in a fleet: the fleet's project is unknown", listNames(names)),
				hint:    "set fleet: {project: PROJECT}, or import the facts of registered clusters: kubectl mesh import gke FILE"}}
		},
	}
}
