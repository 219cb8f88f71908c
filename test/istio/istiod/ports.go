package istiod

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"math/big"
	"net"
)

// ports are those of one istiod.
type ports struct{ http, https, grpc, secure, monitoring, ctrlz int }

// The range of ports: the kernel gives outgoing connections those from 32768 on, and one that such a connection has
// taken is lost to a server that restarts.
const (
	firstPort = 20000
	endPort   = 32000
)

// freePorts returns free ports of 127.0.0.1, next to each other. They are held together until all are known.
func freePorts() (ports, error) {
	const count, tries = 6, 100
	for range tries {
		offset, err := rand.Int(rand.Reader, big.NewInt(endPort-firstPort-count))
		if err != nil {
			return ports{}, fmt.Errorf("find free ports for an istiod: %w", err)
		}
		first := firstPort + int(offset.Int64())
		if free(first, count) {
			return ports{
				http: first, https: first + 1, grpc: first + 2,
				secure: first + 3, monitoring: first + 4, ctrlz: first + 5,
			}, nil
		}
	}
	return ports{}, errors.New("find free ports for an istiod: none")
}

func free(first, count int) bool {
	for i := range count {
		listener, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp4", local(first+i))
		if err != nil {
			return false
		}
		defer func() { _ = listener.Close() }()
	}
	return true
}
