package e2e

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/cri-streaming/pkg/streaming/remotecommand"

	"github.com/kubectl-mesh/kubectl-mesh/test/e2e/clusters"
)

// stage stands in for the client of the sample and its sidecar: curl gets answers from several clusters in turn, and
// the sidecar counts them by host.
type stage struct {
	acting sync.Mutex
	routes []route
	next   int
	sent   map[string]int // by host

	hangs func(io.Writer) // what curl does instead of calling
}

// route is who answers, and the host that the sidecar sends the call to.
type route struct{ answer, host string }

// hello is what the sample of a cluster answers.
func hello(cluster string) string {
	return "Hello version: " + cluster + ", instance: helloworld-5b9c\n"
}

// startSample adds a node to a cluster, and the pods that its controllers would have made for the sample.
func startSample(t *testing.T, c *clusters.Cluster) *stage {
	t.Helper()
	k := startNode(t, c)
	k.sample = &stage{sent: map[string]int{}}
	for app, name := range map[string]string{"curl": "curl-7d4f", "helloworld": "helloworld-5b9c"} {
		runPod(t, c, &corev1.Pod{
			ObjectMeta: metav1.ObjectMeta{Namespace: "sample", Name: name, Labels: map[string]string{"app": app}},
			Spec:       corev1.PodSpec{Containers: []corev1.Container{{Name: app, Image: app}, {Name: "istio-proxy", Image: "istio/proxyv2"}}},
		})
	}
	return k.sample
}

// answers sets who answers from now on.
func (s *stage) answers(routes ...route) {
	s.acting.Lock()
	defer s.acting.Unlock()
	s.routes, s.hangs = routes, nil
}

// hang has curl do something else.
func (s *stage) hang(hangs func(io.Writer)) {
	s.acting.Lock()
	defer s.acting.Unlock()
	s.hangs = hangs
}

func (s *stage) serve(w http.ResponseWriter, r *http.Request, container string) {
	options, err := remotecommand.NewOptions(r)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	remotecommand.ServeExec(w, r, s, "curl-7d4f", "", container, r.URL.Query()["command"], options, time.Minute, time.Minute,
		remotecommand.SupportedStreamingProtocols)
}

// ExecInContainer is one run of a program.
func (s *stage) ExecInContainer(_ context.Context, _, _, container string, args []string, _ io.Reader, out, _ io.WriteCloser, _ bool,
	_ <-chan remotecommand.TerminalSize, _ time.Duration) error {
	switch program := container + " " + args[0]; program {
	case "curl curl":
		return s.curl(args, out)
	case "istio-proxy pilot-agent":
		return s.clusters(args, out)
	default:
		return errors.New("no such program: " + program)
	}
}

// curl knows one form of a URL: http://HOST:PORT/PATH#[1-N].
func (s *stage) curl(args []string, out io.Writer) error {
	s.acting.Lock()
	defer s.acting.Unlock()
	if s.hangs != nil {
		s.hangs(out)
		return nil
	}
	url := args[len(args)-1]
	list, ours := strings.CutPrefix(url, "http://helloworld.sample.svc.cluster.local:5000/hello#[1-")
	calls, err := strconv.Atoi(strings.TrimSuffix(list, "]"))
	if !ours || err != nil {
		return errors.New("could not resolve " + url)
	}
	for range calls {
		to := s.routes[s.next%len(s.routes)]
		s.next++
		s.sent[to.host]++
		if _, err := fmt.Fprintf(out, "%s\nkubectl-mesh-call: 200\n", to.answer); err != nil {
			return err
		}
	}
	return nil
}

// clusters is Envoy's page of that name.
func (s *stage) clusters(args []string, out io.Writer) error {
	s.acting.Lock()
	defer s.acting.Unlock()
	if strings.Join(args, " ") != "pilot-agent request GET clusters" {
		return errors.New("no such command")
	}
	const name = "outbound|5000||helloworld.sample.svc.cluster.local::"
	page := "xds-grpc::127.0.0.1:15012::rq_total::99\n" + name + "default_priority::max_requests::4294967295\n"
	for host, count := range s.sent {
		page += fmt.Sprintf("%[1]s%[2]s::cx_total::1\n%[1]s%[2]s::rq_total::%[3]d\n", name, host, count)
	}
	_, err := io.WriteString(out, page)
	return err
}
