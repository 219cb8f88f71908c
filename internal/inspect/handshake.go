package inspect

import (
	"context"
	"net/netip"
	"slices"
	"time"

	"github.com/kubectl-mesh/kubectl-mesh/internal/parallel"
	"github.com/kubectl-mesh/kubectl-mesh/internal/progress"
	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/check"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/handshake"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/trust"
)

// Handshake is the service to request of gateways, and how.
type Handshake struct {
	Service handshake.Service
	// Named is set if the user chose the services.
	Named bool
	Edge  handshake.Edge
}

// handshakePatience bounds each phase of a handshake: resolving, connecting, and receiving a certificate.
const handshakePatience = 5 * time.Second

// approach is one address of a gateway, or the failure to resolve it.
type approach struct {
	cluster string
	target  handshake.Target
	address netip.AddrPort
	instead *handshake.Result
}

// shake performs a handshake with every address of every gateway, several concurrently.
func (in Input) shake(ctx context.Context, observed check.Input) *check.Handshakes {
	made := &check.Handshakes{Service: in.Handshake.Service, Named: in.Handshake.Named,
		Results: map[string][]handshake.Result{}, Signers: map[string]string{}}
	for name, bundle := range in.Workspace.Bundles {
		if signer, err := bundle.Certificate(); err == nil {
			made.Signers[name] = trust.Fingerprint(signer)
		}
	}
	targets := check.HandshakeTargets(observed, in.Cluster, in.Handshake.Service)
	for name := range targets {
		made.Results[name] = nil
	}
	for from, seen := range parallel.InOrder(ctx, in.approaches(ctx, targets), in.approach) {
		made.Results[from.cluster] = append(made.Results[from.cluster], seen)
	}
	return made
}

// Rounds performs repeated handshakes with every gateway, because each can reach another workload. It ends when one
// fails. Results are by cluster. Reachable clusters also report where their gateways are.
func Rounds(ctx context.Context, in Input, rounds int) (map[string][]handshake.Result, error) {
	observed := check.Input{Mesh: in.Workspace.Doc.Mesh, Graph: in.Workspace.Graph}
	if in.Clusters != nil {
		var err error
		if observed.Observed, err = in.gather(ctx); err != nil {
			return nil, err
		}
	}
	all, failed := map[string][]handshake.Result{}, false
	for range rounds {
		for cluster, seen := range in.shake(ctx, observed).Results {
			all[cluster] = append(all[cluster], seen...)
			failed = failed || slices.ContainsFunc(seen, func(s handshake.Result) bool { return s.Fault != handshake.FaultNone })
		}
		if failed || ctx.Err() != nil {
			break
		}
	}
	if ctx.Err() != nil {
		return nil, verdict.ErrInterrupted
	}
	return all, nil
}

// approaches resolves host names: each address is tried.
func (in Input) approaches(ctx context.Context, targets map[string][]handshake.Target) []approach {
	var named []approach
	for _, name := range in.Workspace.Graph.Names() {
		for _, target := range targets[name] {
			named = append(named, approach{cluster: name, target: target})
		}
	}
	var found []approach
	for one, resolved := range parallel.InOrder(ctx, named, in.resolve) {
		for _, address := range resolved.addresses {
			found = append(found, approach{cluster: one.cluster, target: one.target, address: address})
		}
		if resolved.instead != nil {
			found = append(found, approach{cluster: one.cluster, target: one.target, instead: resolved.instead})
		}
	}
	return found
}

type resolved struct {
	addresses []netip.AddrPort
	instead   *handshake.Result
}

func (in Input) resolve(ctx context.Context, one approach) resolved {
	addresses, instead := in.Handshake.Edge.Resolve(ctx, one.target)
	return resolved{addresses: addresses, instead: instead}
}

func (in Input) approach(ctx context.Context, one approach) handshake.Result {
	if one.instead != nil {
		return *one.instead
	}
	defer progress.Begin(ctx, "gateway of "+one.cluster)()
	return in.Handshake.Edge.Dial(ctx, one.target, one.address)
}
