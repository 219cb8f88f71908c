package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/topology"
)

func privateName() Rule {
	return Rule{
		ID: "MESH086", Severity: mesh.SeverityWarning,
		Title: "An API server has a private name",
		Why: "Names under privatelink, .internal, .local and the like are in a private zone, and a name without dots is " +
			"in no zone at all: the pods of a peer resolve it in the DNS of their own network. If that zone is not linked, " +
			"the remote secret stays in timeout with no such host.",
		Remedy: "Set a name or an address that the peers' pods resolve: for AKS the private cluster's public name, which " +
			"resolves to the same private address. If the private zone is linked to the networks of all peers, waive the " +
			"finding.",
		find: func(in Input) []finding {
			var found []finding
			for i := range in.Mesh.Spec.Clusters {
				cluster := &in.Mesh.Spec.Clusters[i]
				why, instead := privateZone(in.servers[i].host)
				if why == "" || cluster.API.ProxyURL != "" {
					continue // a proxy resolves the name itself
				}
				if reader := readerOutsideVPC(in, cluster); reader != "" {
					found = append(found, finding{clusters: []string{cluster.Name}, field: at(i, "api.server"),
						message: fmt.Sprintf("%s %s, but %s resolves it in another network", cluster.API.Server, why, reader),
						hint:    instead})
				}
			}
			return found
		},
	}
}

// privateZone reports a name in a zone that only some networks resolve, and the alternative.
func privateZone(host string) (why, instead string) {
	const other = "set a name or an address that the peers' pods resolve"
	if _, isAddress := addressOf(host); isAddress || host == "" || noAddress(host) != "" || nameInCluster(host) != "" {
		return "", ""
	}
	zones := []string{".internal", ".local", ".localdomain", ".lan", ".corp", ".home", ".home.arpa", ".intranet",
		".private", ".test"}
	switch {
	case strings.Contains(host, ".privatelink."):
		return "is in a private zone of Azure", "set the cluster's public name, which az aks show prints as " +
			"azurePortalFqdn or fqdn, or link the zone to the networks of its peers and waive the finding"
	case strings.HasSuffix(host, ".ts.net"):
		return "is a name in a tailnet", other + ", or run the control plane's pods in the tailnet and waive the finding"
	case strings.HasPrefix(host, "api-int."):
		return "is the internal name of an OpenShift cluster",
			"set its external name, which begins with api instead of api-int"
	case slices.ContainsFunc(zones, func(zone string) bool { return strings.HasSuffix(host, zone) }):
		return "is in a private zone", other + ", or forward the zone in the DNS of the peers and waive the finding"
	case !strings.Contains(host, "."):
		return "has no domain", other
	}
	return "", ""
}

// readerOutsideVPC returns the first reader of a cluster outside its Google VPC network, within which names resolve.
func readerOutsideVPC(in Input, cluster *v1alpha1.Cluster) string {
	for reader := range in.Graph.Consumers(cluster.Name) {
		if !topology.SameVPC(reader, cluster) {
			return reader.Name
		}
	}
	return ""
}
