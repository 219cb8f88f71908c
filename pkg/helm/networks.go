package helm

import (
	"slices"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
)

// meshNetwork is a network of the mesh (istio.io/api mesh/v1alpha1/network.proto).
type meshNetwork struct {
	Endpoints []networkEndpoints `json:"endpoints"`
	Gateways  []networkGateway   `json:"gateways,omitempty"`
}

type networkEndpoints struct {
	FromRegistry string `json:"fromRegistry"`
}

type networkGateway struct {
	Address             string `json:"address,omitempty"`
	Port                int32  `json:"port"`
	RegistryServiceName string `json:"registryServiceName,omitempty"`
}

// meshNetworks lists the clusters and entry points of each network, if the mesh enables it. Ambient clusters use only
// Gateways.
func (v values) meshNetworks() map[string]meshNetwork {
	if !*v.cluster.Istio.MeshNetworks || v.ambient() {
		return nil
	}
	networks := map[string]meshNetwork{}
	for _, cluster := range v.known() {
		if cluster.Network == "" {
			continue
		}
		network := networks[cluster.Network]
		network.Endpoints = append(network.Endpoints, networkEndpoints{FromRegistry: cluster.ID()})
		if v.Graph.Exposure(cluster.Name).Workloads {
			network.Gateways = append(network.Gateways, networkGateways(cluster)...)
		}
		networks[cluster.Network] = network
	}
	return networks
}

// known returns the clusters whose endpoints the control plane here has, by name.
func (v values) known() []*v1alpha1.Cluster {
	known := append([]*v1alpha1.Cluster{v.cluster}, slices.Collect(v.Graph.Targets(v.cluster.Name))...)
	slices.SortFunc(known, func(a, b *v1alpha1.Cluster) int { return strings.Compare(a.Name, b.Name) })
	return known
}

// networkGateways: an undeclared address is resolved by the Service's name.
func networkGateways(cluster *v1alpha1.Cluster) []networkGateway {
	own := cluster.EastWest()
	var gateways []networkGateway
	for _, address := range own.Addresses {
		gateways = append(gateways, networkGateway{Address: address, Port: own.AdvertisedPort()})
	}
	if gateways == nil && !own.AddressesOnly {
		gateways = []networkGateway{{
			RegistryServiceName: own.ServiceName() + "." + own.Namespace + ".svc.cluster.local",
			Port:                own.Port(),
		}}
	}
	return gateways
}
