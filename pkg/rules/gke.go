package rules

import (
	"fmt"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/topology"
)

func sharedGKE() Rule {
	return Rule{
		ID:       "MESH056",
		Severity: mesh.SeverityError,
		Title:    "Two clusters are the same GKE cluster",
		Why: "Two entries with the same gke.project, gke.location and gke.cluster are one cluster with two names: its " +
			"endpoints would be counted twice, and its scripts would be rendered twice.",
		Remedy: "Correct gke of one of them, or remove one.",
		find: func(in Input) []finding {
			type id struct{ project, location, cluster string }
			first := map[id]string{}
			var found []finding
			for i, cluster := range in.Mesh.Spec.Clusters {
				if cluster.GKE == nil {
					continue
				}
				key := id{project: cluster.GKE.Project, location: cluster.GKE.Location, cluster: cluster.GKE.Cluster}
				if other, there := first[key]; there {
					found = append(found, finding{
						clusters: []string{other, cluster.Name},
						field:    at(i, "gke.cluster"),
						message: fmt.Sprintf("clusters %s and %s are both %s in %s of project %s",
							other, cluster.Name, key.cluster, key.location, key.project),
						hint: "correct gke.project, gke.location or gke.cluster, or remove one of the two",
					})
					continue
				}
				first[key] = cluster.Name
			}
			return found
		},
	}
}

func tokensAtDNS() Rule {
	return Rule{
		ID:       "MESH057",
		Severity: mesh.SeverityWarning,
		Title:    "GKE's DNS endpoint accepts no ServiceAccount tokens",
		Why: "The DNS endpoint authenticates callers with IAM. It rejects ServiceAccount tokens, which a remote secret " +
			"contains, unless they are enabled: the remote secret stays in timeout.",
		Remedy: "Enable them: gcloud container clusters update CLUSTER --enable-k8s-tokens-via-dns, and set " +
			"gke.tokensViaDNS: true. Or select another endpoint with gke.endpoint.",
		find: func(in Input) []finding {
			var found []finding
			for i := range in.Mesh.Spec.Clusters {
				cluster := &in.Mesh.Spec.Clusters[i]
				if cluster.GKE == nil || cluster.GKE.TokensViaDNS || !readWithToken(cluster) {
					continue
				}
				if reader := readerAtDNS(in, cluster); reader != "" {
					found = append(found, finding{
						clusters: []string{cluster.Name},
						field:    at(i, "gke.tokensViaDNS"),
						message: fmt.Sprintf("%s reads %s at its DNS endpoint, where tokens are not known to be enabled",
							reader, cluster.Name),
						hint: fmt.Sprintf("enable them: gcloud container clusters update %s --project=%s --location=%s "+
							"--enable-k8s-tokens-via-dns, and set tokensViaDNS: true",
							cluster.GKE.Cluster, cluster.GKE.Project, cluster.GKE.Location),
					})
				}
			}
			return found
		},
	}
}

func readWithToken(cluster *v1alpha1.Cluster) bool {
	return access.KindOf(cluster).Traits().Form != access.FormCertificate
}

func readerAtDNS(in Input, cluster *v1alpha1.Cluster) string {
	for reader := range in.Graph.Consumers(cluster.Name) {
		address := topology.AddressFor(reader, cluster)
		if address.Endpoint == v1alpha1.EndpointDNS && address.API.Server != "" {
			return reader.Name
		}
	}
	return ""
}

func certificateAtDNS() Rule {
	return Rule{
		ID: "MESH058", Severity: mesh.SeverityError,
		Title: "GKE's DNS endpoint is verified with another CA",
		Why: "A public CA signs the DNS endpoint's certificate. A kubeconfig with the cluster's own CA, which is right for " +
			"its IP addresses, fails to verify it: the remote secret stays in timeout.",
		Remedy: "Remove api.certificateAuthority of the cluster, or select another endpoint.",
		find: func(in Input) []finding {
			var found []finding
			for i := range in.Mesh.Spec.Clusters {
				cluster := &in.Mesh.Spec.Clusters[i]
				if cluster.API.Server == "" || len(cluster.API.CertificateAuthorityData) == 0 {
					continue
				}
				if reader := readerAtDNS(in, cluster); reader != "" {
					found = append(found, finding{
						clusters: []string{cluster.Name},
						field:    at(i, "api.certificateAuthority"),
						message: fmt.Sprintf("%s reads %s at %s and verifies it with another CA, but a public CA signs its "+
							"certificate", reader, cluster.Name, cluster.API.Server),
						hint: "remove certificateAuthority or certificateAuthorityData; or omit api.server: the CA is then " +
							"omitted for the DNS endpoint",
					})
				}
			}
			return found
		},
	}
}

func distantServer() Rule {
	return Rule{
		ID:       "MESH059",
		Severity: mesh.SeverityError,
		Title:    "A managed control plane cannot reach a private address",
		Why: "Google runs a managed control plane outside your VPC networks: it cannot reach a private address, and the " +
			"remote secret stays in timeout.",
		Remedy: "Omit api.server and gke.endpoint, so that each control plane gets the endpoint that it can reach; or " +
			"set the public one.",
		find: func(in Input) []finding {
			var found []finding
			for i := range in.Mesh.Spec.Clusters {
				cluster := &in.Mesh.Spec.Clusters[i]
				if cluster.API.ProxyURL != "" || cluster.API.Server != "" && !isPrivateHost(in.servers[i].host) {
					continue
				}
				for reader := range in.Graph.Consumers(cluster.Name) {
					server := topology.AddressFor(reader, cluster).API.Server
					if *reader.Istio.Managed && isPrivate(server) {
						found = append(found, finding{
							clusters: []string{cluster.Name, reader.Name},
							field:    at(i, "api.server"),
							message: fmt.Sprintf("%s is a private address of %s, and %s has a managed control plane",
								server, cluster.Name, reader.Name),
							hint: "omit api.server, so that each control plane gets the endpoint that it can reach",
						})
						break
					}
				}
			}
			return found
		},
	}
}
