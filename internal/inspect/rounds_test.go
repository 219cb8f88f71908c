package inspect_test

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"sync"
	"testing"
	"time"

	"github.com/kubectl-mesh/kubectl-mesh/internal/inspect"
	"github.com/kubectl-mesh/kubectl-mesh/internal/testutil/testmesh"
	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/handshake"
)

const networks = `apiVersion: kubectl-mesh.dev/v1alpha1
kind: Mesh
metadata: {name: shop}
spec:
  trust: {ca: {provider: none}}
  clusters:
  - {name: east, network: one, api: {server: "https://203.0.113.10"}, gateway: {addresses: [203.0.113.1]}}
  - {name: west, network: two, api: {server: "https://203.0.113.20"}, gateway: {addresses: [gateway.west.example]}}
`

// refusing is a network in which a connection fails at once, and counts them.
type refusing struct {
	mutex  sync.Mutex
	dialed map[string]int
}

func (r *refusing) DialContext(_ context.Context, _, address string) (net.Conn, error) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	r.dialed[address]++
	return nil, &net.OpError{Op: "dial", Err: context.DeadlineExceeded}
}

func (r *refusing) LookupNetIP(context.Context, string, string) ([]netip.Addr, error) {
	return []netip.Addr{netip.MustParseAddr("203.0.113.2"), netip.MustParseAddr("203.0.113.3")}, nil
}

// TestRounds: every address of every gateway is in a round, and the round in which one fails is the last.
func TestRounds(t *testing.T) {
	h := testmesh.Offline(t, networks)
	ws, _ := h.Open()
	asked, err := inspect.HandshakeFor("shop/cart:8080")
	if err != nil {
		t.Fatal(err)
	}
	network := &refusing{dialed: map[string]int{}}
	asked.Edge = handshake.Edge{Dialer: network, Resolver: network, Patience: time.Minute}
	seen, err := inspect.Rounds(t.Context(), inspect.Input{Workspace: ws, Handshake: asked}, 20)
	if err != nil {
		t.Fatal(err)
	}
	for _, address := range []string{"203.0.113.1:15443", "203.0.113.2:15443", "203.0.113.3:15443"} {
		if network.dialed[address] != 1 {
			t.Errorf("%s was dialed %d times, want once", address, network.dialed[address])
		}
	}
	if len(seen["east"]) != 1 || len(seen["west"]) != 2 || seen["west"][1].Fault != handshake.FaultTimeout ||
		seen["east"][0].ServerName != "outbound_.8080_._.cart.shop.svc.cluster.local" {
		t.Errorf("got %+v", seen)
	}
}

// TestRoundsEndWithTheContext: what was seen of a round that was interrupted shows nothing.
func TestRoundsEndWithTheContext(t *testing.T) {
	h := testmesh.Offline(t, networks)
	ws, _ := h.Open()
	asked, err := inspect.HandshakeFor("shop/cart:8080")
	if err != nil {
		t.Fatal(err)
	}
	network := &refusing{dialed: map[string]int{}}
	asked.Edge = handshake.Edge{Dialer: network, Resolver: network, Patience: time.Minute}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	seen, err := inspect.Rounds(ctx, inspect.Input{Workspace: ws, Handshake: asked}, 20)
	if !errors.Is(err, verdict.ErrInterrupted) || seen != nil {
		t.Errorf("got %v, %v", seen, err)
	}
}
