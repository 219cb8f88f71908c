package rules

import (
	"cmp"
	"fmt"
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/shell"
)

func unreachableServer() Rule {
	return Rule{
		ID: "MESH006", Severity: mesh.SeverityError,
		Title: "A peer can never reach the API server's address",
		Why: "A loopback or unspecified address is another machine for every peer: the control plane of a peer would " +
			"call itself. Names such as kubernetes.default.svc resolve to the peer's own API server. Local clusters (kind, " +
			"k3d, minikube, Docker Desktop) have such addresses in their kubeconfigs. With api.proxyURL it is the proxy " +
			"that calls the server, and the proxy's address that a peer must reach.",
		Remedy: "Set an address that the peers' pods can reach. For kind, use the address of the control-plane " +
			"container with port 6443: docker inspect -f '{{.NetworkSettings.Networks.kind.IPAddress}}' NAME-control-plane. " +
			"If every peer has a tunnel to the server under a name in its own cluster, waive the finding.",
		find: func(in Input) []finding {
			var found []finding
			for i, cluster := range in.Mesh.Spec.Clusters {
				field, address, what := unreachableAddress(cluster.API, in.servers[i].host)
				if what == "" || !in.Graph.IsTarget(cluster.Name) {
					continue
				}
				found = append(found, finding{clusters: []string{cluster.Name}, field: at(i, field),
					message: fmt.Sprintf("%s is %s: a peer can never reach it", address, what), hint: reachableHint(cluster)})
			}
			return found
		},
	}
}

// unreachableAddress returns the part of an API server's address that no peer can reach, and why; empty if there is
// none. server is the host of api.Server. Behind a proxy, the proxy resolves the server; the proxy itself may have a
// name inside each reader's cluster.
func unreachableAddress(api v1alpha1.API, server string) (field, address, what string) {
	if api.ProxyURL != "" {
		return "api.proxyURL", api.ProxyURL, noAddress(host(api.ProxyURL))
	}
	return "api.server", api.Server, cmp.Or(noAddress(server), nameInCluster(server))
}

// reachableHint recognizes tools for local clusters by the context names that they use.
func reachableHint(cluster v1alpha1.Cluster) string {
	if cluster.API.ProxyURL != "" {
		return "set the address at which the peers' pods reach it"
	}
	if name, ok := strings.CutPrefix(cluster.Context, "kind-"); ok {
		return "kind: use port 6443 at the container's address, which this prints: docker inspect -f " +
			"'{{.NetworkSettings.Networks.kind.IPAddress}}' " + shell.Name(name+"-control-plane")
	}
	if name, ok := strings.CutPrefix(cluster.Context, "k3d-"); ok {
		return "k3d: use port 6443 at the container's address in a network that the clusters share (k3d cluster create " +
			"--network), which this prints: docker inspect -f '{{range .NetworkSettings.Networks}}{{.IPAddress}} {{end}}' " +
			shell.Name("k3d-"+name+"-server-0")
	}
	return "set the address at which the peers' pods reach it"
}

// noAddress explains why other machines cannot use a host; empty if they can.
func noAddress(host string) string {
	address, ok := addressOf(host)
	switch {
	case ok && address.IsLoopback(), isLocalhost(host):
		return "a loopback address"
	case ok && address.IsUnspecified():
		return "no address"
	case ok && address.IsLinkLocalUnicast():
		return "a link-local address"
	case ok && address.IsMulticast():
		return "a multicast address"
	case ok && address == netip.AddrFrom4([4]byte{255, 255, 255, 255}):
		return "the broadcast address"
	case !ok && endsInNumber(host):
		return "neither an IP address nor a host name"
	}
	return ""
}

// isLocalhost: RFC 6761 section 6.3, and the names that systems and Docker Desktop add to the hosts file.
func isLocalhost(host string) bool {
	hosts := []string{"localhost", "localhost.localdomain", "localhost4", "localhost6", "ip6-localhost", "ip6-loopback",
		"kubernetes.docker.internal"}
	return slices.Contains(hosts, host) || strings.HasSuffix(host, ".localhost")
}

// endsInNumber: DNS has no such names, but curl and the C library read 0x7f000001 and 127.1 as 127.0.0.1, and Go does
// not (https://url.spec.whatwg.org/#ends-in-a-number-checker).
func endsInNumber(host string) bool {
	last := host[strings.LastIndexByte(host, '.')+1:]
	if hex, ok := strings.CutPrefix(last, "0x"); ok {
		return strings.Trim(hex, "0123456789abcdef") == ""
	}
	return last != "" && strings.Trim(last, "0123456789") == ""
}

// nameInCluster reports a name that resolves differently in each cluster.
func nameInCluster(host string) string {
	own := host == "kubernetes" || host == "kubernetes.default" || strings.HasPrefix(host, "kubernetes.default.svc.")
	if own || strings.HasSuffix(host, ".svc") || strings.HasSuffix(host, ".cluster.local") {
		return "a name inside a cluster"
	}
	return ""
}

// host returns the host of a URL in canonical form.
func host(text string) string {
	parsed, err := url.Parse(text)
	if err != nil {
		return ""
	}
	return canonical(parsed.Hostname())
}

// canonical returns the canonical spelling of a host name or IP address.
func canonical(host string) string {
	if address, ok := addressOf(host); ok {
		return address.String()
	}
	return strings.TrimSuffix(strings.ToLower(host), ".")
}

// addressOf parses a host as an IP address, with IPv4-mapped addresses as IPv4.
func addressOf(host string) (netip.Addr, bool) {
	address, err := netip.ParseAddr(host)
	return address.Unmap(), err == nil
}
