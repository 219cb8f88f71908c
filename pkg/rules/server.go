package rules

import (
	"bytes"
	"cmp"
	"fmt"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/topology"
)

// at returns the path of a field of the i-th cluster.
func at(i int, field string) string { return fmt.Sprintf("spec.clusters[%d].%s", i, field) }

func sharedServer() Rule {
	return Rule{
		ID: "MESH001", Severity: mesh.SeverityError,
		Title: "Two clusters have the same API server",
		Why: "Two entries with the same api.server, api.tlsServerName and api.proxyURL are one cluster with two names. " +
			"Its endpoints would be counted twice, and half of them attributed to the wrong cluster ID.",
		Remedy: "Correct the address of one of them, or remove one. Behind a proxy that selects clusters by name, " +
			"set each tlsServerName.",
		find: func(in Input) []finding {
			var found []finding
			first := map[endpoint]int{}
			for i, cluster := range in.Mesh.Spec.Clusters {
				key := in.servers[i].endpoint(cluster.API)
				if other, ok := first[key]; ok {
					found = append(found, sameServer(i, in.Mesh.Spec.Clusters[other], cluster))
				} else if cluster.API.Server != "" {
					first[key] = i
				}
			}
			return found
		},
	}
}

// sameServer explains whether two clusters with one address can be the same cluster. With different authorities they
// are two, and one address belongs to a tunnel that the other one used before.
func sameServer(i int, other, cluster v1alpha1.Cluster) finding {
	f := finding{clusters: []string{other.Name, cluster.Name}, field: at(i, "api.server"),
		message: fmt.Sprintf("clusters %s and %s have the same API server %s", other.Name, cluster.Name, cluster.API.Server),
		hint:    "set each cluster's own address, or its own tlsServerName behind a shared proxy"}
	one, two := other.API.CertificateAuthorityData, cluster.API.CertificateAuthorityData
	if len(one) > 0 && len(two) > 0 && !bytes.Equal(one, two) {
		f.message += ", but different CAs: only one of them responds there"
		f.hint = "set the address at which the peers' pods reach each of them"
	}
	return f
}

// endpoint identifies an API server to a client: by its address, the server name that a shared front expects, and the
// proxy, behind which an address can be another machine.
type endpoint struct{ host, port, path, tlsServerName, proxy string }

// endpoint returns the same value for all spellings of a URL.
func (s apiServer) endpoint(api v1alpha1.API) endpoint {
	if !s.isURL {
		return endpoint{host: api.Server}
	}
	return endpoint{host: s.host, port: cmp.Or(s.port, "443"), path: strings.TrimRight(s.path, "/"),
		tlsServerName: cmp.Or(s.tlsServerName, s.host), proxy: api.ProxyURL}
}

func serverMissing() Rule {
	return Rule{
		ID: "MESH003", Severity: mesh.SeverityIncomplete, Firm: true,
		Title: "A target cluster has no API server address",
		Why: "With discovery: remoteSecret, a caller's control plane reads the API server of each cluster that it " +
			"calls, so its kubeconfig requires an address.",
		Remedy: "Set api.server in mesh.yaml or in clusters/NAME.yaml. It is the address at which the peers' control " +
			"planes reach the API server, which may differ from the one in your kubeconfig.",
		find: func(in Input) []finding {
			var found []finding
			for i, cluster := range in.Mesh.Spec.Clusters {
				if lost := readersWithoutAddress(in, &in.Mesh.Spec.Clusters[i]); len(lost) > 0 {
					found = append(found, serverless(i, cluster, lost))
				}
			}
			return found
		},
	}
}

// readersWithoutAddress returns the clusters whose control planes have no address for a cluster.
func readersWithoutAddress(in Input, cluster *v1alpha1.Cluster) []string {
	if cluster.API.Server != "" {
		return nil
	}
	var names []string
	for reader := range in.Graph.Consumers(cluster.Name) {
		if topology.AddressFor(reader, cluster).API.Server == "" {
			names = append(names, reader.Name)
		}
	}
	return names
}

func serverless(i int, cluster v1alpha1.Cluster, lost []string) finding {
	f := finding{clusters: []string{cluster.Name}, field: at(i, "api.server"),
		message: fmt.Sprintf("cluster %s is read by %s, but has no API server address", cluster.Name, listNames(lost)),
		hint:    "set api: {server: https://HOST:PORT} to the address that the peers reach"}
	if cluster.GKE != nil {
		f.hint += "; for GKE, import its endpoints: kubectl mesh import gke FILE"
		if cluster.GKE.Endpoints != (v1alpha1.Endpoints{}) {
			f.message = fmt.Sprintf("%s has no endpoint that %s can reach", cluster.Name, listNames(lost))
			f.hint = "enable its public or DNS endpoint, and import the facts again: kubectl mesh import gke FILE; or set " +
				"api: {server: https://HOST:PORT}"
		}
	}
	return f
}

// listNames lists names, abridged if there are many.
func listNames(names []string) string {
	if len(names) > 3 {
		return fmt.Sprintf("%s and %d others", strings.Join(names[:2], ", "), len(names)-2)
	}
	return strings.Join(names, ", ")
}

func publicAuthority() Rule {
	return Rule{
		ID:       "MESH011",
		Severity: mesh.SeverityWarning,
		Title:    "A target cluster has no CA",
		Why: "Without api.certificateAuthority, the peers' control planes verify the API server with the public CAs of " +
			"their image. That is right for an endpoint with a public certificate, such as GKE's DNS endpoint, and fails " +
			"with an x509 error for most others.",
		Remedy: "Set api.certificateAuthority to the path of a PEM file with the cluster's CA: key ca.crt of " +
			"ConfigMap kube-root-ca.crt, which is in every namespace, or certificate-authority-data in your kubeconfig, " +
			"decoded. Behind a proxy, whose address often has a path, it is the CA of the proxy's certificate. If a public " +
			"CA is intended, waive the finding.",
		find: func(in Input) []finding {
			var found []finding
			for i, cluster := range in.Mesh.Spec.Clusters {
				if len(cluster.API.CertificateAuthorityData) == 0 && readAtAddress(in, i) {
					hint := "set certificateAuthority: clusters/" + cluster.Name + "-api.crt"
					if in.servers[i].hasPath() {
						hint += ", with the CA of the proxy's certificate"
					}
					found = append(found, finding{clusters: []string{cluster.Name}, field: at(i, "api"),
						message: fmt.Sprintf("cluster %s sets no CA: peers accept only public CAs", cluster.Name),
						hint:    hint})
				}
			}
			return found
		},
	}
}

// readAtAddress reports whether any control plane verifies the i-th cluster with the cluster's own authority: GKE's DNS
// endpoint and the Connect gateway have public certificates.
func readAtAddress(in Input, i int) bool {
	if front := in.servers[i].front; front != nil && front.public {
		return false
	}
	cluster := &in.Mesh.Spec.Clusters[i]
	if cluster.API.Server != "" {
		return in.Graph.IsTarget(cluster.Name)
	}
	for reader := range in.Graph.Consumers(cluster.Name) {
		address := topology.AddressFor(reader, cluster)
		if address.API.Server != "" && address.Endpoint != v1alpha1.EndpointDNS {
			return true
		}
	}
	return false
}

func privateServer() Rule {
	return Rule{
		ID: "MESH012", Severity: mesh.SeverityWarning,
		Title: "A consumer in another network reads a private API server address",
		Why: "Pods in different networks do not reach each other directly, so a private address of one is " +
			"often unreachable for the control plane of the other: its remote secret stays in timeout.",
		Remedy: "Set an address that the other network can reach, or an api.proxyURL. If the networks are connected " +
			"for the API servers, by a VPN for example, waive the finding.",
		find: func(in Input) []finding {
			var found []finding
			for i, cluster := range in.Mesh.Spec.Clusters {
				if cluster.API.ProxyURL != "" {
					continue
				}
				if server, reader := foreignReader(in, i); reader != "" {
					found = append(found, finding{clusters: []string{cluster.Name}, field: at(i, "api.server"),
						message: fmt.Sprintf("%s is a private address, and %s reads it from another network", server, reader),
						hint:    "set an address that this network can reach, or an api.proxyURL"})
				}
			}
			return found
		},
	}
}

// foreignReader returns the first reader of the i-th cluster that is in another network and has a private address for
// it. A Google VPC network routes internally, regardless of Istio's networks.
func foreignReader(in Input, i int) (server, name string) {
	cluster := &in.Mesh.Spec.Clusters[i]
	if cluster.API.Server != "" && !isPrivateHost(in.servers[i].host) {
		return "", ""
	}
	for reader := range in.Graph.Consumers(cluster.Name) {
		server := topology.AddressFor(reader, cluster).API.Server
		if reader.Network != cluster.Network && !topology.SameVPC(reader, cluster) && isPrivate(server) {
			return server, reader.Name
		}
	}
	return "", ""
}

func isPrivate(server string) bool { return isPrivateHost(host(server)) }

func isPrivateHost(host string) bool {
	address, ok := addressOf(host)
	return ok && address.IsPrivate()
}
