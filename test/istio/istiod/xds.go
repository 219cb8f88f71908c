package istiod

import (
	"context"
	"fmt"
	"maps"
	"sync"
	"testing"
	"time"

	core "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	discovery "github.com/envoyproxy/go-control-plane/envoy/service/discovery/v3"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/protobuf/types/known/anypb"
	"google.golang.org/protobuf/types/known/structpb"
)

// The types of resources.
const (
	endpointType = "type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment"
	addressType  = "type.googleapis.com/istio.workload.Address"
)

// Node is who asks: a proxy in a cluster.
type Node struct {
	Kind      string // sidecar or ztunnel
	IP        string
	Name      string // of the pod
	Namespace string
	ClusterID string
	Network   string
}

// Proxy acts as a proxy: it receives configuration from istiod. When the connection ends, it keeps what it has and
// reconnects, like proxies.
type Proxy struct {
	istiod *Istiod
	node   *core.Node
	typ    string
	names  []string

	mutex sync.Mutex
	known map[string]*anypb.Any // by name
	lost  time.Time             // since when there is no connection; zero while there is one
	err   error                 // why
}

// Connect starts a proxy, which asks until the test ends.
func (i *Istiod) Connect(t testing.TB, node Node) *Proxy {
	t.Helper()
	p := &Proxy{istiod: i, typ: endpointType, names: []string{outbound}, lost: time.Now()}
	if node.Kind == "ztunnel" {
		p.typ, p.names = addressType, []string{"*"}
	}
	metadata, err := structpb.NewStruct(map[string]any{
		"CLUSTER_ID": node.ClusterID, "NETWORK": node.Network, "NAMESPACE": node.Namespace, "ISTIO_VERSION": i.Line.Release(),
	})
	if err != nil {
		t.Fatal(err)
	}
	domain := node.Namespace + ".svc.cluster.local"
	p.node = &core.Node{
		Id:       fmt.Sprintf("%s~%s~%s.%s~%s", node.Kind, node.IP, node.Name, node.Namespace, domain),
		Metadata: metadata,
	}
	ctx, cancel := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() { p.run(ctx) })
	t.Cleanup(func() {
		cancel()
		running.Wait()
	})
	return p
}

// run keeps a connection to the istiod that runs at the time.
func (p *Proxy) run(ctx context.Context) {
	for ctx.Err() == nil {
		p.ended(p.talk(ctx))
		select {
		case <-time.After(reconnectDelay):
		case <-ctx.Done():
		}
	}
}

// reconnectDelay is the pause before a proxy connects again.
const reconnectDelay = 100 * time.Millisecond

// ended notes why a connection has ended.
func (p *Proxy) ended(err error) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.err = err
	if p.lost.IsZero() {
		p.lost = time.Now()
	}
}

// talk opens a connection, identifies the proxy, subscribes, and stores and acknowledges responses until the connection
// ends.
func (p *Proxy) talk(ctx context.Context) error {
	address := local(p.istiod.current().ports.grpc)
	connection, err := grpc.NewClient(address, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		return err
	}
	defer connection.Close()
	stream, err := discovery.NewAggregatedDiscoveryServiceClient(connection).DeltaAggregatedResources(ctx)
	if err != nil {
		return err
	}
	request := &discovery.DeltaDiscoveryRequest{Node: p.node, TypeUrl: p.typ, ResourceNamesSubscribe: p.names}
	for first := true; ; first = false {
		if err := stream.Send(request); err != nil {
			return err
		}
		response, err := stream.Recv()
		if err != nil {
			return err
		}
		p.keep(response, first)
		request = &discovery.DeltaDiscoveryRequest{TypeUrl: response.TypeUrl, ResponseNonce: response.Nonce}
	}
}

// keep stores a response. The first one on a connection is complete.
func (p *Proxy) keep(response *discovery.DeltaDiscoveryResponse, first bool) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	if first {
		p.known, p.lost = map[string]*anypb.Any{}, time.Time{}
	}
	for _, name := range response.RemovedResources {
		delete(p.known, name)
	}
	for _, resource := range response.Resources {
		p.known[resource.Name] = resource.Resource
	}
}

// patience is how long a proxy may be without a connection: after that, it is unknown whether its configuration is
// correct.
const patience = 10 * time.Second

// resources returns what the proxy knows.
func (p *Proxy) resources() (map[string]*anypb.Any, error) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	if !p.lost.IsZero() && time.Since(p.lost) > patience {
		return nil, fmt.Errorf("a proxy without a connection: %w", p.err)
	}
	return maps.Clone(p.known), nil
}
