package istiod

import (
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	endpoint "github.com/envoyproxy/go-control-plane/envoy/config/endpoint/v3"
	"istio.io/istio/pkg/workloadapi"
)

// The service of the sample, and what Envoy calls its clients' way to it.
const (
	Host          = "helloworld.sample.svc.cluster.local"
	HostNamespace = "sample"
	outbound      = "outbound|5000||" + Host
)

// Endpoints returns where a sidecar sends the calls of the sample's service, as ADDRESS:PORT, sorted.
func (p *Proxy) Endpoints() ([]string, error) {
	resources, err := p.resources()
	if err != nil {
		return nil, err
	}
	var all []string
	for _, resource := range resources {
		assignment := &endpoint.ClusterLoadAssignment{}
		if err := resource.UnmarshalTo(assignment); err != nil {
			return nil, fmt.Errorf("decode the endpoints of a proxy: %w", err)
		}
		for _, locality := range assignment.Endpoints {
			for _, e := range locality.LbEndpoints {
				socket := e.GetEndpoint().GetAddress().GetSocketAddress()
				all = append(all, net.JoinHostPort(socket.GetAddress(), strconv.Itoa(int(socket.GetPortValue()))))
			}
		}
	}
	slices.Sort(all)
	return all, nil
}

// Workloads returns where a ztunnel sends the calls of the sample's service, sorted: the address of a workload as
// NETWORK/ADDRESS, or the gateway of its network, as "NETWORK by ADDRESS:PORT".
func (p *Proxy) Workloads() ([]string, error) {
	resources, err := p.resources()
	if err != nil {
		return nil, err
	}
	var all []string
	for _, resource := range resources {
		address := &workloadapi.Address{}
		if err := resource.UnmarshalTo(address); err != nil {
			return nil, fmt.Errorf("decode the workloads of a proxy: %w", err)
		}
		workload := address.GetWorkload()
		if workload == nil || workload.Services[HostNamespace+"/"+Host] == nil {
			continue
		}
		all = append(all, place(workload))
	}
	slices.Sort(all)
	return all, nil
}

func place(workload *workloadapi.Workload) string {
	if gateway := workload.NetworkGateway; gateway != nil && len(workload.Addresses) == 0 {
		at := net.JoinHostPort(ip(gateway.GetAddress().GetAddress()), strconv.Itoa(int(gateway.HboneMtlsPort)))
		return workload.Network + " by " + at
	}
	var addresses []string
	for _, address := range workload.Addresses {
		addresses = append(addresses, ip(address))
	}
	return workload.Network + "/" + strings.Join(addresses, ",")
}

func ip(bytes []byte) string {
	address, ok := netip.AddrFromSlice(bytes)
	if !ok {
		return fmt.Sprintf("%x", bytes)
	}
	return address.String()
}
