package rules

import (
	"net/url"

	"github.com/kubectl-mesh/kubectl-mesh/internal/parallel"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
)

// apiServer is api.server of a cluster, parsed once for all rules.
type apiServer struct {
	location
	// isURL is false if it cannot be parsed; then all else is empty.
	isURL bool
	// front is the proxy that the address belongs to; nil for none.
	front *front
}

// location is an API server's address, as far as it identifies a proxy, in canonical spelling.
type location struct{ host, port, path, tlsServerName string }

// apiServers parses api.server of all clusters, on all processors.
func apiServers(clusters []v1alpha1.Cluster) []apiServer {
	servers, known := make([]apiServer, len(clusters)), fronts()
	parallel.Each(len(clusters), func(i int) { servers[i] = newAPIServer(&clusters[i], known) })
	return servers
}

func newAPIServer(cluster *v1alpha1.Cluster, known []knownFront) apiServer {
	address, err := url.Parse(cluster.API.Server)
	if err != nil {
		return apiServer{}
	}
	at := location{
		host:          canonical(address.Hostname()),
		port:          address.Port(),
		path:          address.Path,
		tlsServerName: canonical(cluster.API.TLSServerName),
	}
	server := apiServer{location: at, isURL: true}
	if cluster.API.Server != "" {
		server.front = frontOf(at, cluster.GKE != nil, known)
	}
	return server
}
