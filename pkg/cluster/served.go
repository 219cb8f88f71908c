package cluster

import (
	"context"
	"fmt"
	"slices"
	"strings"

	admissionv1 "k8s.io/api/admissionregistration/v1"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// Served is how a cluster without a control plane finds the one that serves it.
type Served struct {
	// Found is set if istiod's Service exists; ExternalName is its host name, Addresses are those of its EndpointSlices,
	// sorted, and Ports are those of its EndpointSlices, by port of the Service.
	Found        bool
	ExternalName string
	Addresses    []string
	Ports        map[int32]int32
	Webhooks     []Webhook
	// ControlPlanes are the cluster IDs of the control planes that may write here; empty if the namespace names none.
	ControlPlanes []string
}

// Webhook injects sidecars.
type Webhook struct {
	// Name of its configuration, and its own.
	Configuration, Name string
	// URL that it calls, or otherwise the path and port at Service, which is NAMESPACE/NAME.
	URL, Service, Path string
	Port               int32
	// RootSHA256 are the fingerprints of its CA bundle, sorted.
	RootSHA256 []string
}

const (
	controlPlanesAnnotation = "topology.istio.io/controlPlaneClusters"
	injectorLabel           = "app=sidecar-injector"
	revisionLabel           = "istio.io/rev"
)

// Served reads how a cluster finds its control plane: through the Service of that name in the namespace of Istio.
func (c *Client) Served(ctx context.Context, namespace, service, revision string) (Served, error) {
	var found Served
	there, err := c.kube.namespace(ctx, namespace)
	if err != nil {
		return found, fmt.Errorf("read namespace %s: %w", namespace, err)
	}
	found.ControlPlanes = splitList(there.Annotations[controlPlanesAnnotation])
	if err := c.servedService(ctx, namespace, service, &found); err != nil {
		return found, err
	}
	found.Webhooks, err = c.injectors(ctx, revision)
	return found, err
}

// splitList splits a comma-separated list.
func splitList(text string) []string {
	var items []string
	for item := range strings.SplitSeq(text, ",") {
		if item = strings.TrimSpace(item); item != "" {
			items = append(items, item)
		}
	}
	return items
}

func (c *Client) servedService(ctx context.Context, namespace, name string, found *Served) error {
	var service corev1.Service
	err := c.get(ctx, schema.GroupVersionResource{Version: "v1", Resource: "services"}, namespace, name, &service)
	switch {
	case apierrors.IsNotFound(err):
		return nil
	case err != nil:
		return fmt.Errorf("read service %s/%s: %w", namespace, name, err)
	}
	found.Found, found.ExternalName = true, service.Spec.ExternalName
	endpointSlices, err := c.endpointSlices(ctx, namespace, name)
	if err != nil {
		return err
	}
	for _, slice := range endpointSlices {
		for _, endpoint := range slice.Endpoints {
			found.Addresses = append(found.Addresses, endpoint.Addresses...)
		}
	}
	slices.Sort(found.Addresses)
	found.Addresses = slices.Compact(found.Addresses)
	found.Ports = forwarded(service.Spec.Ports, endpointSlices)
	return nil
}

// forwarded returns the endpoint port of each port of a Service, which EndpointSlices give by name. A port without one
// is missing; of several, the first is used.
func forwarded(ports []corev1.ServicePort, endpointSlices []discoveryv1.EndpointSlice) map[int32]int32 {
	var found map[int32]int32
	for _, port := range ports {
		for _, slice := range endpointSlices {
			for _, to := range slice.Ports {
				if to.Name == nil || to.Port == nil || *to.Name != port.Name || found[port.Port] != 0 {
					continue
				}
				if found == nil {
					found = map[int32]int32{}
				}
				found[port.Port] = *to.Port
			}
		}
	}
	return found
}

// get reads one object into a typed one.
func (c *Client) get(ctx context.Context, resource schema.GroupVersionResource, namespace, name string,
	into any) error {
	object, err := c.any.Resource(resource).Namespace(namespace).Get(ctx, name, metav1.GetOptions{})
	if err != nil {
		return err
	}
	return runtime.DefaultUnstructuredConverter.FromUnstructured(object.Object, into)
}

// injectors returns the webhooks of a revision, by the labels of Istio's chart.
func (c *Client) injectors(ctx context.Context, revision string) ([]Webhook, error) {
	if revision == "" {
		revision = defaultRevision
	}
	resource := admissionv1.SchemeGroupVersion.WithResource("mutatingwebhookconfigurations")
	list, err := c.any.Resource(resource).List(ctx, metav1.ListOptions{LabelSelector: injectorLabel + "," +
		revisionLabel + "=" + revision})
	if err != nil {
		return nil, fmt.Errorf("list mutatingwebhookconfigurations: %w", err)
	}
	var found []Webhook
	for _, object := range list.Items {
		var configuration admissionv1.MutatingWebhookConfiguration
		if err := runtime.DefaultUnstructuredConverter.FromUnstructured(object.Object, &configuration); err != nil {
			return nil, fmt.Errorf("decode mutatingwebhookconfiguration %s: %w", object.GetName(), err)
		}
		for i := range configuration.Webhooks {
			found = append(found, webhook(configuration.Name, &configuration.Webhooks[i]))
		}
	}
	slices.SortFunc(found, func(a, b Webhook) int {
		return strings.Compare(a.Configuration+"/"+a.Name, b.Configuration+"/"+b.Name)
	})
	return found, nil
}

func webhook(configuration string, from *admissionv1.MutatingWebhook) Webhook {
	found := Webhook{Configuration: configuration, Name: from.Name}
	client := from.ClientConfig
	if client.URL != nil {
		found.URL = *client.URL
	}
	if service := client.Service; service != nil {
		found.Service, found.Port = service.Namespace+"/"+service.Name, 443 // the API's default
		if service.Port != nil {
			found.Port = *service.Port
		}
		if service.Path != nil {
			found.Path = *service.Path
		}
	}
	found.RootSHA256, _ = fingerprints(client.CABundle) // invalid certificates verify nothing
	return found
}
