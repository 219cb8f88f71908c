package clusters

import (
	"crypto/rand"
	"fmt"
	"math/big"
	"net"
)

// Servers get ports below the range from which systems take those of outgoing connections (32768 and up on Linux): one
// of them could take the port of a server that is still to be started. Those from 20000 on are for istiods.
const (
	firstPort = 10_000
	lastPort  = 20_000
	portTries = 1_000
)

// freePorts returns n distinct free ports of 127.0.0.1. They are held together until all are known, or the same one
// could be found twice. They are random, because other groups look for some at the same time.
func freePorts(n int) ([]int, error) {
	var ports []int
	for range portTries {
		if len(ports) == n {
			return ports, nil
		}
		offset, err := rand.Int(rand.Reader, big.NewInt(lastPort-firstPort))
		if err != nil {
			return nil, fmt.Errorf("find a free port: %w", err)
		}
		port := firstPort + int(offset.Int64())
		listener, err := net.ListenTCP("tcp4", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: port})
		if err != nil {
			continue // in use
		}
		defer func() { _ = listener.Close() }() // it was only reserved
		ports = append(ports, port)
	}
	return nil, fmt.Errorf("found %d free ports of %d", len(ports), n)
}
