package rules

import (
	"fmt"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/upstream"
)

func peeringNetwork() Rule {
	return Rule{
		ID:       "MESH022",
		Severity: mesh.SeverityError,
		Title:    "A peer has no network",
		Why: "Solo's control plane supports peering only if Istio's namespace has a network label: without the label " +
			"it retries forever. It also ignores peer Gateways without one.",
		Remedy: "Set network: for every cluster: the same name where pods reach each other directly, otherwise separate " +
			"names.",
		find: func(in Input) []finding {
			var found []finding
			if in.Mesh.Spec.Discovery != v1alpha1.DiscoveryPeering {
				return nil
			}
			for i, cluster := range in.Mesh.Spec.Clusters {
				if cluster.Network == "" && !in.Graph.Isolated(cluster.Name) {
					found = append(found, finding{clusters: []string{cluster.Name}, field: fmt.Sprintf("spec.clusters[%d]", i),
						message: fmt.Sprintf("cluster %s: no network is set; peering requires one", cluster.Name),
						hint:    "write network: " + cluster.Name + ", or the network of clusters that its pods reach directly"})
				}
			}
			return found
		},
	}
}

func unservedRemote() Rule {
	return Rule{
		ID:       "MESH023",
		Severity: mesh.SeverityError,
		Title:    "A control plane cannot serve this remote cluster",
		Why: "Istio serves clusters without a control plane only in sidecar mode and with discovery: remoteSecret. " +
			"Primary and remote must have the same Istio namespace, which is part of the names that proxies request, the " +
			"same revision, which is part of the name of istiod's Service, and the same trust domain, which the primary " +
			"signs for.",
		Remedy: "Set its own control plane for the cluster, or the namespace, revision, trust domain and data plane of " +
			"its primary.",
		find: func(in Input) []finding {
			var found []finding
			for i, cluster := range in.Mesh.Spec.Clusters {
				primary, ok := in.Graph.Cluster(cluster.ControlPlane)
				if !ok || primary.Name == cluster.Name {
					continue
				}
				if field, why := unserved(in, cluster, *primary); why != "" {
					found = append(found, finding{clusters: []string{cluster.Name}, field: at(i, field),
						message: fmt.Sprintf("%s cannot serve %s: %s", primary.Name, cluster.Name, why),
						hint:    "remove controlPlane, or use the values of " + primary.Name})
				}
			}
			return found
		},
	}
}

func unserved(in Input, cluster, primary v1alpha1.Cluster) (field, why string) {
	own, theirs := cluster.Istio, primary.Istio
	switch {
	case in.Mesh.Spec.Discovery != v1alpha1.DiscoveryRemoteSecret:
		return "controlPlane", fmt.Sprintf("with discovery %s every cluster has a control plane", in.Mesh.Spec.Discovery)
	case isAmbient(cluster) || isAmbient(primary):
		return "istio.dataPlane", "ambient clusters have control planes of their own"
	case *theirs.Managed:
		return "controlPlane", "Google's control plane serves its own cluster"
	case own.Namespace != theirs.Namespace:
		return "istio.namespace", fmt.Sprintf("its Istio is in namespace %s, not in %s", theirs.Namespace, own.Namespace)
	case own.Revision != theirs.Revision:
		return "istio.revision", fmt.Sprintf("its revision is %q, not %q", theirs.Revision, own.Revision)
	case cluster.TrustDomain != primary.TrustDomain:
		return "trustDomain", "it signs for trust domain " + primary.TrustDomain
	case hostNameOfHelm(primary.EastWest()):
		return "controlPlane", "its gateway is installed with Helm and has a host name, and no webhook responds at " +
			"port 443 of that name: set its IP address"
	}
	return "", ""
}

// An API server calls a webhook with a host name on port 443, which the gateway's chart uses differently or not at all.
func hostNameOfHelm(gateway v1alpha1.Gateway) bool {
	if gateway.API != v1alpha1.GatewayAPIIstio || len(gateway.Addresses) == 0 {
		return false
	}
	_, isAddress := addressOf(gateway.Addresses[0])
	return !isAddress
}

func differingNamespaces() Rule {
	return Rule{
		ID:       "MESH035",
		Severity: mesh.SeverityError,
		Title:    "A control plane expects a namespace that its peer does not have",
		Why: "istiod expects its own namespace in every cluster that it reads: it reads the network of the cluster " +
			"there, and the mesh configuration. If the reader has no permission for that, the cluster stays in timeout and " +
			"its endpoints are missing (istio pilot/pkg/serviceregistry/kube/controller/multicluster.go).",
		Remedy: "Use the same istio.namespace in all clusters that call each other. If the other namespace also exists, " +
			"with the network label and the permissions, waive the finding.",
		find: func(in Input) []finding {
			var found []finding
			for i, consumer := range in.Mesh.Spec.Clusters {
				target := targetWithOtherNamespace(in, consumer)
				if target == nil {
					continue
				}
				found = append(found, finding{clusters: []string{consumer.Name, target.Name}, field: at(i, "istio.namespace"),
					message: fmt.Sprintf("%s's istiod expects namespace %s in %s, whose Istio is in %s",
						consumer.Name, consumer.Istio.Namespace, target.Name, target.Istio.Namespace),
					hint: "use the same namespace in both"})
			}
			return found
		},
	}
}

// targetWithOtherNamespace returns a target of a control plane with another Istio namespace. Another rule checks the
// clusters that it serves.
func targetWithOtherNamespace(in Input, consumer v1alpha1.Cluster) *v1alpha1.Cluster {
	for target := range in.Graph.Targets(consumer.Name) {
		if target.ControlPlane != consumer.Name && target.Istio.Namespace != consumer.Istio.Namespace {
			return target
		}
	}
	return nil
}

func mixedDataPlanes() Rule {
	return Rule{
		ID: "MESH024", Severity: mesh.SeverityWarning,
		Title: "Sidecar and ambient clusters call each other across networks",
		Why: "For a network with gateways of both modes, a control plane may choose the gateway of the other mode, whose " +
			"port it cannot use (istio issues 57878 and 60609). In one network both work.",
		Remedy: "Use the same data plane in clusters that call each other across networks, or test calls in each direction.",
		find: func(in Input) []finding {
			if in.Mesh.Spec.Discovery != v1alpha1.DiscoveryRemoteSecret {
				return nil
			}
			var found []finding
			for i, cluster := range in.Mesh.Spec.Clusters {
				if other := otherDataPlane(in, cluster); other != "" {
					found = append(found, finding{clusters: []string{cluster.Name}, field: at(i, "istio.dataPlane"),
						message: fmt.Sprintf("%s calls %s in another network, but their data planes differ", cluster.Name, other),
						hint:    "use the same data plane for both, or test each direction"})
				}
			}
			return found
		},
	}
}

// otherDataPlane returns a cluster with another data plane that this one calls through a gateway.
func otherDataPlane(in Input, cluster v1alpha1.Cluster) string {
	for other := range in.Graph.Callees(cluster.Name) {
		if isAmbient(*other) != isAmbient(cluster) && in.Graph.CrossNetwork(cluster.Name, other.Name) {
			return other.Name
		}
	}
	return ""
}

func soloCharts() Rule {
	return Rule{
		ID:       "MESH025",
		Severity: mesh.SeverityWarning,
		Title:    "Required values of Solo's charts are not set",
		Why: "Peering requires a license, whose Secret the values reference. The images of releases before " +
			since(upstream.SoloPublicCharts) + " are in a registry whose name ends in a key of twelve characters from " +
			"Solo's support page, and without a version the values set no image.",
		Remedy: "Set istio.licenseSecretRef, istio.version and, before " + since(upstream.SoloPublicCharts) + ", " +
			"istio.hub; or add them with your own values.",
		find: func(in Input) []finding {
			var found []finding
			for i, cluster := range in.Mesh.Spec.Clusters {
				if cluster.Istio.Distribution != v1alpha1.DistributionSolo {
					continue
				}
				for _, missing := range missingForSolo(cluster.Istio) {
					found = append(found, finding{clusters: []string{cluster.Name}, field: at(i, "istio."+missing),
						message: fmt.Sprintf("the values for %s have no %s", cluster.Name, missing),
						hint:    "set it in spec.istio, for all clusters"})
				}
			}
			return found
		},
	}
}

func missingForSolo(istio v1alpha1.Istio) []string {
	var missing []string
	if istio.Version == "" {
		missing = append(missing, "version")
	}
	if istio.Hub == "" && !istio.Release().Has(upstream.SoloPublicCharts) {
		missing = append(missing, "hub")
	}
	if istio.LicenseSecretRef == nil {
		missing = append(missing, "licenseSecretRef")
	}
	return missing
}

func unmanagedFleet() Rule {
	return Rule{
		ID: "MESH026", Severity: mesh.SeverityError,
		Title: "A fleet cannot discover its clusters",
		Why: "Only Google's managed control plane discovers the clusters of its fleet, and the pods of all of them must " +
			"reach each other: there are no gateways between networks.",
		Remedy: "Set istio.managed: true and one network for all clusters, or use discovery: remoteSecret.",
		find: func(in Input) []finding {
			if in.Mesh.Spec.Discovery != v1alpha1.DiscoveryFleet {
				return nil
			}
			var found []finding
			first := in.Mesh.Spec.Clusters[0]
			for i, cluster := range in.Mesh.Spec.Clusters {
				switch {
				case !*cluster.Istio.Managed:
					found = append(found, finding{clusters: []string{cluster.Name}, field: at(i, "istio.managed"),
						message: fmt.Sprintf("the control plane of %s is not managed, so it discovers no fleet", cluster.Name),
						hint:    "set managed: true, or discovery: remoteSecret"})
				case cluster.Network != first.Network:
					found = append(found, finding{clusters: []string{cluster.Name}, field: at(i, "network"),
						message: fmt.Sprintf("%s and %s of the fleet are in different networks", first.Name, cluster.Name),
						hint:    "a fleet has one network: set the same name, or discovery: remoteSecret"})
				}
			}
			return found
		},
	}
}
