package check

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
)

// Paths of istiod's debug interface (istio pilot/pkg/xds/debug.go).
const (
	pathClusters = "/debug/clusterz"
	pathNetworks = "/debug/networkz"
)

// Debug requests a path of istiod's debug interface.
type Debug func(ctx context.Context, path string) ([]byte, error)

// Istiod is what a control plane reports about its peers.
type Istiod struct {
	Clusters Reading[[]SyncState]
	Gateways Reading[[]NetworkGateway]
	// Pods are the ready pods and what each knows; PodsWhy explains why they could not be listed.
	Pods    []IstiodPod
	PodsWhy string
}

// SyncState is istiod's status of a cluster: synced, syncing, timeout, closed.
type SyncState struct {
	ID         string `json:"id"`
	SecretName string `json:"secretName"`
	SyncStatus string `json:"syncStatus"`
}

// NetworkGateway is a gateway of a network that istiod sends traffic to. istiod encodes the Go field names, without
// tags (istio pilot/pkg/model/network.go), in capitals; nothing else reads the page.
type NetworkGateway struct {
	Network string `json:"network"`
	Cluster string `json:"cluster"`
	Addr    string `json:"addr"`
	Port    int32  `json:"port"`
	// HBONEPort is 0 for a sidecar gateway.
	HBONEPort int32 `json:"hbonePort"`
}

// port returns the port for a kind of traffic.
func (g NetworkGateway) port(hbone bool) int32 {
	if hbone {
		return g.HBONEPort
	}
	return g.Port
}

// askIstiod requests both pages; a failure of one does not hide the other.
func askIstiod(ctx context.Context, debug Debug) Istiod {
	var istiod Istiod
	if debug == nil {
		istiod.Clusters.Why = "it was not contacted"
		istiod.Gateways.Why = istiod.Clusters.Why
		return istiod
	}
	istiod.Clusters = ask[SyncState](ctx, debug, pathClusters)
	if istiod.Clusters.Why != "" {
		istiod.Gateways.Why = istiod.Clusters.Why
		return istiod
	}
	istiod.Gateways = ask[NetworkGateway](ctx, debug, pathNetworks)
	return istiod
}

func ask[T any](ctx context.Context, debug Debug, path string) Reading[[]T] {
	text, err := debug(ctx, path)
	if err != nil {
		return Reading[[]T]{Why: oneLine(err)}
	}
	list, err := parseList[T](text)
	if err != nil {
		return Reading[[]T]{Why: fmt.Sprintf("its response at %s cannot be parsed: %v", path, err)}
	}
	return Reading[[]T]{Value: list}
}

// parseList parses a JSON list of objects, or null for an empty one. It ignores unknown fields, and rejects anything
// else without repeating it.
func parseList[T any](text []byte) ([]T, error) {
	var list []T
	if err := json.Unmarshal(text, &list); err != nil {
		return nil, errors.New("not a list of the expected form")
	}
	return list, nil
}
