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

// Endpoint is an address of an API server that control planes use.
type Endpoint struct {
	// ID of the item: endpoint/CLUSTER/SERVER.
	// +required
	ID string `json:"id"`
	// At is the location of the address.
	At Place `json:"at,omitzero"`
	// Server is the URL; omitted if none is set.
	Server string `json:"server,omitempty"`
	// Kind of GKE endpoint: public, private or dns.
	Kind string `json:"kind,omitempty"`
	// TLSServerName is the name expected in the server's certificate, if it is not the host of
	// server.
	TLSServerName string `json:"tlsServerName,omitempty"`
	// Proxy that control planes use to reach the server.
	Proxy string `json:"proxy,omitempty"`
	// CAs that verify the server; omitted for a public CA.
	CAs []Certificate `json:"cas,omitempty"`
	// CAsAt is the location of the CAs.
	CAsAt Place `json:"casAt,omitzero"`
	// Consumers are the clusters whose control planes use this address.
	// +required
	Consumers []string `json:"consumers"`
}

// Certificate is a CA certificate.
type Certificate struct {
	// Subject of the certificate.
	Subject string `json:"subject"`
	// SHA256 of the certificate in lower-case hexadecimal digits.
	SHA256 string `json:"sha256"`
	// Expires is the end of its validity, in RFC 3339 format.
	Expires string `json:"expires"`
}

// endpoints returns the addresses of an API server: each that a control plane uses, and that of api.server.
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
	for consumer := range b.Graph.Consumers(target.Name) {
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

// authorities returns the certificates of a validated PEM text; unreadable ones are still listed.
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
