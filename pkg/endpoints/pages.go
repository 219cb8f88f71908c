package endpoints

import (
	"encoding/json"
	"errors"
	"io"
	"strings"
)

// Paths of istiod's debug interface (istio pilot/pkg/xds/debug.go).
const (
	PathClusters  = "/debug/clusterz"
	PathShards    = "/debug/endpointShardz"
	PathWorkloads = "/debug/ambientz"
)

// Peer is a cluster whose endpoints are counted.
type Peer struct {
	ID string
	// Network is set where the cluster is on another network than the istiod that is asked.
	Network string
}

// Synced is the sync status that istiod reports by cluster ID: synced, syncing, timeout, closed. Of a cluster that is
// there twice it is the one that is not synced.
func Synced(page io.Reader) (map[string]string, error) {
	var list []struct {
		ID         string `json:"id"`
		SyncStatus string `json:"syncStatus"`
	}
	if err := json.NewDecoder(page).Decode(&list); err != nil {
		return nil, formError(err)
	}
	status := map[string]string{}
	for _, entry := range list {
		if before := status[entry.ID]; before == "" || before == StatusSynced {
			status[entry.ID] = entry.SyncStatus
		}
	}
	return status, nil
}

// StatusSynced is the sync status of a cluster that istiod has read completely.
const StatusSynced = "synced"

// Shards counts the endpoints that sidecars and gateways learn of: by host, namespace, and provider/cluster (istio
// pilot/pkg/model/endpointshards.go). The page holds all endpoints of the mesh, so one host is decoded at a time.
func Shards(page io.Reader, peers []Peer) (Known, error) {
	known := Known{}
	decoder := json.NewDecoder(page)
	err := eachMember(decoder, func(host string) error {
		var namespaces map[string]struct{ Shards map[string][]struct{} }
		if err := decoder.Decode(&namespaces); err != nil {
			return err
		}
		for namespace, of := range namespaces {
			for shard, endpoints := range of.Shards {
				_, cluster, _ := strings.Cut(shard, "/")
				for _, peer := range peers {
					if peer.ID == cluster && len(endpoints) > 0 {
						known.add(peer.ID, namespace+"/"+host, len(endpoints))
					}
				}
			}
		}
		return nil
	})
	return known, formError(err)
}

// workload is what is read of one (istio pkg/workloadapi/workload.proto).
type workload struct {
	ClusterID string              `json:"clusterId"`
	Network   string              `json:"network"`
	Services  map[string]struct{} `json:"services"`
	Capacity  int                 `json:"capacity"`
}

// Workloads counts the workloads that ztunnels learn of. For each service istiod joins those of another network into
// one whose capacity is their number and whose cluster is that of the gateway (createSplitHorizonWorkload in istio
// pilot/pkg/serviceregistry/ambient/multicluster.go), so there the network tells them.
func Workloads(page io.Reader, peers []Peer) (Known, error) {
	known := Known{}
	decoder := json.NewDecoder(page)
	err := eachMember(decoder, func(field string) error {
		if field != "workloads" {
			return decoder.Decode(&json.RawMessage{})
		}
		return eachElement(decoder, func() error {
			var w workload
			if err := decoder.Decode(&w); err != nil {
				return err
			}
			for _, peer := range peers {
				if peer.Network != "" && w.Network == peer.Network || peer.Network == "" && w.ClusterID == peer.ID {
					for service := range w.Services {
						known.add(peer.ID, service, max(w.Capacity, 1))
					}
				}
			}
			return nil
		})
	})
	return known, formError(err)
}

// formError hides what an answer that is no such page says: it may be anything.
func formError(err error) error {
	if err == nil {
		return nil
	}
	if _, isSyntax := errors.AsType[*json.SyntaxError](err); isSyntax || errors.Is(err, errForm) {
		return errForm
	}
	if _, isType := errors.AsType[*json.UnmarshalTypeError](err); isType {
		return errForm
	}
	return err
}

var errForm = errors.New("the response does not have the expected format")

// eachMember visits the members of a JSON object, of which null has none. The visitor decodes the value.
func eachMember(decoder *json.Decoder, visit func(name string) error) error {
	return visitAll(decoder, '{', func() error {
		token, err := decoder.Token()
		if err != nil {
			return err
		}
		name, _ := token.(string) // the decoder takes nothing else there
		return visit(name)
	})
}

// eachElement visits the elements of a JSON list, of which null has none. The visitor decodes the element.
func eachElement(decoder *json.Decoder, visit func() error) error {
	return visitAll(decoder, '[', visit)
}

func visitAll(decoder *json.Decoder, opens json.Delim, visit func() error) error {
	token, err := decoder.Token()
	switch {
	case err != nil:
		return err
	case token == nil:
		return nil
	case token != opens:
		return errForm
	}
	for decoder.More() {
		if err := visit(); err != nil {
			return err
		}
	}
	_, err = decoder.Token()
	return err
}
