package istiod

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// Remote is a cluster that istiod knows.
type Remote struct {
	ID     string `json:"id"`
	Secret string `json:"secretName"` // NAMESPACE/NAME; empty for its own cluster
	Status string `json:"syncStatus"`
}

// Endpoint of a service as istiod knows it, before it decides what a proxy gets.
type Endpoint struct {
	Addresses    []string
	EndpointPort uint32
	Network      string
	Locality     struct{ Label, ClusterID string } // REGION/ZONE, and the cluster
}

// Remotes returns the clusters that istiod knows, by ID, including its own.
func (i *Istiod) Remotes(ctx context.Context) (map[string]Remote, error) {
	var list []Remote
	if err := i.debug(ctx, "clusterz", &list); err != nil {
		return nil, err
	}
	remotes := map[string]Remote{}
	for _, remote := range list {
		remotes[remote.ID] = remote
	}
	return remotes, nil
}

// Shards returns the endpoints of a service by the ID of the cluster that they come from.
func (i *Istiod) Shards(ctx context.Context, host, namespace string) (map[string][]Endpoint, error) {
	var all map[string]map[string]struct{ Shards map[string][]Endpoint }
	if err := i.debug(ctx, "endpointShardz", &all); err != nil {
		return nil, err
	}
	shards := map[string][]Endpoint{}
	for key, endpoints := range all[host][namespace].Shards {
		provider, cluster, _ := strings.Cut(key, "/")
		if provider == "Kubernetes" && len(endpoints) > 0 {
			shards[cluster] = endpoints
		}
	}
	return shards, nil
}

func (i *Istiod) debug(ctx context.Context, page string, into any) error {
	body, err := get(ctx, "http://"+local(i.current().ports.http)+"/debug/"+page)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(body, into); err != nil {
		return fmt.Errorf("decode %s of the istiod of %s: %w", page, i.Cluster.Name, err)
	}
	return nil
}

// ready is the readiness probe of the chart.
func (r *replica) ready(ctx context.Context) error {
	_, err := get(ctx, "http://"+local(r.ports.http)+"/ready")
	return err
}

func get(ctx context.Context, url string) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, fmt.Errorf("ask %s: %w", url, err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, fmt.Errorf("ask %s: %w", url, err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("ask %s: %s: %s", url, response.Status, body)
	}
	return body, nil
}

// Secure returns the address at which the running istiod serves proxies with TLS.
func (i *Istiod) Secure() string { return local(i.current().ports.secure) }
