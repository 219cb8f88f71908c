package cluster

import (
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

// eastWest selects objects with the label of an east-west gateway.
func eastWest() metav1.ListOptions { return metav1.ListOptions{LabelSelector: networkLabel} }

// unlabelled selects our gateways that expose only a control plane: they have no network and therefore not that label.
// Their Services have the mesh's label: Istio copies it, and the chart's values set it for Services that Helm manages.
func unlabelled() metav1.ListOptions {
	return metav1.ListOptions{LabelSelector: "kubectl-mesh.dev/mesh,!" + networkLabel}
}

// gateways reads the addresses of east-west gateways: of Gateways, and of Services that charts install. Istio copies
// the label from a Gateway to its Service, so most have both.
func (r *reader) gateways() error {
	for _, options := range []metav1.ListOptions{eastWest(), unlabelled()} {
		services, err := r.kube.services(r.ctx, options)
		if err != nil {
			if err := r.excuse(err, "the Services of east-west gateways", ""); err != nil {
				return fmt.Errorf("list services: %w", err)
			}
			break
		}
		for _, service := range services.Items {
			r.gateway("Service", service.ObjectMeta, serviceAddresses(service))
		}
	}
	if err := r.gatewayObjects(); err != nil {
		return err
	}
	slices.Sort(r.facts.GatewayAddresses)
	r.facts.GatewayAddresses = slices.Compact(r.facts.GatewayAddresses)
	return nil
}

func (r *reader) gatewayObjects() error {
	list, err := r.any.Resource(gateways()).Namespace(metav1.NamespaceAll).List(r.ctx, eastWest())
	if apierrors.IsNotFound(err) && len(r.facts.GatewayAddresses) > 0 {
		return nil // found without it
	}
	if err != nil {
		if err := r.excuse(err, "the Gateways of east-west gateways", "the Gateway API CRDs are not installed"); err != nil {
			return fmt.Errorf("list gateways: %w", err)
		}
		return nil
	}
	for _, object := range list.Items {
		gateway, err := typedGateway(object)
		if err != nil {
			return fmt.Errorf("decode gateway %s/%s: %w", object.GetNamespace(), object.GetName(), err)
		}
		if deployed(gateway.Spec.GatewayClassName) {
			r.gateway("Gateway", gateway.ObjectMeta, gatewayAddresses(gateway))
		}
	}
	return nil
}

// gateway returns the addresses of a gateway, unless it belongs to another network.
func (r *reader) gateway(kind string, meta metav1.ObjectMeta, addresses []string) {
	if network := meta.Labels[networkLabel]; network != "" && r.facts.Network != "" && network != r.facts.Network {
		r.note(fmt.Sprintf("%s %s/%s", kind, meta.Namespace, meta.Name),
			fmt.Sprintf("it belongs to network %q, but the cluster belongs to %q", network, r.facts.Network))
		return
	}
	r.facts.GatewayAddresses = append(r.facts.GatewayAddresses, addresses...)
}

func typedGateway(object unstructured.Unstructured) (gateway gatewayv1.Gateway, err error) {
	err = runtime.DefaultUnstructuredConverter.FromUnstructured(object.Object, &gateway)
	return gateway, err
}

// deployed classes are gateways in this cluster; istio-remote represents a peer's.
func deployed(class gatewayv1.ObjectName) bool {
	return slices.Contains([]gatewayv1.ObjectName{"istio", "istio-east-west", "istio-eastwest"}, class)
}

func gatewayAddresses(gateway gatewayv1.Gateway) []string {
	var addresses []string
	for _, address := range gateway.Status.Addresses {
		// Istio uses the Service's name if the load balancer has no address yet, which means nothing to a peer (istio
		// pilot/pkg/config/kube/gateway/conditions.go).
		if !strings.Contains(address.Value, "."+gateway.Namespace+".svc") && address.Value != "" {
			addresses = append(addresses, address.Value)
		}
	}
	return addresses
}

func serviceAddresses(service corev1.Service) []string {
	addresses := slices.Clone(service.Spec.ExternalIPs)
	for _, ingress := range service.Status.LoadBalancer.Ingress {
		for _, address := range []string{ingress.IP, ingress.Hostname} {
			if address != "" {
				addresses = append(addresses, address)
			}
		}
	}
	return addresses
}

// gateways returns the client for Gateway objects.
func gateways() schema.GroupVersionResource {
	return schema.GroupVersionResource{Group: gatewayv1.GroupName, Version: "v1", Resource: "gateways"}
}
