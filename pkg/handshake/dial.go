package handshake

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/netip"
	"slices"
	"strings"
	"syscall"
	"time"
)

// Limits per target: dialed addresses, and inspected certificates.
const (
	maxAddresses = 16
	maxChain     = 10
)

// Dialer opens a connection; net.Dialer implements it.
type Dialer interface {
	DialContext(ctx context.Context, network, address string) (net.Conn, error)
}

// Resolver resolves a host name; net.Resolver implements it.
type Resolver interface {
	LookupNetIP(ctx context.Context, network, host string) ([]netip.Addr, error)
}

// Edge is the network used for handshakes.
type Edge struct {
	Dialer   Dialer
	Resolver Resolver
	// Patience bounds each phase: resolving, connecting, and receiving a certificate.
	Patience time.Duration
}

// Network returns this machine's network.
func Network(patience time.Duration) Edge {
	return Edge{Dialer: &net.Dialer{}, Resolver: net.DefaultResolver, Patience: patience}
}

// Resolve returns a target for each address of a host name, sorted, or the failure as a result.
func (e Edge) Resolve(ctx context.Context, target Target) ([]netip.AddrPort, *Result) {
	if address, err := netip.ParseAddr(target.Host); err == nil {
		return []netip.AddrPort{netip.AddrPortFrom(address.Unmap(), target.Port)}, nil
	}
	ctx, cancel := context.WithTimeout(ctx, e.Patience)
	defer cancel()
	found, err := e.Resolver.LookupNetIP(ctx, "ip", target.Host)
	if err != nil || len(found) == 0 {
		return nil, &Result{Target: target, Fault: FaultUnresolved, Detail: detail(err)}
	}
	for i := range found {
		found[i] = found[i].Unmap()
	}
	slices.SortFunc(found, netip.Addr.Compare)
	found = slices.Compact(found)
	addresses := make([]netip.AddrPort, 0, len(found))
	for _, address := range found[:min(len(found), maxAddresses)] {
		addresses = append(addresses, netip.AddrPortFrom(address, target.Port))
	}
	return addresses, nil
}

// Dial connects to an address, receives the server's certificates, and closes the connection. It sends only a TLS
// ClientHello, without a certificate.
func (e Edge) Dial(ctx context.Context, target Target, address netip.AddrPort) Result {
	seen := Result{Target: target, Address: address}
	connecting, cancel := context.WithTimeout(ctx, e.Patience)
	defer cancel()
	raw, err := e.Dialer.DialContext(connecting, "tcp", address.String())
	if err != nil {
		seen.Fault, seen.Detail = connectFault(err), detail(err)
		return seen
	}
	defer func() { _ = raw.Close() }()
	shaking, end := context.WithTimeout(ctx, e.Patience)
	defer end()
	err = tls.Client(raw, greeting(target, &seen)).HandshakeContext(shaking)
	if err != nil && seen.Chain == nil { // with a chain, the error is the server's request for a certificate
		seen.Fault, seen.Detail = tlsFault(err), detail(err)
	}
	return seen
}

// greeting imitates a sidecar without a certificate. Newer defaults of Go would make the first message longer than a
// packet, and firewalls might treat it differently from a sidecar's.
func greeting(target Target, seen *Result) *tls.Config {
	return &tls.Config{
		ServerName: target.ServerName, NextProtos: target.protocols(), MinVersion: tls.VersionTLS12,
		CurvePreferences:   []tls.CurveID{tls.X25519, tls.CurveP256},
		InsecureSkipVerify: true, //nolint:gosec // the chain is inspected, regardless of its signer, and nothing is sent
		VerifyConnection: func(state tls.ConnectionState) error {
			seen.Chain = state.PeerCertificates[:min(len(state.PeerCertificates), maxChain)]
			return nil
		},
		GetClientCertificate: func(asked *tls.CertificateRequestInfo) (*tls.Certificate, error) {
			seen.Accepted = asked.AcceptableCAs
			return &tls.Certificate{}, nil // none
		},
	}
}

// Windows' numbers for ECONNREFUSED, ECONNRESET and ECONNABORTED.
const (
	wsaAborted = syscall.Errno(10053)
	wsaReset   = syscall.Errno(10054)
	wsaRefused = syscall.Errno(10061)
)

func isAny(err error, numbers ...syscall.Errno) bool {
	return slices.ContainsFunc(numbers, func(number syscall.Errno) bool { return errors.Is(err, number) })
}

func isTimeout(err error) bool {
	var late net.Error
	return errors.Is(err, context.DeadlineExceeded) || errors.As(err, &late) && late.Timeout()
}

func connectFault(err error) Fault {
	switch {
	case isAny(err, syscall.ECONNREFUSED, wsaRefused):
		return FaultRefused
	case isTimeout(err):
		return FaultTimeout
	case isAny(err, syscall.ECONNRESET, wsaReset):
		return FaultReset
	}
	return FaultUnreachable
}

func tlsFault(err error) Fault {
	var header tls.RecordHeaderError
	var remote *net.OpError
	switch {
	case errors.As(err, &header):
		return FaultNotTLS
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF),
		isAny(err, syscall.ECONNRESET, syscall.ECONNABORTED, syscall.EPIPE, wsaReset, wsaAborted):
		return FaultReset
	case isTimeout(err):
		return FaultSilent
	case errors.As(err, &remote) && remote.Op == "remote error":
		return FaultAlert
	}
	return FaultBroken
}

// detail returns an error on one line.
func detail(err error) string {
	if err == nil {
		return ""
	}
	return strings.Join(strings.Fields(err.Error()), " ")
}
