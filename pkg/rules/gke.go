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
		ID: "MESH056", Severity: mesh.SeverityError,
		Title: "Two clusters are one cluster of GKE",
		Why: "Two entries with the same gke.project, gke.location and gke.cluster are one cluster under two names: its endpoints would be " +
			"counted twice, and each script for it would be there twice.",
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
					found = append(found, finding{clusters: []string{other, cluster.Name}, field: at(i, "gke.cluster"),
						message: fmt.Sprintf("clusters %s and %s are both %s in %s of project %s", other, cluster.Name, key.cluster, key.location, key.project),
						hint:    "correct gke.project, gke.location or gke.cluster, or remove one of the two"})
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
		ID: "MESH057", Severity: mesh.SeverityWarning,
		Title: "The DNS endpoint of GKE takes no tokens of service accounts",
		Why: "The DNS endpoint authenticates callers with IAM. It refuses the token of a service account, which is what a remote secret " +
			"holds, unless that is switched on: the remote secret stays in timeout.",
		Remedy: "Switch it on: gcloud container clusters update CLUSTER --enable-k8s-tokens-via-dns, and write gke.tokensViaDNS: true. Or have " +
			"another endpoint read, with gke.endpoint.",
		find: func(in Input) []finding {
			var found []finding
			for i := range in.Mesh.Spec.Clusters {
				cluster := &in.Mesh.Spec.Clusters[i]
				if cluster.GKE == nil || cluster.GKE.TokensViaDNS || !readWithToken(cluster) {
					continue
				}
				if reader := readerAtDNS(in, cluster); reader != "" {
					found = append(found, finding{clusters: []string{cluster.Name}, field: at(i, "gke.tokensViaDNS"),
						message: fmt.Sprintf("%s reads %s at its DNS endpoint, which is not known to take tokens", reader, cluster.Name),
						hint: fmt.Sprintf("switch it on: gcloud container clusters update %s --project=%s --location=%s --enable-k8s-tokens-via-dns, and write tokensViaDNS: true",
							cluster.GKE.Cluster, cluster.GKE.Project, cluster.GKE.Location)})
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
	for reader := range in.Graph.ReadersOf(cluster.Name) {
		if address := topology.AddressFor(reader, cluster); address.Endpoint == v1alpha1.EndpointDNS && address.API.Server != "" {
			return reader.Name
		}
	}
	return ""
}

func certificateAtDNS() Rule {
	return Rule{
		ID: "MESH058", Severity: mesh.SeverityError,
		Title: "The DNS endpoint of GKE is verified with another authority",
		Why: "A public authority signs the certificate of the DNS endpoint. A kubeconfig with the cluster's own authority, which is right for " +
			"its IP addresses, fails to verify it: the remote secret stays in timeout.",
		Remedy: "Remove api.certificateAuthority of the cluster, or have another endpoint read.",
		find: func(in Input) []finding {
			var found []finding
			for i := range in.Mesh.Spec.Clusters {
				cluster := &in.Mesh.Spec.Clusters[i]
				if cluster.API.Server == "" || len(cluster.API.CertificateAuthorityData) == 0 {
					continue
				}
				if reader := readerAtDNS(in, cluster); reader != "" {
					found = append(found, finding{clusters: []string{cluster.Name}, field: at(i, "api.certificateAuthority"),
						message: fmt.Sprintf("%s reads %s at %s, which a public authority signs, with another certificate authority", reader, cluster.Name, cluster.API.Server),
						hint:    "remove certificateAuthority or certificateAuthorityData; or leave out api.server, and it is left out for the DNS endpoint"})
				}
			}
			return found
		},
	}
}

func distantServer() Rule {
	return Rule{
		ID: "MESH059", Severity: mesh.SeverityError,
		Title: "A control plane at Google cannot reach a private address",
		Why: "A managed control plane runs at Google and in no VPC network of yours: an address that is private there leads nowhere, and the " +
			"remote secret stays in timeout.",
		Remedy: "Leave out api.server and gke.endpoint, so that each control plane gets the endpoint that it can reach; or write the public " +
			"one.",
		find: func(in Input) []finding {
			var found []finding
			for i := range in.Mesh.Spec.Clusters {
				cluster := &in.Mesh.Spec.Clusters[i]
				if cluster.API.ProxyURL != "" || cluster.API.Server != "" && !isPrivate(cluster.API.Server) {
					continue
				}
				for reader := range in.Graph.ReadersOf(cluster.Name) {
					server := topology.AddressFor(reader, cluster).API.Server
					if *reader.Istio.Managed && isPrivate(server) {
						found = append(found, finding{clusters: []string{cluster.Name, reader.Name}, field: at(i, "api.server"),
							message: fmt.Sprintf("%s is a private address of %s, and the control plane of %s is at Google", server, cluster.Name, reader.Name),
							hint:    "leave out api.server, for each control plane to get the endpoint that it can reach"})
						break
					}
				}
			}
			return found
		},
	}
}
