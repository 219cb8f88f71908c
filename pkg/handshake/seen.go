package handshake

import (
	"crypto/x509"
	"net/netip"
)

// Target is a gateway's address and what to request.
type Target struct {
	// Host is an IP address or a host name.
	Host string
	Port uint16
	// ServerName of the service behind the gateway.
	ServerName string
	// HBONE gateways terminate TLS with their own certificates; others pass it through.
	HBONE bool
	// Origins of the address.
	Origins []string
}

// protocols offered in ALPN. With "istio" a sidecar treats the connection as one of the mesh; without it, it serves
// nothing.
func (t Target) protocols() []string {
	if t.HBONE {
		return []string{"h2"}
	}
	return []string{"istio"}
}

// Fault ended a handshake before the server presented a certificate.
type Fault string

// Faults.
const (
	FaultNone        Fault = ""
	FaultUnresolved  Fault = "unresolved"
	FaultRefused     Fault = "refused"
	FaultTimeout     Fault = "timeout"
	FaultUnreachable Fault = "unreachable"
	// FaultReset: the connection was accepted and then closed without an answer.
	FaultReset Fault = "reset"
	// FaultSilent: the connection was accepted without an answer.
	FaultSilent Fault = "silent"
	FaultNotTLS Fault = "not-tls"
	// FaultAlert: the server rejected the handshake with a TLS alert.
	FaultAlert Fault = "alert"
	// FaultBroken is any other handshake error.
	FaultBroken Fault = "broken"
)

// Result of a handshake.
type Result struct {
	Target
	// Address that was dialed; zero for a host name that does not resolve.
	Address netip.AddrPort
	Fault   Fault
	// Detail is the error of a fault.
	Detail string
	// Chain that the server presented, its own certificate first.
	Chain []*x509.Certificate
	// Accepted are the DER subjects of the roots accepted for client certificates; empty if the server does not list them.
	Accepted [][]byte
}
