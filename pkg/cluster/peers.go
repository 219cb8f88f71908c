package cluster

import (
	"context"
	"fmt"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// clusterLabel names the cluster that a peer Gateway represents; classPeer is its class.
const (
	clusterLabel = "topology.istio.io/cluster"
	classPeer    = "istio-remote"
)

// Peer is a Gateway that represents another cluster's gateway.
type Peer struct {
	Namespace, Name string
	// Cluster that it represents, from its label.
	Cluster   string
	Addresses []string
	// Conditions by type: the reason if the condition is not True, empty if it is. A missing type was not evaluated.
	Conditions map[string]string
}

// Peers lists the Gateways of class istio-remote; none without the Gateway API. Their conditions Accepted and
// Programmed are always true, and say nothing about the peer.
func (c *Client) Peers(ctx context.Context) ([]Peer, error) {
	list, err := c.any.Resource(gateways()).Namespace(metav1.NamespaceAll).List(ctx, eastWest())
	if apierrors.IsNotFound(err) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("list gateways: %w", err)
	}
	var found []Peer
	for _, object := range list.Items {
		gateway, err := typedGateway(object)
		if err != nil {
			return nil, fmt.Errorf("decode gateway %s/%s: %w", object.GetNamespace(), object.GetName(), err)
		}
		if gateway.Spec.GatewayClassName != classPeer {
			continue
		}
		peer := Peer{
			Namespace:  gateway.Namespace,
			Name:       gateway.Name,
			Cluster:    gateway.Labels[clusterLabel],
			Conditions: map[string]string{},
		}
		for _, address := range gateway.Spec.Addresses {
			peer.Addresses = append(peer.Addresses, address.Value)
		}
		for _, condition := range gateway.Status.Conditions {
			peer.Conditions[condition.Type] = ""
			if condition.Status != metav1.ConditionTrue {
				peer.Conditions[condition.Type] = condition.Reason + ": " + condition.Message
			}
		}
		found = append(found, peer)
	}
	return found, nil
}
