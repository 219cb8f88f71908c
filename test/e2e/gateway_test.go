package e2e

import (
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/kubectl-mesh/kubectl-mesh/test/e2e/clusters"
)

// addGateway makes a Gateway of a network, with addresses in its status as its controller would write them.
func addGateway(t *testing.T, c *clusters.Cluster, name, class, network string, addresses ...string) {
	t.Helper()
	gateway := gatewayv1.Gateway{
		TypeMeta:   metav1.TypeMeta{APIVersion: gatewayv1.GroupName + "/v1", Kind: "Gateway"},
		ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: istioNamespace, Labels: map[string]string{"topology.istio.io/network": network}},
		Spec: gatewayv1.GatewaySpec{
			GatewayClassName: gatewayv1.ObjectName(class),
			Listeners:        []gatewayv1.Listener{{Name: "tls", Port: 15443, Protocol: gatewayv1.TLSProtocolType, TLS: passthrough()}},
		},
	}
	objects, err := dynamic.NewForConfig(c.Config())
	if err != nil {
		t.Fatal(err)
	}
	gateways := objects.Resource(schema.GroupVersionResource{Group: gatewayv1.GroupName, Version: "v1", Resource: "gateways"}).Namespace(istioNamespace)
	created, err := gateways.Create(t.Context(), untyped(t, gateway), metav1.CreateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	status := gatewayv1.GatewayStatus{}
	for _, address := range addresses {
		kind := gatewayv1.HostnameAddressType
		if address[0] >= '0' && address[0] <= '9' {
			kind = gatewayv1.IPAddressType
		}
		status.Addresses = append(status.Addresses, gatewayv1.GatewayStatusAddress{Type: &kind, Value: address})
	}
	gateway.Status, gateway.ResourceVersion = status, created.GetResourceVersion()
	must(t)(gateways.UpdateStatus(t.Context(), untyped(t, gateway), metav1.UpdateOptions{}))
}

func passthrough() *gatewayv1.ListenerTLSConfig {
	mode := gatewayv1.TLSModePassthrough
	return &gatewayv1.ListenerTLSConfig{Mode: &mode}
}

func untyped(t *testing.T, object any) *unstructured.Unstructured {
	t.Helper()
	switch typed := object.(type) {
	case gatewayv1.Gateway:
		object = &typed
	}
	content, err := runtime.DefaultUnstructuredConverter.ToUnstructured(object)
	if err != nil {
		t.Fatal(err)
	}
	return &unstructured.Unstructured{Object: content}
}

// addEastWestService makes the Service of an east-west gateway, with a load balancer that has got an address.
func addEastWestService(t *testing.T, c *clusters.Cluster, network, address string) {
	t.Helper()
	addGatewayService(t, c, map[string]string{"topology.istio.io/network": network}, address)
}

// addGatewayService adds a Service as the chart of a gateway has it, with the labels of its values.
func addGatewayService(t *testing.T, c *clusters.Cluster, labels map[string]string, address string) {
	t.Helper()
	services := client(t, c).CoreV1().Services(istioNamespace)
	service, err := services.Create(t.Context(), &corev1.Service{
		ObjectMeta: metav1.ObjectMeta{Name: "istio-eastwestgateway", Labels: labels},
		Spec:       corev1.ServiceSpec{Type: corev1.ServiceTypeLoadBalancer, Ports: []corev1.ServicePort{{Name: "tls", Port: 15443}}},
	}, metav1.CreateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	service.Status.LoadBalancer.Ingress = []corev1.LoadBalancerIngress{{IP: address}}
	must(t)(services.UpdateStatus(t.Context(), service, metav1.UpdateOptions{}))
}
