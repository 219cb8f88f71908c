package istio

import (
	"crypto/rand"
	"errors"
	"net"
	"net/netip"
	"testing"

	"golang.org/x/net/dns/dnsmessage"
)

// startNameServer answers for host names, and for nothing else, until the test ends. It returns its address, which is one
// of the loopback network: resolv.conf has no place for a port.
func startNameServer(t *testing.T, hosts map[string]string) string {
	t.Helper()
	connection := listenOnNamePort(t)
	t.Cleanup(func() { _ = connection.Close() })
	go func() {
		for buffer := make([]byte, 512); ; {
			size, from, err := connection.ReadFrom(buffer)
			if err != nil {
				return
			}
			if answer, err := answerNames(buffer[:size], hosts); err == nil {
				_, _ = connection.WriteTo(answer, from) // who does not get it asks again
			}
		}
	}()
	host, _, err := net.SplitHostPort(connection.LocalAddr().String())
	if err != nil {
		t.Fatal(err)
	}
	return host
}

func listenOnNamePort(t *testing.T) net.PacketConn {
	t.Helper()
	const tries = 20
	var errs []error
	for range tries {
		random := make([]byte, 3)
		_, _ = rand.Read(random) // never fails
		address := netip.AddrFrom4([4]byte{127, random[0] | 1, random[1], random[2] | 1})
		connection, err := (&net.ListenConfig{}).ListenPacket(t.Context(), "udp4", netip.AddrPortFrom(address, 53).String())
		if err == nil {
			return connection
		}
		errs = append(errs, err)
	}
	t.Fatal(errors.Join(errs...))
	return nil
}

func answerNames(packet []byte, hosts map[string]string) ([]byte, error) {
	var parser dnsmessage.Parser
	header, err := parser.Start(packet)
	if err != nil {
		return nil, err
	}
	question, err := parser.Question()
	if err != nil {
		return nil, err
	}
	answer := dnsmessage.Message{
		Header:    dnsmessage.Header{ID: header.ID, Response: true, RecursionDesired: true, RecursionAvailable: true},
		Questions: []dnsmessage.Question{question},
	}
	name := question.Name.String()
	address, known := hosts[name[:len(name)-1]]
	switch {
	case !known:
		answer.RCode = dnsmessage.RCodeNameError
	case question.Type == dnsmessage.TypeA:
		answer.Answers = []dnsmessage.Resource{{
			Header: dnsmessage.ResourceHeader{Name: question.Name, Type: question.Type, Class: question.Class, TTL: 60},
			Body:   &dnsmessage.AResource{A: netip.MustParseAddr(address).As4()},
		}}
	}
	return answer.Pack()
}
