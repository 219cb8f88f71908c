package istio

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/cri-streaming/pkg/streaming/remotecommand"

	"github.com/kubectl-mesh/kubectl-mesh/test/istio/sandbox"
)

// kubelet is that of the node of the sample's client: exec runs commands in the pod.
type kubelet struct{ client *sandbox.Pod }

// serveExec gives the node of the workloads a kubelet until the test ends.
func (m *packetMesh) serveExec(t *testing.T, member member) {
	t.Helper()
	server := httptest.NewTLSServer(kubelet{m.clients[member.name]})
	t.Cleanup(server.Close)
	nodes := m.client(t, member.name).CoreV1().Nodes()
	node, err := nodes.Get(t.Context(), workloadNode, metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	node.Status.Addresses = []corev1.NodeAddress{{Type: corev1.NodeInternalIP, Address: "127.0.0.1"}}
	node.Status.DaemonEndpoints.KubeletEndpoint.Port = int32(server.Listener.Addr().(*net.TCPAddr).Port)
	if _, err := nodes.UpdateStatus(t.Context(), node, metav1.UpdateOptions{}); err != nil {
		t.Fatal(err)
	}
}

func (k kubelet) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	container, ours := strings.CutPrefix(r.URL.Path, "/exec/sample/"+clientName+"/")
	options, err := remotecommand.NewOptions(r)
	if err != nil || !ours {
		http.NotFound(w, r)
		return
	}
	remotecommand.ServeExec(w, r, k, clientName, "", container, r.URL.Query()["command"], options, time.Minute, time.Minute,
		remotecommand.SupportedStreamingProtocols)
}

// ExecInContainer runs a program as the user of a container.
func (k kubelet) ExecInContainer(ctx context.Context, _, _, container string, args []string, in io.Reader, out, errs io.WriteCloser, _ bool,
	_ <-chan remotecommand.TerminalSize, _ time.Duration) error {
	user, known := map[string]int{"curl": sandbox.AppUser, "istio-proxy": sandbox.ProxyUser}[container]
	if !known {
		return fmt.Errorf("container %s is not in the pod", container)
	}
	cmd := k.client.Command(ctx, user, args...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = in, out, errs
	return cmd.Run()
}
