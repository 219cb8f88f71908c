package render

import (
	"fmt"
	"slices"

	appsv1 "k8s.io/client-go/applyconfigurations/apps/v1"
	corev1 "k8s.io/client-go/applyconfigurations/core/v1"
	metav1 "k8s.io/client-go/applyconfigurations/meta/v1"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
)

// Names of the sample: a service that reports where it runs, and a client that calls it.
const (
	SampleNamespace = "sample"
	SampleService   = "helloworld"
	SampleClient    = "curl"
	SamplePort      = 5000
	SampleFile      = "sample.yaml"
)

// SampleHost returns the host name of the sample in all clusters. With peering, a global service has its own name.
func SampleHost(discovery v1alpha1.Discovery) string {
	if discovery == v1alpha1.DiscoveryPeering {
		return SampleService + "." + SampleNamespace + ".mesh.internal"
	}
	return SampleService + "." + SampleNamespace + ".svc.cluster.local"
}

// sample renders the verification workload of Istio's guides: the same Service in each cluster, with a different
// version behind it.
func (c compiler) sample() ([]Manifest, error) {
	if !c.Sample {
		return nil, nil
	}
	if c.cluster.Istio.Namespace == SampleNamespace || slices.Contains(c.gatewayNamespaces(), SampleNamespace) {
		return nil, fmt.Errorf("render sample: namespace %s of %s is already used: change istio.namespace or "+
			"gateway.namespace in mesh.yaml",
			SampleNamespace, c.cluster.Name)
	}
	images := c.Mesh.Spec.Sample
	server := corev1.Container().WithName(SampleService).WithImage(images.Image).
		WithEnv(corev1.EnvVar().WithName("SERVICE_VERSION").WithValue(c.cluster.Name)).
		WithPorts(corev1.ContainerPort().WithContainerPort(SamplePort))
	client := corev1.Container().WithName(SampleClient).WithImage(images.ClientImage).WithCommand("/bin/sleep", "infinity")
	port := corev1.ServicePort().WithName("http").WithPort(SamplePort)
	return []Manifest{{
		File:    SampleFile,
		Comment: "Sample: `kubectl mesh check --sample` calls the service from every cluster.",
		Objects: []Object{
			corev1.Namespace(SampleNamespace).WithLabels(c.labels).WithLabels(c.sampleNamespaceLabels()),
			corev1.ServiceAccount(SampleClient, SampleNamespace).WithLabels(c.labels),
			corev1.ServiceAccount(SampleService, SampleNamespace).WithLabels(c.labels),
			corev1.Service(SampleService, SampleNamespace).WithLabels(c.labels).WithLabels(c.sampleServiceLabels()).
				WithSpec(corev1.ServiceSpec().WithPorts(port).WithSelector(map[string]string{"app": SampleService})),
			c.sampleDeployment(SampleClient, nil, client),
			c.sampleDeployment(SampleService, map[string]string{"version": c.cluster.Name}, server),
		},
	}}, nil
}

// sampleNamespaceLabels add the pods to the cluster's data plane.
func (c compiler) sampleNamespaceLabels() map[string]string {
	labels := map[string]string{}
	switch istio := c.cluster.Istio; {
	case istio.DataPlane == v1alpha1.DataPlaneAmbient:
		labels["istio.io/dataplane-mode"] = "ambient"
	case istio.Revision == "":
		labels["istio-injection"] = "enabled" // takes precedence over a revision: never set both
	default:
		labels[labelRevision] = istio.Revision
	}
	return labels
}

// sampleServiceLabels make the service global where it is not by default.
func (c compiler) sampleServiceLabels() map[string]string {
	labels := map[string]string{"app": SampleService}
	switch {
	case c.Mesh.Spec.Discovery == v1alpha1.DiscoveryPeering:
		labels["solo.io/service-scope"] = "global"
	case c.anyAmbient():
		labels["istio.io/global"] = "true"
	}
	return labels
}

// anyAmbient reports whether any cluster is ambient: ambient callers require the label of a global service on the
// service of every cluster (istio pilot/pkg/serviceregistry/ambient/services.go).
func (c compiler) anyAmbient() bool {
	for cluster := range c.Graph.Clusters() {
		if cluster.Istio.DataPlane == v1alpha1.DataPlaneAmbient {
			return true
		}
	}
	return false
}

func (c compiler) sampleDeployment(
	name string, more map[string]string, container *corev1.ContainerApplyConfiguration,
) Object {
	selector := map[string]string{"app": name}
	pod := corev1.PodTemplateSpec().WithLabels(selector).WithLabels(more).
		WithSpec(corev1.PodSpec().WithServiceAccountName(name).WithContainers(container))
	spec := appsv1.DeploymentSpec().WithReplicas(1).
		WithSelector(metav1.LabelSelector().WithMatchLabels(selector)).WithTemplate(pod)
	return appsv1.Deployment(name, SampleNamespace).WithLabels(c.labels).WithLabels(selector).WithSpec(spec)
}
