package handshake

import (
	"crypto/x509"
	"net/netip"
)

// Target is where a gateway is said to be, and what it is asked for.
type Target struct {
	// Host is an IP address or a host name.
	Host string
	Port uint16
	// ServerName is the service that the gateway is to lead to.
	ServerName string
	// HBONE gateways end TLS themselves, and show certificates of their own; others pass it through.
	HBONE bool
	// Origins say who names the address.
	Origins []string
}

// protocols are what the server is offered. With "istio" a sidecar takes a connection for one of the mesh; without it,
// it serves nothing.
func (t Target) protocols() []string {
	if t.HBONE {
		return []string{"h2"}
	}
	return []string{"istio"}
}

// Fault is what ended a handshake before the server showed a certificate.
type Fault string

// The faults.
const (
	FaultNone        Fault = ""
	FaultUnresolved  Fault = "unresolved"
	FaultRefused     Fault = "refused"
	FaultTimeout     Fault = "timeout"
	FaultUnreachable Fault = "unreachable"
	// FaultReset: the connection was accepted and then closed without an answer.
	FaultReset Fault = "reset"
	// FaultSilent: the connection was accepted, and nothing was answered.
	FaultSilent Fault = "silent"
	FaultNotTLS Fault = "not-tls"
	// FaultAlert: the server refused the handshake in TLS.
	FaultAlert Fault = "alert"
	// FaultBroken is any other error of the handshake.
	FaultBroken Fault = "broken"
)

// Result is what one handshake showed.
type Result struct {
	Target
	// Address that was dialed; zero for a host name that does not resolve.
	Address netip.AddrPort
	Fault   Fault
	// Detail is the error behind a fault.
	Detail string
	// Chain is what the server showed, its own certificate first.
	Chain []*x509.Certificate
	// Accepted are the subjects of the roots under which the server accepts a client's certificate, in DER; empty where it
	// does not say.
	Accepted [][]byte
}
