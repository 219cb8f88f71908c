package rules

import (
	"fmt"
	"net/netip"
	"net/url"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/shell"
)

// at is the path of a field of the i-th cluster.
func at(i int, field string) string { return fmt.Sprintf("spec.clusters[%d].%s", i, field) }

func sharedServer() Rule {
	return Rule{
		ID: "MESH001", Severity: mesh.SeverityError,
		Title: "Two clusters have one API server",
		Why: "Two entries with the same api.server and the same tlsServerName are one cluster under two names. Its " +
			"endpoints would be counted twice, and half of them attributed to the wrong cluster ID.",
		Remedy: "Correct the address of one of them, or remove one. Behind a proxy that tells clusters apart by name, " +
			"give each its tlsServerName.",
		find: func(in Input) []finding {
			var found []finding
			first := map[[2]string]string{}
			for i, cluster := range in.Mesh.Spec.Clusters {
				key := [2]string{cluster.API.Server, cluster.API.TLSServerName}
				if other, ok := first[key]; ok {
					found = append(found, finding{clusters: []string{other, cluster.Name}, field: at(i, "api.server"),
						message: fmt.Sprintf("clusters %s and %s have the same API server %s", other, cluster.Name, cluster.API.Server),
						hint:    "give each cluster its own address, or a tlsServerName of its own behind a shared proxy"})
				} else if cluster.API.Server != "" {
					first[key] = cluster.Name
				}
			}
			return found
		},
	}
}

func serverMissing() Rule {
	return Rule{
		ID: "MESH003", Severity: mesh.SeverityError, Firm: true,
		Title: "A cluster that is read has no API server address",
		Why: "With discovery remoteSecret the control plane of a caller reads the API server of each cluster that it " +
			"calls, so its kubeconfig must name an address.",
		Remedy: "Write api.server in mesh.yaml or in clusters/<name>.yaml. It is the address at which the peers' control " +
			"planes reach the API server, which need not be the one in your kubeconfig.",
		find: func(in Input) []finding {
			var found []finding
			for i, cluster := range in.Mesh.Spec.Clusters {
				if cluster.API.Server == "" && in.Graph.IsRead(cluster.Name) {
					found = append(found, finding{clusters: []string{cluster.Name}, field: at(i, "api.server"),
						message: fmt.Sprintf("cluster %s is read by %s, but has no API server address", cluster.Name, readers(in, cluster.Name)),
						hint:    "write api: {server: https://HOST:PORT} as the peers reach it"})
				}
			}
			return found
		},
	}
}

// readers names the readers of a cluster, a few of them when there are many.
func readers(in Input, name string) string {
	var names []string
	for reader := range in.Graph.ReadersOf(name) {
		names = append(names, reader.Name)
	}
	if len(names) > 3 {
		return fmt.Sprintf("%s and %d others", strings.Join(names[:2], ", "), len(names)-2)
	}
	return strings.Join(names, ", ")
}

func unreachableServer() Rule {
	return Rule{
		ID: "MESH006", Severity: mesh.SeverityError,
		Title: "A peer can never reach the API server's address",
		Why: "A loopback or unspecified address means another machine to every peer: the control plane of a peer would " +
			"call itself. Names such as kubernetes.default.svc mean the peer's own API server. Local clusters (kind, " +
			"k3d, minikube) have such addresses in their kubeconfigs. The same goes for api.proxyURL.",
		Remedy: "Write an address that the peers' pods can reach. For kind use the address of the control-plane " +
			"container with port 6443: docker inspect -f '{{.NetworkSettings.Networks.kind.IPAddress}}' NAME-control-plane.",
		find: func(in Input) []finding {
			var found []finding
			for i, cluster := range in.Mesh.Spec.Clusters {
				for _, address := range []struct{ field, url string }{
					{"api.server", cluster.API.Server}, {"api.proxyURL", cluster.API.ProxyURL},
				} {
					if what := unreachable(host(address.url)); what != "" {
						found = append(found, finding{clusters: []string{cluster.Name}, field: at(i, address.field),
							message: fmt.Sprintf("%s is %s: a peer can never reach it", address.url, what),
							hint:    reachableHint(cluster)})
					}
				}
			}
			return found
		},
	}
}

func reachableHint(cluster v1alpha1.Cluster) string {
	if name, ok := strings.CutPrefix(cluster.Context, "kind-"); ok {
		return "kind: use port 6443 at the container's address, which this prints: docker inspect -f " +
			"'{{.NetworkSettings.Networks.kind.IPAddress}}' " + shell.Quote(name+"-control-plane")
	}
	return "write the address at which the peers' pods reach it"
}

// unreachable says why nobody else can reach a host, or nothing.
func unreachable(host string) string {
	address, err := netip.ParseAddr(host)
	address = address.Unmap()
	switch {
	case err == nil && address.IsLoopback(), host == "localhost", strings.HasSuffix(host, ".localhost"):
		return "a loopback address"
	case err == nil && address.IsUnspecified():
		return "no address"
	case err == nil && address.IsLinkLocalUnicast():
		return "a link-local address"
	case host == "kubernetes", host == "kubernetes.default", strings.HasSuffix(host, ".svc"),
		strings.HasSuffix(host, ".svc.cluster.local"):
		return "a name inside a cluster"
	}
	return ""
}

// host is the host of a URL, in lower case.
func host(text string) string {
	parsed, err := url.Parse(text)
	if err != nil {
		return ""
	}
	return strings.ToLower(parsed.Hostname())
}

func publicAuthority() Rule {
	return Rule{
		ID: "MESH011", Severity: mesh.SeverityWarning,
		Title: "A cluster that is read names no certificate authority",
		Why: "Without one, the peers' control planes verify the API server with the public authorities of their image. " +
			"That is right for an endpoint with a public certificate, such as the DNS endpoint of GKE, and fails with " +
			"an x509 error for most others.",
		Remedy: "Write api.certificateAuthority, the path of the PEM file of the cluster's authority: the file ca.crt in " +
			"any ServiceAccount token Secret, or certificate-authority-data in your kubeconfig. Where a public authority " +
			"is meant, waive the finding.",
		find: func(in Input) []finding {
			var found []finding
			for i, cluster := range in.Mesh.Spec.Clusters {
				if cluster.API.Server != "" && len(cluster.API.CertificateAuthorityData) == 0 && in.Graph.IsRead(cluster.Name) {
					found = append(found, finding{clusters: []string{cluster.Name}, field: at(i, "api"),
						message: fmt.Sprintf("cluster %s names no certificate authority: peers will accept public ones only", cluster.Name),
						hint:    "write certificateAuthority: clusters/" + cluster.Name + "-api.crt"})
				}
			}
			return found
		},
	}
}

func privateServer() Rule {
	return Rule{
		ID: "MESH012", Severity: mesh.SeverityWarning,
		Title: "A private API server address is read from another network",
		Why: "Clusters of different networks do not route to each other pod to pod, so a private address of one is " +
			"often out of reach for the control plane of the other: its remote secret stays in timeout.",
		Remedy: "Write an address that the other network can reach, or an api.proxyURL. Where the networks are joined " +
			"for the API servers, by a VPN for example, waive the finding.",
		find: func(in Input) []finding {
			var found []finding
			for i, cluster := range in.Mesh.Spec.Clusters {
				address, err := netip.ParseAddr(host(cluster.API.Server))
				if err != nil || !address.IsPrivate() || cluster.API.ProxyURL != "" {
					continue
				}
				if reader := foreignReader(in, cluster); reader != "" {
					found = append(found, finding{clusters: []string{cluster.Name}, field: at(i, "api.server"),
						message: fmt.Sprintf("%s is a private address, and %s reads it from another network", cluster.API.Server, reader),
						hint:    "write an address that network can reach, or an api.proxyURL"})
				}
			}
			return found
		},
	}
}

// foreignReader is the first reader of a cluster that is in another network.
func foreignReader(in Input, cluster v1alpha1.Cluster) string {
	for reader := range in.Graph.ReadersOf(cluster.Name) {
		if reader.Network != cluster.Network {
			return reader.Name
		}
	}
	return ""
}
