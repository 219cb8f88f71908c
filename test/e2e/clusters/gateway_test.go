package clusters_test

import (
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/test/e2e/clusters"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
	gatewayclient "sigs.k8s.io/gateway-api/pkg/client/clientset/versioned"
)

func testGateway(t *testing.T, c *clusters.Cluster) {
	want := gatewayv1.Listener{Name: "cross-network", Port: 15008, Protocol: "HBONE"}
	gateway, err := createGateway(t, c, "istio-eastwest", want)
	if err != nil {
		t.Fatalf("create a Gateway: %v", err)
	}
	if got := gateway.Spec.Listeners[0]; got.Protocol != want.Protocol || got.Port != want.Port {
		t.Errorf("listener: got %+v, want %+v", got, want)
	}
}

// testInvalidGateway breaks a rule that is written in CEL, so that not the schema alone is proved to work.
func testInvalidGateway(t *testing.T, c *clusters.Cluster) {
	same := gatewayv1.Listener{Name: "twice", Port: 15008, Protocol: "HBONE"}
	if _, err := createGateway(t, c, "invalid", same, same); !apierrors.IsInvalid(err) {
		t.Errorf("create a Gateway with two listeners of one name: got %v, want Invalid", err)
	}
}

func createGateway(
	t *testing.T, c *clusters.Cluster, name string, listeners ...gatewayv1.Listener,
) (*gatewayv1.Gateway, error) {
	t.Helper()
	set, err := gatewayclient.NewForConfig(c.Config())
	if err != nil {
		t.Fatalf("make a client: %v", err)
	}
	return set.GatewayV1().Gateways(metav1.NamespaceDefault).Create(t.Context(), &gatewayv1.Gateway{
		ObjectMeta: metav1.ObjectMeta{Name: name},
		Spec:       gatewayv1.GatewaySpec{GatewayClassName: "istio-east-west", Listeners: listeners},
	}, metav1.CreateOptions{})
}
