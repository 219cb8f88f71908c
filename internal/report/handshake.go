package report

import (
	"net"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/kubectl-mesh/kubectl-mesh/internal/terminal"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/check"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/handshake"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/trust"
)

// handshakeResult is one handshake as JSON.
type handshakeResult struct {
	// Cluster of the gateway.
	Cluster string `json:"cluster"`
	Host    string `json:"host"`
	// Address that was dialed; empty for a host name that does not resolve.
	Address    string          `json:"address,omitempty"`
	Port       uint16          `json:"port"`
	ServerName string          `json:"serverName"`
	Origins    []string        `json:"origins"`
	Fault      handshake.Fault `json:"fault,omitempty"`
	Detail     string          `json:"detail,omitempty"`
	Chain      []shown         `json:"chain,omitempty"`
}

// shown is a certificate of a chain.
type shown struct {
	Subject  string   `json:"subject"`
	Issuer   string   `json:"issuer"`
	URIs     []string `json:"uris,omitempty"`
	SHA256   string   `json:"sha256"`
	NotAfter string   `json:"notAfter"`
}

// newHandshakes returns those with all gateways, in the order of the clusters.
func newHandshakes(names []string, made *check.Handshakes) []handshakeResult {
	if made == nil {
		return nil
	}
	list := []handshakeResult{}
	for _, name := range names {
		for _, seen := range made.Results[name] {
			list = append(list, newHandshake(name, seen))
		}
	}
	return list
}

func newHandshake(cluster string, seen handshake.Result) handshakeResult {
	one := handshakeResult{Cluster: cluster, Host: seen.Host, Port: seen.Port, ServerName: seen.ServerName,
		Origins: seen.Origins, Fault: seen.Fault,
		Detail: terminal.Plain(seen.Detail)}
	if seen.Address.IsValid() {
		one.Address = seen.Address.Addr().String()
	}
	for _, certificate := range seen.Chain {
		var uris []string
		for _, uri := range certificate.URIs {
			uris = append(uris, terminal.Plain(uri.String()))
		}
		one.Chain = append(one.Chain, shown{Subject: terminal.Plain(certificate.Subject.String()),
			Issuer: terminal.Plain(certificate.Issuer.String()),
			URIs:   uris, SHA256: trust.Fingerprint(certificate), NotAfter: certificate.NotAfter.UTC().Format(time.RFC3339)})
	}
	return one
}

// writeHandshakes writes a row for each address that was tried.
func writeHandshakes(text *strings.Builder, look terminal.Look, list []handshakeResult) {
	if len(list) == 0 {
		return
	}
	table := newTable(look, 2, "GATEWAY", "ADDRESS", "SHOWS")
	for _, one := range list {
		at := net.JoinHostPort(one.Host, strconv.Itoa(int(one.Port)))
		if one.Address != "" && one.Address != one.Host {
			at += " (" + one.Address + ")"
		}
		table.row(one.Cluster, at, one.shows())
	}
	text.WriteString(table.String() + "\n")
}

// shows returns the identity in the server's certificate, or the failure.
func (s handshakeResult) shows() string {
	if len(s.Chain) == 0 {
		return string(s.Fault)
	}
	at := slices.IndexFunc(s.Chain[0].URIs, func(uri string) bool { return strings.HasPrefix(uri, "spiffe://") })
	if at < 0 {
		return s.Chain[0].Subject
	}
	return s.Chain[0].URIs[at]
}
