package render

import (
	"maps"

	corev1 "k8s.io/client-go/applyconfigurations/core/v1"
	gatewayapi "sigs.k8s.io/gateway-api/apis/v1"
	gatewayv1 "sigs.k8s.io/gateway-api/applyconfiguration/apis/v1"
)

// unlabelledService patches the Service that istiod generates for a Gateway: null removes the label (istio
// pilot/pkg/config/kube/gatewaycommon/deploymentcontroller.go, applyOverlay).
const unlabelledService = "metadata:\n  labels:\n    " + labelNetwork + ": null\n"

// hide keeps control planes from discovering a gateway, and returns the object that this requires. Sidecars use each
// Service with the network label, and the declared addresses (istio
// pilot/pkg/serviceregistry/kube/controller/network.go). Ambient callers use the first labelled Gateway that istiod
// finds, the declared one or this one (pilot/pkg/serviceregistry/ambient/networks.go), so only its pods get the label.
func (c compiler) hide(gateway *gatewayv1.GatewayApplyConfiguration, shape gatewayShape) Object {
	name := shape.name + "-service"
	parameters := gatewayv1.LocalParametersReference().WithGroup("").WithKind("ConfigMap").WithName(name)
	infrastructure(gateway).WithParametersRef(parameters)
	if shape.class == classAmbient {
		labels := map[gatewayapi.LabelKey]gatewayapi.LabelValue{}
		for key, value := range gateway.Labels {
			labels[gatewayapi.LabelKey(key)] = gatewayapi.LabelValue(value)
		}
		infrastructure(gateway).WithLabels(labels)
		gateway.Labels = maps.Clone(gateway.Labels)
		delete(gateway.Labels, labelNetwork)
	}
	return corev1.ConfigMap(name, *gateway.Namespace).WithLabels(c.labels).
		WithData(map[string]string{"service": unlabelledService})
}

// infrastructure returns the Gateway's settings for generated objects.
func infrastructure(gateway *gatewayv1.GatewayApplyConfiguration) *gatewayv1.GatewayInfrastructureApplyConfiguration {
	if gateway.Spec.Infrastructure == nil {
		gateway.Spec.WithInfrastructure(gatewayv1.GatewayInfrastructure())
	}
	return gateway.Spec.Infrastructure
}
