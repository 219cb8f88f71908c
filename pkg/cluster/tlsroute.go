package cluster

import (
	"context"
	"fmt"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

// TLSRoute routes from a gateway's listener to a Service.
type TLSRoute struct {
	Name string
	// Hosts that it routes to Backends, each NAME:PORT.
	Hosts, Backends []string
	// Why it is not attached; empty if all its parents accepted it.
	Why string
}

// TLSRoutes lists the routes of a namespace; none if the kind does not exist.
func (c *Client) TLSRoutes(ctx context.Context, namespace string) ([]TLSRoute, error) {
	for _, version := range []string{"v1", "v1alpha3", "v1alpha2"} { // v1 since bundle 1.5 of the Gateway API
		resource := schema.GroupVersionResource{Group: gatewayv1.GroupName, Version: version, Resource: "tlsroutes"}
		list, err := c.any.Resource(resource).Namespace(namespace).List(ctx, metav1.ListOptions{})
		if apierrors.IsNotFound(err) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("list tlsroutes in namespace %s: %w", namespace, err)
		}
		var found []TLSRoute
		for _, object := range list.Items {
			found = append(found, tlsRoute(object))
		}
		return found, nil
	}
	return nil, nil
}

// tlsRoute reads a route's hosts, backends and status, which are the same in all versions.
func tlsRoute(object unstructured.Unstructured) TLSRoute {
	found := TLSRoute{Name: object.GetName()}
	var route struct {
		Spec struct {
			Hostnames []string `json:"hostnames"`
			Rules     []struct {
				BackendRefs []struct {
					Name string `json:"name"`
					Port int32  `json:"port"`
				} `json:"backendRefs"`
			} `json:"rules"`
		} `json:"spec"`
		Status gatewayv1.RouteStatus `json:"status"`
	}
	if err := runtime.DefaultUnstructuredConverter.FromUnstructured(object.Object, &route); err != nil {
		found.Why = "it cannot be parsed"
		return found
	}
	found.Hosts = route.Spec.Hostnames
	for _, rule := range route.Spec.Rules {
		for _, backend := range rule.BackendRefs {
			found.Backends = append(found.Backends, fmt.Sprintf("%s:%d", backend.Name, backend.Port))
		}
	}
	if len(route.Status.Parents) == 0 {
		found.Why = "no gateway has processed it"
	}
	for _, parent := range route.Status.Parents {
		for _, condition := range []gatewayv1.RouteConditionType{
			gatewayv1.RouteConditionAccepted, gatewayv1.RouteConditionResolvedRefs,
		} {
			if said := meta.FindStatusCondition(parent.Conditions,
				string(condition)); said != nil && said.Status != metav1.ConditionTrue {
				found.Why = fmt.Sprintf("%s: %s", said.Reason, said.Message)
			}
		}
	}
	return found
}
