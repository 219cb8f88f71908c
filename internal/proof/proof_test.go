package proof_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-mesh/kubectl-mesh/internal/proof"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/cluster"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/endpoints"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
)

// pod is an istiod at one moment; a pod without a status of east does not know it.
type pod struct {
	name, revision, status string
	endpoints, workloads   int
	err                    error
}

// stage is the istiods of west, and the time that passes: what they say depends on it alone.
type stage struct {
	now  time.Duration
	pods func(since time.Duration) []pod
}

func (s *stage) Now() time.Time { return time.Unix(0, 0).Add(s.now) }

func (s *stage) Sleep(ctx context.Context, duration time.Duration) error {
	s.now += duration
	return ctx.Err()
}

func (s *stage) Ready(context.Context) ([]cluster.IstiodPod, error) {
	var ready []cluster.IstiodPod
	for _, pod := range s.pods(s.now) {
		ready = append(ready, cluster.IstiodPod{Name: pod.name, Revision: pod.revision})
	}
	return ready, nil
}

func (s *stage) Read(_ context.Context, name, path string, read func(io.Reader) error) error {
	for _, pod := range s.pods(s.now) {
		if pod.name == name {
			if pod.err != nil {
				return pod.err
			}
			return read(strings.NewReader(pod.page(path)))
		}
	}
	return errors.New("pod not found")
}

func (p pod) page(path string) string {
	switch path {
	case endpoints.PathClusters:
		if p.status != "" {
			return fmt.Sprintf(`[{"id": "e1", "syncStatus": %q}]`, p.status)
		}
	case endpoints.PathShards:
		list := strings.TrimSuffix(strings.Repeat("{},", p.endpoints), ",")
		return `{"a.shop": {"shop": {"Shards": {"Kubernetes/e1": [` + list + `], "Kubernetes/w1": [{}]}}}}`
	case endpoints.PathWorkloads:
		if p.workloads > 0 {
			return fmt.Sprintf(`{"workloads": [{"clusterId": "e1", "capacity": %d, "services": {"shop/a.shop": {}}}]}`, p.workloads)
		}
	}
	return "null"
}

func always(pods ...pod) func(time.Duration) []pod {
	return func(time.Duration) []pod { return pods }
}

// from has other pods after a time.
func from(after time.Duration, before, then []pod) func(time.Duration) []pod {
	return func(since time.Duration) []pod {
		if since < after {
			return before
		}
		return then
	}
}

func one(status string, n int) []pod { return []pod{{name: "istiod-a", status: status, endpoints: n}} }

func (s *stage) input() proof.Input {
	return proof.Input{Consumer: "west", Istiods: s, Clock: s, Targets: []proof.Target{{Name: "east", Peer: endpoints.Peer{ID: "e1"}}},
		Restart: func(deployment string) string { return "restart " + deployment }}
}

const restart = " | unless a rollout or scaling in east explains it, restart istiod: restart istiod"

// TestAwait: what is seen from before the change, at second 0, until every istiod has been synced for a minute.
func TestAwait(t *testing.T) {
	const fewer = "istiod pod istiod-a in west knows fewer endpoints of east than before the change: shop/a.shop has "
	two := []pod{{name: "istiod-a", status: "synced", endpoints: 2}, {name: "istiod-b", revision: "1-30", status: "synced", endpoints: 2}}
	for _, test := range []struct {
		name string
		pods func(time.Duration) []pod
		// want is the error, or what was shown.
		want string
		took time.Duration
	}{
		{"all are there", always(one("synced", 2)...),
			"1 pod of istiod synced, with at least the 2 endpoints of 1 service in east known before, for 1m0s", time.Minute},
		{"more than before", from(10*time.Second, one("synced", 2), one("synced", 3)),
			"1 pod of istiod synced, with at least the 2 endpoints of 1 service in east known before, for 1m0s", time.Minute},
		{"it syncs again", from(20*time.Second, one("syncing", 2), one("synced", 2)),
			"1 pod of istiod synced, with at least the 2 endpoints of 1 service in east known before, for 1m0s", 80 * time.Second},
		{"it syncs again in the middle", func(since time.Duration) []pod {
			if since >= 30*time.Second && since < 40*time.Second {
				return one("syncing", 0)
			}
			return one("synced", 2)
		}, "1 pod of istiod synced, with at least the 2 endpoints of 1 service in east known before, for 1m0s", 100 * time.Second},
		{"they are gone after half a minute, and it is synced", from(30*time.Second, one("synced", 2), one("synced", 0)), fewer + "0 of 2" + restart, 30 * time.Second},
		{"gone at the end", from(60*time.Second, one("synced", 2), one("synced", 1)), fewer + "1 of 2" + restart, time.Minute},
		{"gone for a moment", from(5*time.Second, one("synced", 2), one("synced", 1)), fewer + "1 of 2" + restart, 5 * time.Second},
		{"the second pod alone", from(5*time.Second, two, []pod{two[0], {name: "istiod-b", revision: "1-30", status: "synced"}}),
			"istiod pod istiod-b in west knows fewer endpoints of east than before the change: shop/a.shop has 0 of 2" + restart + "-1-30", 5 * time.Second},
		{"a new pod after a restart", from(5*time.Second, two[:1], []pod{{name: "istiod-c", status: "synced", endpoints: 1}}),
			strings.Replace(fewer, "istiod-a", "istiod-c", 1) + "1 of 2" + restart, 5 * time.Second},
		{"not all is read yet", from(15*time.Second, one("syncing", 0), one("synced", 2)),
			"1 pod of istiod synced, with at least the 2 endpoints of 1 service in east known before, for 1m0s", 75 * time.Second},
		{"it never syncs", always(one("timeout", 2)...), `west's istiod is not synced: pod istiod-a reports east as "timeout"`, 2 * time.Minute},
		{"it does not know the cluster", always(one("", 2)...), "west's istiod is not synced: pod istiod-a does not know cluster e1", 2 * time.Minute},
		{"no pod is ready", always(), "west's istiod is not synced: no istiod pod is ready", 2 * time.Minute},
		{"it answers no more", always(pod{name: "istiod-a", err: errors.New("refused")}),
			"west's istiod is not synced: ask istiod for /debug/clusterz: refused", 2 * time.Minute},
	} {
		s := &stage{pods: always(one("synced", 2)...)}
		p, err := proof.Begin(t.Context(), s.input())
		if err != nil {
			t.Fatal(err)
		}
		s.pods = test.pods
		got := said(p.Await(t.Context()))
		if got == "" {
			got = p.String()
		}
		if got != test.want || s.now != test.took {
			t.Errorf("%s: after %s\n%s\nwant after %s\n%s", test.name, s.now, got, test.took, test.want)
		}
	}
}

func said(err error) string {
	if err == nil {
		return ""
	}
	var lines []string
	for _, problem := range hint.List(err) {
		lines = append(lines, strings.Join(append([]string{problem.Text}, problem.Remedies...), " | "))
	}
	return strings.Join(lines, "\n")
}

// TestAmbient: ztunnels go by workloads, so those count, also where the endpoints stay.
func TestAmbient(t *testing.T) {
	s := &stage{pods: always(pod{name: "istiod-a", status: "synced", endpoints: 2, workloads: 3})}
	in := s.input()
	in.Ambient = true
	p, err := proof.Begin(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Await(t.Context()); err != nil || p.String() != "1 pod of istiod synced, with at least the 3 workloads of 1 service in east known before, for 1m0s" {
		t.Errorf("%v: %s", err, p)
	}
	s.pods = always(pod{name: "istiod-a", status: "synced", endpoints: 2})
	want := "istiod pod istiod-a in west knows fewer workloads of east than before the change: shop/a.shop has 0 of 3" + restart
	if got := said(p.Await(t.Context())); got != want {
		t.Errorf("said %s", got)
	}
	if p, err = proof.Begin(t.Context(), in); err != nil || !slices.Equal(p.Unknown(), []string{"east"}) {
		t.Errorf("%v: endpoints alone are taken for a proof: %v", err, p.Unknown())
	}
}

// TestBegin: the most that any pod knows is what there was, and a pod that does not answer is a reason not to begin.
func TestBegin(t *testing.T) {
	s := &stage{pods: always(pod{name: "istiod-a", status: "synced"}, pod{name: "istiod-b", status: "synced", endpoints: 2}, pod{name: "istiod-c", status: "synced", endpoints: 1})}
	p, err := proof.Begin(t.Context(), s.input())
	if err != nil || len(p.Unknown()) > 0 {
		t.Fatal(err, p)
	}
	const fewer = " in west knows fewer endpoints of east than before the change: shop/a.shop has "
	if diff := cmp.Diff("istiod pod istiod-a"+fewer+"0 of 2"+restart+"\nistiod pod istiod-c"+fewer+"1 of 2"+restart, said(p.Await(t.Context()))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	s.pods = always(pod{name: "istiod-a", status: "synced"})
	if p, err = proof.Begin(t.Context(), s.input()); err != nil || !slices.Equal(p.Unknown(), []string{"east"}) {
		t.Errorf("%v: unknown %v", err, p.Unknown())
	}
	for want, pods := range map[string]func(time.Duration) []pod{
		"ask west's istiod for endpoints: no istiod pod is ready":                      always(),
		"ask west's istiod for endpoints: ask istiod for /debug/clusterz: not allowed": always(one("synced", 2)[0], pod{name: "istiod-b", err: errors.New("not allowed")}),
	} {
		s.pods = pods
		if _, err := proof.Begin(t.Context(), s.input()); err == nil || err.Error() != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
}

// TestAwaitEndsWithItsContext: an interrupt does not wait for the minute.
func TestAwaitEndsWithItsContext(t *testing.T) {
	s := &stage{pods: always(one("synced", 2)...)}
	p, err := proof.Begin(t.Context(), s.input())
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := p.Await(ctx); !errors.Is(err, context.Canceled) || s.now > 0 {
		t.Errorf("%v after %s", err, s.now)
	}
}
