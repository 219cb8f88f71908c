package e2e

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/cri-streaming/pkg/streaming/portforward"

	"github.com/kubectl-mesh/kubectl-mesh/test/e2e/clusters"
)

// kubelet stands in for a node: port forwarding and exec work as container runtimes do it. Behind the port of istiod's
// pod are its debug pages, and in the pod of the sample's client are the programs that check runs there.
type kubelet struct {
	// pages have the text of each page, or a function that makes it, by path; those of one pod by its name and the path.
	pages  sync.Map
	peers  []string // the clusters that istiod has been said to know
	sample *stage
}

// startIstiod adds a node and a pod that is istiod's to a cluster.
func startIstiod(t *testing.T, c *clusters.Cluster) *kubelet {
	t.Helper()
	k := startNode(t, c)
	runIstiod(t, c, "istiod-5b9c")
	return k
}

// runIstiod makes a pod that is istiod's.
func runIstiod(t *testing.T, c *clusters.Cluster, name string) {
	t.Helper()
	runPod(t, c, &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Namespace: istioNamespace, Name: name, Labels: map[string]string{"app": "istiod", "istio.io/rev": "default"}},
		Spec:       corev1.PodSpec{Containers: []corev1.Container{{Name: "discovery", Image: "istio/pilot:1.30.5"}}},
	})
}

// startNode adds a node to a cluster.
func startNode(t *testing.T, c *clusters.Cluster) *kubelet {
	t.Helper()
	k := &kubelet{}
	server := httptest.NewTLSServer(k)
	t.Cleanup(server.Close)
	nodes := client(t, c).CoreV1().Nodes()
	node, err := nodes.Create(t.Context(), &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: "node"}}, metav1.CreateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	node.Status.Addresses = []corev1.NodeAddress{{Type: corev1.NodeInternalIP, Address: "127.0.0.1"}}
	node.Status.DaemonEndpoints.KubeletEndpoint.Port = int32(server.Listener.Addr().(*net.TCPAddr).Port)
	must(t)(nodes.UpdateStatus(t.Context(), node, metav1.UpdateOptions{}))
	return k
}

// runPod makes a pod that is ready on that node.
func runPod(t *testing.T, c *clusters.Cluster, pod *corev1.Pod) {
	t.Helper()
	pods := client(t, c).CoreV1().Pods(pod.Namespace)
	pod.Spec.NodeName = "node"
	pod, err := pods.Create(t.Context(), pod, metav1.CreateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	pod.Status.Phase = corev1.PodRunning
	pod.Status.Conditions = []corev1.PodCondition{{Type: corev1.PodReady, Status: corev1.ConditionTrue}}
	must(t)(pods.UpdateStatus(t.Context(), pod, metav1.UpdateOptions{}))
}

// says sets what istiod knows of its peers.
func (k *kubelet) says(local string, states map[string]string) {
	entries := []string{fmt.Sprintf(`{"id": %q, "secretName": "", "syncStatus": "synced"}`, local)}
	k.peers = nil
	for id, state := range states {
		k.peers = append(k.peers, id)
		entries = append(entries, fmt.Sprintf(`{"id": %q, "secretName": "istio-system/istio-remote-secret-%s", "syncStatus": %q}`, id, id, state))
	}
	k.pages.Store("/debug/clusterz", "["+strings.Join(entries, ", ")+"]")
	k.pages.Store("/debug/networkz", "null")
}

// knows has istiod know an endpoint of every peer, until it is told to forget them. A command that changes a remote secret
// watches for a minute what istiod knows, and for no time at all where that is nothing.
func (k *kubelet) knows() (forget func()) {
	const page = "/debug/endpointShardz"
	var shards []string
	for _, id := range k.peers {
		shards = append(shards, fmt.Sprintf(`"Kubernetes/%s": [{}]`, id))
	}
	k.pages.Store(page, `{"helloworld.sample.svc.cluster.local": {"sample": {"Shards": {`+strings.Join(shards, ", ")+`}}}}`)
	return func() { k.pages.Delete(page) }
}

// ServeHTTP is the kubelet's side of port forwarding, and of exec.
func (k *kubelet) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if container, ok := strings.CutPrefix(r.URL.Path, "/exec/sample/curl-7d4f/"); ok && k.sample != nil {
		k.sample.serve(w, r, container)
		return
	}
	options, err := portforward.NewV4Options(r)
	pod, ok := strings.CutPrefix(r.URL.Path, "/portForward/"+istioNamespace+"/")
	if err != nil || !ok {
		http.Error(w, "not found", http.StatusNotFound)
		return
	}
	portforward.ServePortForward(w, r, k, pod, "", options, time.Minute, time.Minute, portforward.SupportedProtocols)
}

// PortForward is one connection to a port of the pod.
func (k *kubelet) PortForward(_ context.Context, pod, _ string, port int32, stream io.ReadWriteCloser) error {
	defer stream.Close()
	if port != 15014 {
		return errors.New("connection refused")
	}
	request, err := http.ReadRequest(bufio.NewReader(stream))
	if err != nil {
		return err
	}
	recorder := httptest.NewRecorder()
	page, there := k.pages.Load(pod + request.URL.Path)
	if !there {
		page, _ = k.pages.Load(request.URL.Path)
	}
	switch page := page.(type) {
	case string:
		_, _ = recorder.WriteString(page)
	case func() string:
		_, _ = recorder.WriteString(page())
	default:
		http.NotFound(recorder, request)
	}
	response := recorder.Result()
	response.Request, response.Close = request, true
	return response.Write(stream)
}
