package cluster

import (
	"context"
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// ServiceState is the state of a Service.
type ServiceState struct {
	// Found is set if the Service exists, HasPort if it has the port; Ready is the number of ready endpoints.
	Found, HasPort bool
	Ready          int
}

// Service reads a port of a Service and counts its endpoints.
func (c *Client) Service(ctx context.Context, namespace, name string, port int32) (ServiceState, error) {
	var state ServiceState
	var service corev1.Service
	err := c.get(ctx, schema.GroupVersionResource{Version: "v1", Resource: "services"}, namespace, name, &service)
	switch {
	case apierrors.IsNotFound(err):
		return state, nil
	case err != nil:
		return state, fmt.Errorf("read service %s/%s: %w", namespace, name, err)
	}
	state.Found = true
	state.HasPort = slices.ContainsFunc(service.Spec.Ports, func(p corev1.ServicePort) bool { return p.Port == port })
	endpointSlices, err := c.endpointSlices(ctx, namespace, name)
	for _, slice := range endpointSlices {
		for _, endpoint := range slice.Endpoints {
			if endpoint.Conditions.Ready == nil || *endpoint.Conditions.Ready {
				state.Ready += len(endpoint.Addresses)
			}
		}
	}
	return state, err
}

// endpointSlices returns those of a Service.
func (c *Client) endpointSlices(ctx context.Context, namespace, service string) ([]discoveryv1.EndpointSlice, error) {
	list, err := c.any.Resource(discoveryv1.SchemeGroupVersion.WithResource("endpointslices")).Namespace(namespace).
		List(ctx, metav1.ListOptions{LabelSelector: discoveryv1.LabelServiceName + "=" + service})
	if err != nil {
		return nil, fmt.Errorf("list endpointslices of service %s/%s: %w", namespace, service, err)
	}
	found := make([]discoveryv1.EndpointSlice, len(list.Items))
	for i, object := range list.Items {
		if err := runtime.DefaultUnstructuredConverter.FromUnstructured(object.Object, &found[i]); err != nil {
			return nil, fmt.Errorf("decode endpointslice %s/%s: %w", namespace, object.GetName(), err)
		}
	}
	return found, nil
}
