package topology

import (
	"net/netip"
	"net/url"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
)

// Address is where a control plane reaches the API server of a cluster.
type Address struct {
	// API is the API server as that control plane's kubeconfig has it. Server is empty if no address is reachable.
	API v1alpha1.API
	// Endpoint is the GKE endpoint that Server belongs to; empty if it is not one.
	Endpoint v1alpha1.Endpoint
	// Reason explains the choice to reviewers.
	Reason string
	// Chosen reports that mesh.yaml sets no api.server, so that this package chose the address.
	Chosen bool
}

// AddressFor returns the address at which consumer's control plane reads target. An explicit api.server wins. Otherwise
// it is a GKE endpoint: pods reach private endpoints only within their VPC network, which VPC peering does not extend
// to other networks, and Google's managed control plane runs in none of them
// (https://cloud.google.com/service-mesh/docs/operate-and-maintain/multi-cluster).
func AddressFor(consumer, target *v1alpha1.Cluster) Address {
	switch {
	case target.API.Server != "":
		return Address{API: target.API, Endpoint: endpointAt(target), Reason: "set in api.server"}
	case target.GKE == nil || target.GKE.Endpoints == (v1alpha1.Endpoints{}):
		return Address{API: target.API}
	case target.GKE.Endpoint != "":
		return at(target, target.GKE.Endpoint, "set in gke.endpoint")
	}
	preferred, why := preference(consumer, target)
	for i, endpoint := range preferred {
		if i == 1 {
			why += "; it has no " + string(preferred[0]) + " endpoint"
		}
		if address := at(target, endpoint, why); address.API.Server != "" {
			return address
		}
	}
	return Address{API: target.API, Reason: why, Chosen: true}
}

// preference lists the endpoints that a control plane can reach, best first, and the reason for that order.
func preference(consumer, target *v1alpha1.Cluster) ([]v1alpha1.Endpoint, string) {
	const private, public, dns = v1alpha1.EndpointPrivate, v1alpha1.EndpointPublic, v1alpha1.EndpointDNS
	switch {
	case consumer.Istio.Managed != nil && *consumer.Istio.Managed:
		return []v1alpha1.Endpoint{public, dns}, "a managed control plane reads it, from outside the VPC network"
	case !SameVPC(consumer, target):
		return []v1alpha1.Endpoint{public, dns, private}, "read from outside its VPC network"
	case target.GKE.Private:
		return []v1alpha1.Endpoint{private, public, dns}, "a private cluster, read from its VPC network"
	}
	return []v1alpha1.Endpoint{public, private, dns}, "not a private cluster"
}

// SameVPC reports whether two clusters are in the same Google VPC network.
func SameVPC(a, b *v1alpha1.Cluster) bool {
	return a.GKE != nil && b.GKE != nil && a.GKE.NetworkProject == b.GKE.NetworkProject && a.GKE.VPC == b.GKE.VPC
}

// at returns the address of an endpoint. The certificate of the DNS endpoint is signed by a public authority, those of
// the IP addresses by the cluster's own.
func at(target *v1alpha1.Cluster, endpoint v1alpha1.Endpoint, reason string) Address {
	address := Address{API: target.API, Endpoint: endpoint, Reason: reason, Chosen: true}
	switch endpoint {
	case v1alpha1.EndpointPublic:
		address.API.Server = server(target.GKE.Endpoints.Public)
	case v1alpha1.EndpointPrivate:
		address.API.Server = server(target.GKE.Endpoints.Private)
	case v1alpha1.EndpointDNS:
		address.API.Server = server(target.GKE.Endpoints.DNS)
		address.API.CertificateAuthorityData, address.API.TLSServerName = nil, ""
	}
	return address
}

func server(host string) string {
	switch {
	case host == "":
		return ""
	case strings.Contains(host, ":"):
		host = "[" + host + "]"
	}
	return "https://" + host
}

// endpointAt returns the GKE endpoint that an explicit api.server belongs to.
func endpointAt(target *v1alpha1.Cluster) v1alpha1.Endpoint {
	if target.GKE == nil { // checked before parsing, because this runs for each access
		return ""
	}
	parsed, err := url.Parse(target.API.Server)
	if err != nil {
		return ""
	}
	host := strings.ToLower(parsed.Hostname())
	address, err := netip.ParseAddr(host)
	switch endpoints := target.GKE.Endpoints; {
	case host == endpoints.Public && host != "":
		return v1alpha1.EndpointPublic
	case host == endpoints.Private && host != "":
		return v1alpha1.EndpointPrivate
	case host == endpoints.DNS && host != "", strings.HasSuffix(host, ".gke.goog"):
		return v1alpha1.EndpointDNS
	case err != nil:
		return ""
	case address.Unmap().IsPrivate():
		return v1alpha1.EndpointPrivate
	}
	return v1alpha1.EndpointPublic
}

// IsEndpoint reports whether an address is one of a cluster's GKE endpoints.
func IsEndpoint(cluster *v1alpha1.Cluster, address string) bool {
	if cluster.GKE == nil || address == "" {
		return false
	}
	endpoints := cluster.GKE.Endpoints
	return address == server(endpoints.Public) || address == server(endpoints.Private) || address == server(endpoints.DNS)
}

// asRead returns a copy of target with the address at which consumer reads it.
func asRead(consumer, target *v1alpha1.Cluster) *v1alpha1.Cluster {
	if target.API.Server != "" || target.GKE == nil || target.GKE.Endpoints == (v1alpha1.Endpoints{}) {
		return target
	}
	read := *target
	read.API = AddressFor(consumer, target).API
	return &read
}
