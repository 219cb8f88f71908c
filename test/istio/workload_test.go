package istio

import (
	"testing"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
)

// The names of the pod of the sample's server and of its endpoints, as controllers would give them.
const (
	workloadName = "helloworld-5b9c7d4f88-kq2vm"
	sliceName    = "helloworld-4t7cn"
)

// startWorkload makes what controllers and a node would have made of the sample's server: a pod that runs in the mesh,
// and its endpoint.
func startWorkload(t *testing.T, client *kubernetes.Clientset, address string) {
	t.Helper()
	node := &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: "node-1"}}
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
	slices := client.DiscoveryV1().EndpointSlices("sample")
	if _, err := slices.Create(t.Context(), newSlice(pod, address), metav1.CreateOptions{}); err != nil {
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
			NodeName: "node-1", ServiceAccountName: "helloworld",
			Containers: []corev1.Container{{Name: "helloworld", Image: "helloworld"}},
		},
	}
}

func newSlice(pod *corev1.Pod, address string) *discoveryv1.EndpointSlice {
	name, port, ready := "http", int32(5000), true
	return &discoveryv1.EndpointSlice{
		ObjectMeta:  metav1.ObjectMeta{Name: sliceName, Labels: map[string]string{discoveryv1.LabelServiceName: "helloworld"}},
		AddressType: discoveryv1.AddressTypeIPv4,
		Ports:       []discoveryv1.EndpointPort{{Name: &name, Port: &port}},
		Endpoints: []discoveryv1.Endpoint{{
			Addresses:  []string{address},
			Conditions: discoveryv1.EndpointConditions{Ready: &ready},
			TargetRef:  &corev1.ObjectReference{Kind: "Pod", Namespace: pod.Namespace, Name: pod.Name, UID: pod.UID},
		}},
	}
}
