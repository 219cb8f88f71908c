package rules

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
)

func foreignFront() Rule {
	return Rule{
		ID: "MESH083", Severity: mesh.SeverityError,
		Title: "A proxy before the API server does not accept the reader's credential",
		Why: "Rancher, Google's Connect gateway, Teleport, the vCluster Platform, GitLab's agent, Portainer, Karmada, Omni and the DNS endpoint of " +
			"GKE authenticate callers themselves, " +
			"against accounts of their own. A token or certificate that the cluster issued to a ServiceAccount is no login there, and istiod " +
			"runs no login program: the remote secret stays in timeout with Unauthorized. The proxy is known by the form of api.server " +
			"and api.tlsServerName. Readers with auth external are not looked at: their store may hold a login of the proxy.",
		Remedy: "Write the API server's own address, which its control plane nodes or its load balancer have, and its own certificate " +
			"authority: for Rancher the authorized cluster endpoint, for GKE the public or private endpoint, or the DNS endpoint with " +
			"gke.tokensViaDNS: true. If the proxy passes credentials of ServiceAccounts on, waive the finding.",
		find: func(in Input) []finding {
			var found []finding
			for i, cluster := range in.Mesh.Spec.Clusters {
				front, ok := frontOf(cluster)
				if !ok || front.passes || access.KindOf(&cluster).Traits().Foreign || !in.Graph.IsRead(cluster.Name) {
					continue
				}
				found = append(found, finding{clusters: []string{cluster.Name}, field: at(i, "api.server"),
					message: fmt.Sprintf("%s is %s, which does not accept credentials of ServiceAccounts", cluster.API.Server, front.name),
					hint:    front.instead})
			}
			return found
		},
	}
}

func pathProxy() Rule {
	return Rule{
		ID: "MESH084", Severity: mesh.SeverityWarning,
		Title: "An API server is behind a proxy that goes by path",
		Why: "API servers have no path in their URL; a proxy for several clusters has. Most of them authenticate callers themselves and refuse the " +
			"credentials of ServiceAccounts, and their certificate is of another authority than the cluster's.",
		Remedy: "Write the API server's own address. If the proxy passes credentials of ServiceAccounts on, write the authority of the " +
			"proxy's certificate in api.certificateAuthority, and waive the finding.",
		find: func(in Input) []finding {
			var found []finding
			for i, cluster := range in.Mesh.Spec.Clusters {
				if _, known := frontOf(cluster); !known && hasPath(cluster.API.Server) && in.Graph.IsRead(cluster.Name) {
					found = append(found, finding{clusters: []string{cluster.Name}, field: at(i, "api.server"),
						message: fmt.Sprintf("%s has a path: a proxy answers there, not the API server of %s", cluster.API.Server, cluster.Name),
						hint:    "write the API server's own address, or waive the finding if the proxy passes on credentials of ServiceAccounts"})
				}
			}
			return found
		},
	}
}

func hasPath(server string) bool {
	address, err := url.Parse(server)
	return err == nil && strings.Trim(address.Path, "/") != ""
}

func authorityOfPublicFront() Rule {
	return Rule{
		ID: "MESH085", Severity: mesh.SeverityError,
		Title: "A public name of Google is verified with another authority",
		Why: "A public authority signs the certificates of the DNS endpoint of GKE and of the Connect gateway. With api.certificateAuthority only " +
			"that authority counts, and the cluster's own signs for neither: the remote secret stays in timeout.",
		Remedy: "Remove api.certificateAuthority of the cluster, or write the API server's own address.",
		find: func(in Input) []finding {
			var found []finding
			for i, cluster := range in.Mesh.Spec.Clusters {
				front, ok := frontOf(cluster)
				if !ok || !front.public || front.passes || len(cluster.API.CertificateAuthorityData) == 0 || !in.Graph.IsRead(cluster.Name) {
					continue // MESH058 knows the endpoints of GKE
				}
				found = append(found, finding{clusters: []string{cluster.Name}, field: at(i, "api.certificateAuthority"),
					message: fmt.Sprintf("a public authority signs the certificate of %s, and %s names another one", cluster.API.Server, cluster.Name),
					hint:    "remove certificateAuthority and certificateAuthorityData"})
			}
			return found
		},
	}
}
