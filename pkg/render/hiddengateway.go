package render

import (
	"maps"

	corev1 "k8s.io/client-go/applyconfigurations/core/v1"
	gatewayapi "sigs.k8s.io/gateway-api/apis/v1"
	gatewayv1 "sigs.k8s.io/gateway-api/applyconfiguration/apis/v1"
)

// unlabelledService is a patch of the Service that istiod makes of a Gateway: null removes the label
// (istio pilot/pkg/config/kube/gatewaycommon/deploymentcontroller.go, applyOverlay).
const unlabelledService = "metadata:\n  labels:\n    " + labelNetwork + ": null\n"

// hide keeps control planes from discovering a gateway, and returns the object that it takes. Sidecars are sent
// to each Service with the network label and to what is declared (istio
// pilot/pkg/serviceregistry/kube/controller/network.go). Ambient callers are sent to the first Gateway with the label
// that istiod finds, the declared one or the one here (pilot/pkg/serviceregistry/ambient/networks.go): it has the label
// on its pods alone.
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

// infrastructure is what a Gateway says of the objects that are made of it.
func infrastructure(gateway *gatewayv1.GatewayApplyConfiguration) *gatewayv1.GatewayInfrastructureApplyConfiguration {
	if gateway.Spec.Infrastructure == nil {
		gateway.Spec.WithInfrastructure(gatewayv1.GatewayInfrastructure())
	}
	return gateway.Spec.Infrastructure
}
