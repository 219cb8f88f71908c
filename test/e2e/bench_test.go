package e2e

import (
	"fmt"
	"net/http"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"

	"github.com/kubectl-mesh/kubectl-mesh/test/e2e/clusters"
)

// peers is how many clusters each of three is linked with, both ways: 102 links. They are declared only, and their
// tokens are at hand.
const peers = 17

// BenchmarkApply applies all that 102 links need to three clusters, from nothing and once more, and has kubectl apply
// the same streams from nothing. Our share of the time is what no API server had a request of ours to work at; CPU is
// what the program has computed, whether or not one had.
func BenchmarkApply(b *testing.B) {
	all := clusters.Start(b, "east", "north", "west")
	w := newWorkspace(b, all, benchmarkMesh(all)...)
	w.writeTokens(b, all)
	w.mustRun(b, "collect", "--token=skip", "--cluster=east,north,west")
	m := &meter{}
	w.through(b, all, m)
	fresh, again, theirs := &share{meter: m}, &share{meter: m}, &share{meter: m}
	for b.Loop() {
		for _, c := range all {
			apply := []string{"render", "--apply", "--cluster", c.Name}
			wipe(b, c)
			fresh.time(b, w.command(b, apply...))
			again.time(b, w.command(b, apply...))
			stream := w.mustRun(b, "render", "--cluster", c.Name).stdout
			wipe(b, c)
			theirs.time(b, w.kubectl(b, c, stream, "--server-side"))
		}
	}
	b.ReportMetric(0, "ns/op") // the sum of all says nothing
	fresh.report(b, "new")
	again.report(b, "again")
	theirs.report(b, "kubectl")
}

func benchmarkMesh(all []*clusters.Cluster) []string {
	var lines []string
	for _, c := range all {
		lines = append(lines, "- {name: "+c.Name+", context: admin@"+c.Name+"}")
	}
	names := make([]string, peers)
	for i := range peers {
		names[i] = peer(i)
		lines = append(lines, fmt.Sprintf("- {name: %s, api: {server: 'https://203.0.113.%d', certificateAuthority: ca.crt}}", peer(i), i+1))
	}
	three, others := "[east, north, west]", "["+strings.Join(names, ", ")+"]"
	return append(lines, "links:", "- {from: "+three+", to: "+others+"}", "- {from: "+others+", to: "+three+"}")
}

func peer(i int) string { return fmt.Sprintf("peer-%02d", i) }

func (w workspace) writeTokens(b *testing.B, all []*clusters.Cluster) {
	b.Helper()
	w.write(b, "ca.crt", string(all[0].CA))
	for _, c := range all {
		for i := range peers {
			w.write(b, "credentials/"+peer(i)+"/"+c.Name+"/token", strings.Repeat("x", 900)+"\n")
		}
	}
}

// meter counts how long at least one request was with an API server.
type meter struct {
	counting sync.Mutex
	open     int
	since    time.Time
	busy     time.Duration
	requests int
}

func (m *meter) handler(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		m.count(1)
		defer m.count(-1)
		next.ServeHTTP(w, r)
	})
}

func (m *meter) count(step int) {
	m.counting.Lock()
	defer m.counting.Unlock()
	now := time.Now()
	if m.open > 0 {
		m.busy += now.Sub(m.since)
	}
	m.since = now
	m.open += step
	m.requests += max(step, 0)
}

func (m *meter) read() (time.Duration, int) {
	m.counting.Lock()
	defer m.counting.Unlock()
	return m.busy, m.requests
}

// through has every context lead through the meter.
func (w workspace) through(b *testing.B, all []*clusters.Cluster, m *meter) {
	b.Helper()
	config := clientcmdapi.NewConfig()
	for _, c := range all {
		c.AddTo(config, "admin@"+c.Name)
		g := newGate(b, c, 1<<30)
		g.server.Config.Handler = m.handler(g)
		g.lead(config, "admin@"+c.Name)
	}
	w.writeKubeconfig(b, config)
}

// share is where the time of some runs has gone.
type share struct {
	meter           *meter
	runs, requests  int
	wall, busy, cpu time.Duration
}

func (s *share) time(b *testing.B, cmd *exec.Cmd) {
	b.Helper()
	busy, requests := s.meter.read()
	began := time.Now()
	got := finish(b, cmd)
	s.wall += time.Since(began)
	got.wantCode(b, 0)
	nowBusy, nowRequests := s.meter.read()
	s.busy += nowBusy - busy
	s.requests += nowRequests - requests
	s.cpu += cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	s.runs++
}

// report gives the time and the requests for three clusters, and the shares in percent.
func (s *share) report(b *testing.B, name string) {
	b.Helper()
	times := float64(s.runs) / 3
	b.ReportMetric(float64(s.wall.Milliseconds())/times, name+"-ms")
	b.ReportMetric(float64(s.requests)/times, name+"-requests")
	b.ReportMetric(100*float64(s.wall-s.busy)/float64(s.wall), name+"-share-%")
	b.ReportMetric(100*float64(s.cpu)/float64(s.wall), name+"-cpu-%")
}

// wipe removes all that was applied, but for the namespace.
func wipe(b *testing.B, c *clusters.Cluster) {
	b.Helper()
	list := metav1.ListOptions{LabelSelector: "kubectl-mesh.dev/mesh=shop"}
	kube := client(b, c)
	for _, remove := range []func() error{
		func() error {
			return kube.CoreV1().Secrets(istioNamespace).DeleteCollection(b.Context(), metav1.DeleteOptions{}, list)
		},
		func() error {
			return kube.CoreV1().ConfigMaps(istioNamespace).DeleteCollection(b.Context(), metav1.DeleteOptions{}, list)
		},
		func() error {
			return kube.CoreV1().ServiceAccounts(istioNamespace).DeleteCollection(b.Context(), metav1.DeleteOptions{}, list)
		},
		func() error {
			return kube.RbacV1().RoleBindings(istioNamespace).DeleteCollection(b.Context(), metav1.DeleteOptions{}, list)
		},
		func() error {
			return kube.RbacV1().ClusterRoleBindings().DeleteCollection(b.Context(), metav1.DeleteOptions{}, list)
		},
	} {
		if err := remove(); err != nil {
			b.Fatal(err)
		}
	}
}
