package rules

import (
	"fmt"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
)

func foreignFront() Rule {
	return Rule{
		ID:       "MESH083",
		Severity: mesh.SeverityError,
		Title:    "A proxy in front of the API server rejects the reader's credential",
		Why: "Rancher, Google's Connect gateway, Teleport, the vCluster Platform, GitLab's agent, Portainer, Karmada, " +
			"Omni and the DNS endpoint of GKE authenticate callers themselves, against their own accounts. They do not " +
			"accept a token or certificate that the cluster issued to a ServiceAccount, and istiod runs no login plugin: " +
			"the remote secret stays in timeout with Unauthorized. The proxy is recognized by the form of api.server and " +
			"api.tlsServerName. Readers with auth: external are not checked: their store may contain a login for the proxy.",
		Remedy: "Set the API server's own address, that of its control plane nodes or load balancer, and its own " +
			"certificate authority: for Rancher the authorized cluster endpoint, for GKE the public or private endpoint, or " +
			"the DNS endpoint with gke.tokensViaDNS: true. If the proxy forwards ServiceAccount credentials, waive the " +
			"finding.",
		find: func(in Input) []finding {
			var found []finding
			for i, cluster := range in.Mesh.Spec.Clusters {
				front := in.servers[i].front
				if front == nil || front.passes || access.KindOf(&cluster).Traits().Foreign || !in.Graph.IsTarget(cluster.Name) {
					continue
				}
				found = append(found, finding{clusters: []string{cluster.Name}, field: at(i, "api.server"),
					message: fmt.Sprintf("%s is %s, which does not accept ServiceAccount credentials", cluster.API.Server, front.name),
					hint:    front.instead})
			}
			return found
		},
	}
}

func pathProxy() Rule {
	return Rule{
		ID:       "MESH084",
		Severity: mesh.SeverityWarning,
		Title:    "An API server is behind a path-based proxy",
		Why: "API server URLs have no path; those of a proxy for several clusters do. Most proxies authenticate callers " +
			"themselves and reject ServiceAccount credentials, and another CA than the cluster's issues their certificate.",
		Remedy: "Set the API server's own address. If the proxy forwards ServiceAccount credentials, set the CA of the " +
			"proxy's certificate in api.certificateAuthority, and waive the finding.",
		find: func(in Input) []finding {
			var found []finding
			for i, cluster := range in.Mesh.Spec.Clusters {
				server := in.servers[i]
				if server.front == nil && server.hasPath() && in.Graph.IsTarget(cluster.Name) {
					found = append(found, finding{
						clusters: []string{cluster.Name},
						field:    at(i, "api.server"),
						message: fmt.Sprintf("%s has a path: it belongs to a proxy, not to %s's API server",
							cluster.API.Server, cluster.Name),
						hint: "set the API server's own address, or waive the finding if the proxy forwards ServiceAccount " +
							"credentials",
					})
				}
			}
			return found
		},
	}
}

func (l location) hasPath() bool { return strings.Trim(l.path, "/") != "" }

func authorityOfPublicFront() Rule {
	return Rule{
		ID:       "MESH085",
		Severity: mesh.SeverityError,
		Title:    "A public Google endpoint is verified with another CA",
		Why: "A public CA signs the certificates of GKE's DNS endpoint and of the Connect gateway. With " +
			"api.certificateAuthority only that CA is trusted, and the cluster's own CA signs for neither: the remote " +
			"secret stays in timeout.",
		Remedy: "Remove api.certificateAuthority of the cluster, or set the API server's own address.",
		find: func(in Input) []finding {
			var found []finding
			for i, cluster := range in.Mesh.Spec.Clusters {
				front := in.servers[i].front
				publiclySigned := front != nil && front.public && !front.passes // MESH058 knows the endpoints of GKE
				if !publiclySigned || len(cluster.API.CertificateAuthorityData) == 0 || !in.Graph.IsTarget(cluster.Name) {
					continue
				}
				found = append(found, finding{
					clusters: []string{cluster.Name},
					field:    at(i, "api.certificateAuthority"),
					message: fmt.Sprintf("a public CA signs the certificate of %s, but %s sets another CA",
						cluster.API.Server, cluster.Name),
					hint: "remove certificateAuthority and certificateAuthorityData",
				})
			}
			return found
		},
	}
}
