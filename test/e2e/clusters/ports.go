package clusters

import (
	"fmt"
	"net"
	"net/netip"
)

// freePorts returns n distinct free ports of 127.0.0.1. They are held together until all are known, or the same one
// could be handed out twice.
func freePorts(n int) ([]int, error) {
	ports := make([]int, n)
	for i := range ports {
		listener, err := net.ListenTCP("tcp4", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)})
		if err != nil {
			return nil, fmt.Errorf("find a free port: %w", err)
		}
		defer func() { _ = listener.Close() }()
		address, err := netip.ParseAddrPort(listener.Addr().String())
		if err != nil {
			return nil, fmt.Errorf("find a free port: %w", err)
		}
		ports[i] = int(address.Port())
	}
	return ports, nil
}
