package istiod

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/cri-streaming/pkg/streaming/portforward"
)

// nodeName is the node of the pod of istiod.
const nodeName = "node-0"

// Serve acts as istiod's node until the test ends: its pod is ready, and forwarded ports lead to the running istiod.
func (i *Istiod) Serve(t testing.TB) {
	t.Helper()
	kubelet := httptest.NewTLSServer(http.HandlerFunc(i.forward))
	t.Cleanup(kubelet.Close)
	client, err := kubernetes.NewForConfig(i.Cluster.Config())
	if err != nil {
		t.Fatal(err)
	}
	if err := i.publish(t.Context(), client, kubelet.Listener.Addr().(*net.TCPAddr).Port); err != nil {
		t.Fatal(err)
	}
}

func (i *Istiod) publish(ctx context.Context, client *kubernetes.Clientset, port int) error {
	nodes, pods := client.CoreV1().Nodes(), client.CoreV1().Pods(i.deployment.Namespace)
	node, err := nodes.Create(ctx, &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: nodeName}}, metav1.CreateOptions{})
	if err != nil {
		return fmt.Errorf("create the node of istiod: %w", err)
	}
	node.Status.Addresses = []corev1.NodeAddress{{Type: corev1.NodeInternalIP, Address: "127.0.0.1"}}
	node.Status.DaemonEndpoints.KubeletEndpoint.Port = int32(port)
	if _, err := nodes.UpdateStatus(ctx, node, metav1.UpdateOptions{}); err != nil {
		return fmt.Errorf("publish the node of istiod: %w", err)
	}
	pod, err := pods.Create(ctx, &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Name: podName, Labels: i.deployment.Spec.Template.Labels},
		Spec:       corev1.PodSpec{NodeName: nodeName, Containers: []corev1.Container{{Name: "discovery", Image: "istio/pilot"}}},
	}, metav1.CreateOptions{})
	if err != nil {
		return fmt.Errorf("create the pod of istiod: %w", err)
	}
	pod.Status.Phase = corev1.PodRunning
	pod.Status.Conditions = []corev1.PodCondition{{Type: corev1.PodReady, Status: corev1.ConditionTrue}}
	if _, err := pods.UpdateStatus(ctx, pod, metav1.UpdateOptions{}); err != nil {
		return fmt.Errorf("publish the pod of istiod: %w", err)
	}
	return nil
}

// forward is the kubelet's side of port forwarding.
func (i *Istiod) forward(w http.ResponseWriter, r *http.Request) {
	options, err := portforward.NewV4Options(r)
	if err != nil || r.URL.Path != "/portForward/"+i.deployment.Namespace+"/"+podName {
		http.NotFound(w, r)
		return
	}
	portforward.ServePortForward(w, r, i, podName, "", options, time.Minute, time.Minute, portforward.SupportedProtocols)
}

// PortForward connects a stream with a port of the pod: that of monitoring, which has the debug interface too.
func (i *Istiod) PortForward(ctx context.Context, _, _ string, port int32, stream io.ReadWriteCloser) error {
	defer func() { _ = stream.Close() }()
	if port != 15014 {
		return fmt.Errorf("connect to port %d: connection refused", port)
	}
	connection, err := (&net.Dialer{}).DialContext(ctx, "tcp", local(i.current().ports.monitoring))
	if err != nil {
		return err
	}
	defer func() { _ = connection.Close() }()
	go func() { _, _ = io.Copy(connection, stream) }()
	_, err = io.Copy(stream, connection)
	return err
}
