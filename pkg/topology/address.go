package topology

import (
	"net/netip"
	"net/url"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
)

// Address is how a control plane reaches the API server of a cluster.
type Address struct {
	// API as the kubeconfig of that control plane has it; its Server is empty where none fits.
	API v1alpha1.API
	// Endpoint of GKE that this is; empty where it is none of them.
	Endpoint v1alpha1.Endpoint
	// Reason of the choice, for a reviewer.
	Reason string
	// Chosen says that no api.server was said.
	Chosen bool
}

// AddressFor decides at which address the control plane of consumer reads target. What api.server
// says counts. Otherwise it is an endpoint of GKE: pods reach private ones inside of a VPC network
// only, which is not passed on by a peering of networks; and a control plane at Google is in none
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

// preference lists the endpoints that a control plane can reach, the best one first.
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

// SameVPC tells whether two clusters are in one VPC network of Google.
func SameVPC(a, b *v1alpha1.Cluster) bool {
	return a.GKE != nil && b.GKE != nil && a.GKE.NetworkProject == b.GKE.NetworkProject && a.GKE.VPC == b.GKE.VPC
}

// at is one endpoint. A public authority signs the name of the DNS endpoint, the cluster's own
// the addresses.
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

// endpointAt says which endpoint an address is that somebody has written.
func endpointAt(target *v1alpha1.Cluster) v1alpha1.Endpoint {
	if target.GKE == nil { // before the address is parsed: this is asked for each reading
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

// IsEndpoint tells whether an address is one of the endpoints of GKE that a cluster has.
func IsEndpoint(cluster *v1alpha1.Cluster, address string) bool {
	if cluster.GKE == nil || address == "" {
		return false
	}
	endpoints := cluster.GKE.Endpoints
	return address == server(endpoints.Public) || address == server(endpoints.Private) || address == server(endpoints.DNS)
}

// asRead is a cluster as a control plane reads it: with the address that is for this one.
func asRead(consumer, target *v1alpha1.Cluster) *v1alpha1.Cluster {
	if target.API.Server != "" || target.GKE == nil || target.GKE.Endpoints == (v1alpha1.Endpoints{}) {
		return target
	}
	read := *target
	read.API = AddressFor(consumer, target).API
	return &read
}
