package istio

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/test/istio/istiod"
	"github.com/kubectl-mesh/kubectl-mesh/test/istio/sandbox"
)

// packetNetworks is a mesh of two networks with addresses that are there: those of package sandbox.
func packetNetworks() topology {
	return topology{
		name: "packets, two networks",
		// A stock Envoy has no extensions of Istio: what would configure them stays away (istio pilot/pkg/features).
		values: "env: {PILOT_ENABLE_METADATA_EXCHANGE: 'false', PILOT_ENABLE_ALPN_FILTER: 'false'}\ntelemetry: {enabled: false}\n",
		members: []member{
			{name: "east", network: "net-east", pod: "10.1.0.10", gateway: gateway{address: "203.0.113.1", pod: "10.1.0.15"},
				sees: []string{"10.1.0.10:5000", "203.0.113.2:15443"}},
			{name: "west", network: "net-west", pod: "10.2.0.10", gateway: gateway{address: "203.0.113.2", pod: "10.2.0.15"},
				sees: []string{"10.2.0.10:5000", "203.0.113.1:15443"}},
		},
	}
}

// TestPackets sends packets: every pod has a real proxy, which has certificates and configuration from a real istiod. The
// tests build on each other.
func TestPackets(t *testing.T) {
	if !sandbox.Inside() {
		t.Skip("make dataplane-e2e runs it")
	}
	m := newPacketMesh(t, newestLine(t), packetNetworks())
	t.Run("both clusters answer the clients of both", m.testAnswers)
	t.Run("check is satisfied", m.testCheck)
	t.Run("faults", m.testFaults)
	t.Run("a link one way", m.testOneWay)
	m.callBluntly(t)
	t.Run("credentials are rotated", m.testCredentials)
	t.Run("the root is rotated", m.testRootRotation)
	t.Run("a cluster has a root of its own", m.testOwnRoot)
	t.Run("a cluster is removed", m.testRemoval)
}

// newestLine is the line whose proxies run: Envoy does not depend on it.
func newestLine(t *testing.T) istiod.Line {
	t.Helper()
	dirs, err := istiod.Find("lines")
	if err != nil {
		t.Fatal(err)
	}
	line, err := istiod.Build(t.Context(), dirs[len(dirs)-1])
	if err == nil {
		line, err = line.WithAgent(t.Context())
	}
	if err != nil {
		t.Fatal(err)
	}
	return line
}

// testAnswers: half of the answers come from the other network, through its gateway.
func (m *packetMesh) testAnswers(t *testing.T) {
	for _, caller := range m.members {
		before := m.requests(t, caller)
		const calls = 40
		answers := m.call(t, caller, calls)
		if got := slices.Sorted(maps.Keys(answers)); !slices.Equal(got, []string{"east", "west"}) {
			t.Fatalf("who answers %s: got %v, want east and west", caller.name, answers)
		}
		after := m.requests(t, caller)
		for _, target := range m.members {
			host := target.gateway.address + ":15443"
			if target.name == caller.name {
				host = target.pod + ":5000"
			}
			if got := after[host] - before[host]; got != answers[target.name] {
				t.Errorf("%s: Envoy has sent %d calls to %s, and %s has answered %d", caller.name, got, host, target.name, answers[target.name])
			}
		}
	}
}

// call calls the sample from the client of a cluster, and counts who answers; what went wrong counts as "failed: ...".
func (m *packetMesh) call(t *testing.T, caller member, calls int) map[string]int {
	t.Helper()
	return m.startLoad(t, caller, calls).wait()
}

// requests are what Envoy of a client has sent to each host of the sample.
func (m *packetMesh) requests(t *testing.T, caller member) map[string]int {
	t.Helper()
	page, err := m.clients[caller.name].Command(t.Context(), sandbox.ProxyUser, "curl", "-s", "http://127.0.0.1:15000/clusters").Output()
	if err != nil {
		t.Fatal(err)
	}
	counts := map[string]int{}
	for line := range strings.Lines(string(page)) {
		rest, ours := strings.CutPrefix(line, "outbound|5000||"+istiod.Host+"::")
		host, value, counted := strings.Cut(strings.TrimSpace(rest), "::rq_total::")
		if ours && counted {
			counts[host] = atoi(t, value)
		}
	}
	return counts
}
