package summary

import (
	"cmp"
	"crypto/x509"
	"slices"
	"time"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/topology"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/trust"
)

// Endpoint is an address of an API server as control planes use it.
type Endpoint struct {
	// ID of the item: endpoint/CLUSTER/SERVER.
	// +required
	ID string `json:"id"`
	// At is where the address is written.
	At Place `json:"at,omitzero"`
	// Server is its URL; left out where none is set.
	Server string `json:"server,omitempty"`
	// Kind is the endpoint of GKE: public, private or dns.
	Kind string `json:"kind,omitempty"`
	// TLSServerName is the name expected in its certificate, where it is not the host of server.
	TLSServerName string `json:"tlsServerName,omitempty"`
	// Proxy through which it is reached.
	Proxy string `json:"proxy,omitempty"`
	// CAs verify the server; left out where a public authority does.
	CAs []Certificate `json:"cas,omitempty"`
	// CAsAt is where they are set.
	CAsAt Place `json:"casAt,omitzero"`
	// Consumers are the clusters whose control planes use this address.
	// +required
	Consumers []string `json:"consumers"`
}

// Certificate is a certificate of an authority.
type Certificate struct {
	// Subject of the certificate.
	Subject string `json:"subject"`
	// SHA256 of the certificate in lower-case hexadecimal digits.
	SHA256 string `json:"sha256"`
	// Expires is the last moment at which it is valid, RFC 3339.
	Expires string `json:"expires"`
}

// endpoints are the addresses of an API server: one for each that any control plane uses, or that api.server has.
func (b *builder) endpoints(target *v1alpha1.Cluster) []Endpoint {
	var all []Endpoint
	add := func(address topology.Address, consumers ...string) {
		id := "endpoint/" + target.Name + "/" + address.API.Server
		if i := slices.IndexFunc(all, func(e Endpoint) bool { return e.ID == id }); i >= 0 {
			all[i].Consumers = append(all[i].Consumers, consumers...)
			return
		}
		all = append(all, b.endpoint(id, target, address, consumers))
	}
	for consumer := range b.Graph.ReadersOf(target.Name) {
		add(topology.AddressFor(consumer, target), consumer.Name)
	}
	if all == nil && target.API.Server != "" {
		add(topology.Address{API: target.API})
	}
	slices.SortFunc(all, func(a, b Endpoint) int { return cmp.Compare(a.Server, b.Server) })
	return present(all)
}

func (b *builder) endpoint(id string, target *v1alpha1.Cluster, address topology.Address, consumers []string) Endpoint {
	at := "api.server"
	if address.Chosen {
		at = "gke.endpoints." + string(address.Endpoint)
	}
	endpoint := Endpoint{
		ID:            id,
		At:            b.in(target.Name, at),
		Server:        address.API.Server,
		Kind:          string(address.Endpoint),
		TLSServerName: address.API.TLSServerName,
		Proxy:         address.API.ProxyURL,
		CAs:           authorities(address.API.CertificateAuthorityData),
		Consumers:     present(consumers),
	}
	if endpoint.CAs != nil {
		endpoint.CAsAt = b.in(target.Name, "api.certificateAuthority")
	}
	return endpoint
}

// authorities are the certificates of a PEM text. It has been validated; what cannot be read is still named.
func authorities(text []byte) []Certificate {
	if len(text) == 0 {
		return nil
	}
	certificates, err := trust.ParseCertificates(text)
	if err != nil {
		return []Certificate{{Subject: "unreadable: " + err.Error()}}
	}
	all := make([]Certificate, len(certificates))
	for i, certificate := range certificates {
		all[i] = certificateOf(certificate)
	}
	return all
}

func certificateOf(certificate *x509.Certificate) Certificate {
	status := trust.Describe("", certificate)
	return Certificate{Subject: status.Subject, SHA256: status.SHA256, Expires: status.NotAfter.Format(time.RFC3339)}
}
