package cluster

import (
	"context"
	"fmt"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

// EastWest is an east-west gateway defined by a Gateway object.
type EastWest struct {
	Namespace, Name, Network, Revision string
	// Listeners are those of its spec.
	Listeners []gatewayv1.Listener
	// Programmed is set if the gateway is deployed; otherwise Why is its controller's message.
	Programmed bool
	Why        string
}

// EastWest lists the Gateways of this cluster; none if it does not have the Gateway API.
func (c *Client) EastWest(ctx context.Context) ([]EastWest, error) {
	list, err := c.any.Resource(gateways()).Namespace(metav1.NamespaceAll).List(ctx, eastWest())
	if apierrors.IsNotFound(err) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("list gateways: %w", err)
	}
	var found []EastWest
	for _, object := range list.Items {
		gateway, err := typedGateway(object)
		if err != nil {
			return nil, fmt.Errorf("decode gateway %s/%s: %w", object.GetNamespace(), object.GetName(), err)
		}
		if deployed(gateway.Spec.GatewayClassName) {
			found = append(found, programmed(gateway))
		}
	}
	return found, nil
}

func programmed(gateway gatewayv1.Gateway) EastWest {
	result := EastWest{Namespace: gateway.Namespace, Name: gateway.Name, Network: gateway.Labels[networkLabel],
		Revision: gateway.Labels[revisionLabel], Listeners: gateway.Spec.Listeners}
	condition := meta.FindStatusCondition(gateway.Status.Conditions, string(gatewayv1.GatewayConditionProgrammed))
	switch {
	case condition == nil:
		result.Why = "no controller has processed it"
	case condition.Status == metav1.ConditionTrue:
		result.Programmed = true
	default:
		result.Why = strings.TrimSpace(condition.Reason + ": " + condition.Message)
	}
	return result
}

// GatewayAPI describes the cluster's Gateway API.
type GatewayAPI struct {
	// Installed is set if the Gateway CRD exists, V1 if it serves version v1.
	Installed, V1 bool
	// Version of the bundle, such as v1.6.3; empty if the CRD has none.
	Version string
}

// GatewayAPI reads the Gateway CRD.
func (c *Client) GatewayAPI(ctx context.Context) (GatewayAPI, error) {
	resource := schema.GroupVersionResource{
		Group:    "apiextensions.k8s.io",
		Version:  "v1",
		Resource: "customresourcedefinitions",
	}
	crd, err := c.any.Resource(resource).Get(ctx, "gateways."+gatewayv1.GroupName, metav1.GetOptions{})
	if apierrors.IsNotFound(err) {
		return GatewayAPI{}, nil
	}
	if err != nil {
		return GatewayAPI{}, fmt.Errorf("read the CRD of Gateways: %w", err)
	}
	api := GatewayAPI{Installed: true, Version: crd.GetAnnotations()["gateway.networking.k8s.io/bundle-version"]}
	versions, _, _ := unstructured.NestedSlice(crd.Object, "spec", "versions")
	for _, version := range versions {
		if v, ok := version.(map[string]any); ok && v["name"] == gatewayv1.GroupVersion.Version && v["served"] == true {
			api.V1 = true
		}
	}
	return api, nil
}
