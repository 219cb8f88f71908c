package istiod

import (
	"context"
	"fmt"
	"maps"
	"sync"
	"testing"

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

// Proxy stands in for a proxy: a connection over which istiod sends what the proxy is to know.
type Proxy struct {
	stream discovery.AggregatedDiscoveryService_DeltaAggregatedResourcesClient

	sending sync.Mutex
	mutex   sync.Mutex
	known   map[string]map[string]*anypb.Any // by type and name
	failed  error
}

// Connect opens a connection to the istiod, which stays until the test ends.
func (i *Istiod) Connect(t testing.TB, node Node) *Proxy {
	t.Helper()
	connection, err := grpc.NewClient(local(i.ports.grpc), grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatalf("connect to the istiod of %s: %v", i.Cluster.Name, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	stream, err := discovery.NewAggregatedDiscoveryServiceClient(connection).DeltaAggregatedResources(ctx)
	if err != nil {
		cancel()
		t.Fatalf("connect to the istiod of %s: %v", i.Cluster.Name, err)
	}
	p := &Proxy{stream: stream, known: map[string]map[string]*anypb.Any{endpointType: {}, addressType: {}}}
	var receiving sync.WaitGroup
	receiving.Go(p.receive)
	t.Cleanup(func() {
		cancel()
		receiving.Wait()
		_ = connection.Close() // nothing is left to be sent
	})
	if err := p.introduce(node); err != nil {
		t.Fatalf("introduce a proxy to the istiod of %s: %v", i.Cluster.Name, err)
	}
	return p
}

// introduce says who asks, and asks for what a proxy of that kind asks for first.
func (p *Proxy) introduce(node Node) error {
	metadata, err := structpb.NewStruct(map[string]any{
		"CLUSTER_ID": node.ClusterID, "NETWORK": node.Network, "NAMESPACE": node.Namespace, "ISTIO_VERSION": "1.31.0",
	})
	if err != nil {
		return err
	}
	domain := node.Namespace + ".svc.cluster.local"
	request := &discovery.DeltaDiscoveryRequest{
		Node: &core.Node{
			Id:       fmt.Sprintf("%s~%s~%s.%s~%s", node.Kind, node.IP, node.Name, node.Namespace, domain),
			Metadata: metadata,
		},
		TypeUrl: endpointType,
	}
	if node.Kind == "ztunnel" {
		request.TypeUrl, request.ResourceNamesSubscribe = addressType, []string{"*"}
	} else {
		request.ResourceNamesSubscribe = []string{outbound}
	}
	return p.send(request)
}

func (p *Proxy) send(request *discovery.DeltaDiscoveryRequest) error {
	p.sending.Lock()
	defer p.sending.Unlock()
	return p.stream.Send(request)
}

// receive keeps what istiod sends, and acknowledges it.
func (p *Proxy) receive() {
	for {
		response, err := p.stream.Recv()
		if err == nil {
			p.keep(response)
			err = p.send(&discovery.DeltaDiscoveryRequest{TypeUrl: response.TypeUrl, ResponseNonce: response.Nonce})
		}
		if err != nil {
			p.mutex.Lock()
			defer p.mutex.Unlock()
			p.failed = err
			return
		}
	}
}

func (p *Proxy) keep(response *discovery.DeltaDiscoveryResponse) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	known := p.known[response.TypeUrl]
	for _, name := range response.RemovedResources {
		delete(known, name)
	}
	for _, resource := range response.Resources {
		known[resource.Name] = resource.Resource
	}
}

// resources returns what the proxy knows of a type. A connection that has ended is an error: its proxy would go on
// with what it has, and nobody would see whether that is still right.
func (p *Proxy) resources(typeURL string) (map[string]*anypb.Any, error) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	if p.failed != nil {
		return nil, fmt.Errorf("the connection of a proxy: %w", p.failed)
	}
	return maps.Clone(p.known[typeURL]), nil
}
