package handshake_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"testing"
	"time"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/handshake"
)

const serverName = "outbound_.5000_._.helloworld.sample.svc.cluster.local"

// patient is longer than any answer on loopback takes.
const patient = time.Minute

func sidecar() handshake.Target { return handshake.Target{Host: "127.0.0.1", ServerName: serverName} }

// TestDial: what is behind the address asks for a certificate, as every workload does. Its own is seen all the same, no
// matter which version of TLS decides whose turn it is.
func TestDial(t *testing.T) {
	for name, test := range map[string]struct {
		target    handshake.Target
		protocols []string
		version   uint16
	}{
		"sidecar, TLS 1.3": {sidecar(), []string{"istio"}, tls.VersionTLS13},
		"sidecar, TLS 1.2": {sidecar(), []string{"istio"}, tls.VersionTLS12},
		"ambient":          {handshake.Target{ServerName: serverName, HBONE: true}, []string{"h2"}, tls.VersionTLS13},
	} {
		t.Run(name, func(t *testing.T) {
			pod := workload(t, authority(t, "east", authority(t, "root", nil)), as)
			asked := make(chan *tls.ClientHelloInfo, 1)
			address := listen(t, serveTLS(&tls.Config{Certificates: []tls.Certificate{pod.pair()}, ClientAuth: tls.RequireAnyClientCert,
				NextProtos: test.protocols, MaxVersion: test.version}, asked))
			seen := edge(patient).Dial(t.Context(), test.target, address)
			if seen.Fault != handshake.FaultNone || len(seen.Chain) != 3 || !seen.Chain[0].Equal(pod.certificate) || seen.Address != address {
				t.Errorf("got %q (%s) and %d certificates from %s", seen.Fault, seen.Detail, len(seen.Chain), seen.Address)
			}
			if hello := <-asked; hello.ServerName != serverName || !slices.Equal(hello.SupportedProtos, test.protocols) {
				t.Errorf("asked for %q, %q", hello.ServerName, hello.SupportedProtos)
			}
		})
	}
}

// TestNoCertificateIsSent: a server that takes any certificate gets none.
func TestNoCertificateIsSent(t *testing.T) {
	pod := workload(t, authority(t, "root", nil), as)
	got := make(chan int, 1)
	address := listen(t, func(connection net.Conn) {
		server := tls.Server(connection, &tls.Config{Certificates: []tls.Certificate{pod.pair()}, ClientAuth: tls.RequestClientCert})
		_ = server.HandshakeContext(t.Context())
		got <- len(server.ConnectionState().PeerCertificates)
	})
	if seen := edge(patient).Dial(t.Context(), sidecar(), address); seen.Fault != handshake.FaultNone {
		t.Errorf("got %q (%s)", seen.Fault, seen.Detail)
	}
	if sent := <-got; sent != 0 {
		t.Errorf("%d certificates were sent", sent)
	}
}

func TestFaults(t *testing.T) {
	greeted := func(answer func(net.Conn)) func(*testing.T) netip.AddrPort {
		return func(t *testing.T) netip.AddrPort {
			return listen(t, func(connection net.Conn) {
				_, _ = connection.Read(make([]byte, 4096))
				answer(connection)
			})
		}
	}
	for name, test := range map[string]struct {
		server func(*testing.T) netip.AddrPort
		want   handshake.Fault
	}{
		"nothing listens": {func(t *testing.T) netip.AddrPort {
			listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			_ = listener.Close()
			return netip.MustParseAddrPort(listener.Addr().String())
		}, handshake.FaultRefused},
		"closed": {greeted(func(net.Conn) {}), handshake.FaultReset},
		"reset": {greeted(func(connection net.Conn) {
			_ = connection.(*net.TCPConn).SetLinger(0)
		}), handshake.FaultReset},
		"HTTP": {greeted(func(connection net.Conn) {
			_, _ = fmt.Fprint(connection, "HTTP/1.1 400 Bad Request\r\n\r\n")
		}), handshake.FaultNotTLS},
		"an alert": {greeted(func(connection net.Conn) {
			_, _ = connection.Write([]byte{21, 3, 3, 0, 2, 2, 112}) // unrecognized_name
		}), handshake.FaultAlert},
	} {
		t.Run(name, func(t *testing.T) {
			seen := edge(patient).Dial(t.Context(), sidecar(), test.server(t))
			if seen.Fault != test.want || seen.Chain != nil || seen.Detail == "" {
				t.Errorf("got %q (%s), want %q", seen.Fault, seen.Detail, test.want)
			}
		})
	}
}

// TestPatience: neither a network nor a server that answers nothing holds up the check.
func TestPatience(t *testing.T) {
	const soon = 20 * time.Millisecond
	end := make(chan struct{})
	silent := listen(t, func(net.Conn) { <-end })
	if seen := edge(soon).Dial(t.Context(), sidecar(), silent); seen.Fault != handshake.FaultSilent {
		t.Errorf("a silent server: got %q (%s)", seen.Fault, seen.Detail)
	}
	close(end)
	lost := handshake.Edge{Patience: soon, Dialer: dialer(func(ctx context.Context) (net.Conn, error) {
		<-ctx.Done()
		return nil, &net.OpError{Op: "dial", Net: "tcp", Err: context.Cause(ctx)}
	})}
	if seen := lost.Dial(t.Context(), sidecar(), silent); seen.Fault != handshake.FaultTimeout {
		t.Errorf("a network that drops: got %q (%s)", seen.Fault, seen.Detail)
	}
	away := handshake.Edge{Patience: soon, Dialer: dialer(func(context.Context) (net.Conn, error) { return nil, errNoRoute })}
	if seen := away.Dial(t.Context(), sidecar(), silent); seen.Fault != handshake.FaultUnreachable || seen.Detail != "connect: no route to host" {
		t.Errorf("no route: got %q (%s)", seen.Fault, seen.Detail)
	}
}

// TestResolve: every address of a host name is one to dial.
func TestResolve(t *testing.T) {
	all := make([]netip.Addr, 20)
	for i := range all {
		all[i] = netip.AddrFrom4([4]byte{192, 0, 2, byte(len(all) - i)})
	}
	e := handshake.Edge{Patience: patient, Resolver: resolver{
		"two.example":  {netip.MustParseAddr("192.0.2.9"), netip.MustParseAddr("::ffff:192.0.2.1"), netip.MustParseAddr("192.0.2.9")},
		"many.example": all, "none.example": nil,
	}}
	for host, want := range map[string]string{
		"198.51.100.7":    "[198.51.100.7:15443]",
		"2001:db8::1":     "[[2001:db8::1]:15443]",
		"two.example":     "[192.0.2.1:15443 192.0.2.9:15443]",
		"none.example":    "unresolved ",
		"unknown.example": "unresolved lookup unknown.example: no such host",
	} {
		addresses, instead := e.Resolve(t.Context(), handshake.Target{Host: host, Port: 15443})
		got := fmt.Sprint(addresses)
		if instead != nil {
			got = fmt.Sprintf("%s %s", instead.Fault, instead.Detail)
		}
		if got != want {
			t.Errorf("%s: got %s, want %s", host, got, want)
		}
	}
	if addresses, _ := e.Resolve(t.Context(), handshake.Target{Host: "many.example", Port: 1}); len(addresses) != 16 {
		t.Errorf("a name with 20 addresses: %d are dialed", len(addresses))
	}
}

// TestRootsOfAWorkload: a handshake shows under which roots a workload has its certificate, and which roots it trusts.
func TestRootsOfAWorkload(t *testing.T) {
	first, second, third := authority(t, "root 1", nil), authority(t, "root 2", nil), authority(t, "root 3", nil)
	for name, version := range map[string]uint16{"TLS 1.3": tls.VersionTLS13, "TLS 1.2": tls.VersionTLS12} {
		t.Run(name, func(t *testing.T) {
			pod := workload(t, authority(t, "east", second), as)
			pod.above = pod.above[:1] // a workload shows no root
			trusted := x509.NewCertPool()
			trusted.AddCert(first.certificate)
			trusted.AddCert(second.certificate)
			address := listen(t, serveTLS(&tls.Config{Certificates: []tls.Certificate{pod.pair()}, MaxVersion: version,
				ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: trusted}, make(chan *tls.ClientHelloInfo, 1)))
			seen := edge(patient).Dial(t.Context(), sidecar(), address)
			var got []bool
			for _, root := range []*holder{first, second, third} {
				got = append(got, seen.Trusts(root.certificate), seen.DescendsFrom(root.certificate))
			}
			if want := []bool{true, false, true, true, false, false}; !slices.Equal(got, want) {
				t.Errorf("trusts and descends from roots 1 to 3: got %t, want %t", got, want)
			}
		})
	}
	if (handshake.Result{}).DescendsFrom(first.certificate) {
		t.Error("a handshake that has shown nothing descends from a root")
	}
}
