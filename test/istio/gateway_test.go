package istio

import (
	"cmp"
	"context"
	"fmt"
	"net/netip"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-mesh/kubectl-mesh/test/istio/istiod"
)

// eastWestPort is where sidecars of other networks enter.
const eastWestPort = 15443

// startGateway does what a cluster and its cloud do when the Deployment and the Service of an east-west gateway are there,
// which Helm or istiod has made: a pod runs, and callers are told an address.
func (m *mesh) startGateway(t *testing.T, member member) {
	t.Helper()
	if member.gateway.service != "" {
		istiod.InstallRelease(t, m.line, m.clusters[member.name], m.release(t, member.name, "gateway"))
	}
	client, namespace := m.client(t, member.name), cmp.Or(member.gateway.namespace, member.istioNamespace())
	if member.gateway.nodePort != 0 {
		m.publishNode(t, member)
	}
	options := metav1.ListOptions{LabelSelector: "gateway.networking.k8s.io/gateway-name=istio-eastwestgateway"}
	if member.gateway.service != "" {
		options = metav1.ListOptions{FieldSelector: "metadata.name=" + member.gateway.service}
	}
	services := client.CoreV1().Services(namespace)
	var name string
	eventually(t, "the east-west gateway of "+member.name+" has a Service", func(ctx context.Context) error {
		list, err := services.List(ctx, options)
		if err != nil {
			return err
		}
		if len(list.Items) != 1 {
			return fmt.Errorf("there are %d", len(list.Items))
		}
		service := &list.Items[0]
		name = service.Name
		if member.gateway.nodePort != 0 {
			setNodePort(service, member.gateway.nodePort)
			_, err = services.Update(ctx, service, metav1.UpdateOptions{})
			return err
		}
		service.Status.LoadBalancer.Ingress = nil
		for address := range strings.SplitSeq(member.gateway.address, " ") {
			service.Status.LoadBalancer.Ingress = append(service.Status.LoadBalancer.Ingress, ingress(address))
		}
		_, err = services.UpdateStatus(ctx, service, metav1.UpdateOptions{})
		return err
	})
	startEndpoint(t, client, namespace, name, member.gateway.pod)
}

// ingress is how a cloud says where a load balancer is.
func ingress(address string) corev1.LoadBalancerIngress {
	if _, err := netip.ParseAddr(address); err != nil {
		return corev1.LoadBalancerIngress{Hostname: address}
	}
	return corev1.LoadBalancerIngress{IP: address}
}

func setNodePort(service *corev1.Service, port int32) {
	for i := range service.Spec.Ports {
		if service.Spec.Ports[i].Port == eastWestPort {
			service.Spec.Ports[i].NodePort = port
		}
	}
}

// publishNode gives the node of the workload the address at which others reach it.
func (m *mesh) publishNode(t *testing.T, member member) {
	t.Helper()
	nodes := m.client(t, member.name).CoreV1().Nodes()
	node, err := nodes.Get(t.Context(), workloadNode, metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	node.Status.Addresses = []corev1.NodeAddress{{Type: corev1.NodeExternalIP, Address: member.gateway.address}}
	if _, err := nodes.UpdateStatus(t.Context(), node, metav1.UpdateOptions{}); err != nil {
		t.Fatal(err)
	}
}
