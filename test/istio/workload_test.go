package istio

import (
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
)

// workloadName is the pod of the sample's server, as its Deployment would name it.
const workloadName = "helloworld-5b9c7d4f88-kq2vm"

// workloadNode is where it runs.
const workloadNode = "node-1"

// startWorkload makes what controllers and a node would have made of the sample's server: a pod that runs in the mesh,
// and its endpoint.
func startWorkload(t *testing.T, client *kubernetes.Clientset, member member) {
	t.Helper()
	address := member.pod
	node := &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: workloadNode}}
	if region, zone, known := strings.Cut(strings.TrimSuffix(member.locality, "/"), "/"); known {
		node.Labels = map[string]string{corev1.LabelTopologyRegion: region, corev1.LabelTopologyZone: zone}
	}
	if _, err := client.CoreV1().Nodes().Create(t.Context(), node, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	pods := client.CoreV1().Pods("sample")
	pod, err := pods.Create(t.Context(), newPod(), metav1.CreateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	pod.Status = corev1.PodStatus{
		Phase: corev1.PodRunning, PodIP: address, PodIPs: []corev1.PodIP{{IP: address}},
		Conditions: []corev1.PodCondition{{Type: corev1.PodReady, Status: corev1.ConditionTrue}},
	}
	if _, err := pods.UpdateStatus(t.Context(), pod, metav1.UpdateOptions{}); err != nil {
		t.Fatal(err)
	}
	startEndpoint(t, client, "sample", "helloworld", address)
}

// startEndpoint does what the controllers of EndpointSlices do for a Service: a pod with this address serves its ports.
func startEndpoint(t *testing.T, client *kubernetes.Clientset, namespace, name, address string) {
	t.Helper()
	service, err := client.CoreV1().Services(namespace).Get(t.Context(), name, metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	slices := client.DiscoveryV1().EndpointSlices(namespace)
	if _, err := slices.Create(t.Context(), newSlice(service, address), metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
}

// newPod has the marks of both data planes: of a sidecar that was injected, and of a pod that a ztunnel serves.
func newPod() *corev1.Pod {
	return &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{
			Name:        workloadName,
			Labels:      map[string]string{"app": "helloworld", "version": "v1", "security.istio.io/tlsMode": "istio"},
			Annotations: map[string]string{"ambient.istio.io/redirection": "enabled"},
		},
		Spec: corev1.PodSpec{
			NodeName: workloadNode, ServiceAccountName: "helloworld",
			Containers: []corev1.Container{{Name: "helloworld", Image: "helloworld"}},
		},
	}
}

func newSlice(service *corev1.Service, address string) *discoveryv1.EndpointSlice {
	slice := &discoveryv1.EndpointSlice{
		ObjectMeta: metav1.ObjectMeta{
			Name:   sliceName(service.Name),
			Labels: map[string]string{discoveryv1.LabelServiceName: service.Name},
		},
		AddressType: discoveryv1.AddressTypeIPv4,
		Endpoints:   []discoveryv1.Endpoint{newEndpoint(address)},
	}
	if strings.Contains(address, ":") {
		slice.AddressType = discoveryv1.AddressTypeIPv6
	}
	for _, port := range service.Spec.Ports {
		number := port.TargetPort.IntVal
		slice.Ports = append(slice.Ports, discoveryv1.EndpointPort{Name: &port.Name, Port: &number})
	}
	if service.Name == "helloworld" {
		slice.Endpoints[0].TargetRef = &corev1.ObjectReference{Kind: "Pod", Namespace: service.Namespace, Name: workloadName}
	}
	return slice
}

func newEndpoint(address string) discoveryv1.Endpoint {
	ready := true
	return discoveryv1.Endpoint{Addresses: []string{address}, Conditions: discoveryv1.EndpointConditions{Ready: &ready}}
}

func sliceName(service string) string { return service + "-4t7cn" }
