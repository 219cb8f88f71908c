package check

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/endpoints"
)

// TestIstiodPodFaults: what one pod has lost is seen, although the first one says that all is well.
func TestIstiodPodFaults(t *testing.T) {
	pods := func(pods ...IstiodPod) func(*Input) {
		return east(func(f *Observation) { f.Istiod.Pods = pods })
	}
	const restart = "kubectl --context=east -n istio-system rollout restart deployment/istiod"
	syncing := knowing("istiod-2", "west", 3)
	syncing.Status.Value = map[string]string{"west": "timeout"}
	without := knowing("istiod-2", "west", 3)
	without.Status.Value = nil
	silent := knowing("istiod-2", "west", 3)
	silent.Endpoints = Reading[endpoints.Known]{Why: "get: connection refused"}
	runFaults(t, map[string]fault{
		"none in any pod": {pods(knowing("istiod-1", "west", 0), knowing("istiod-2", "west", 0)), "CHECK052 failed east west", "east's istiod has synced west, but knows no endpoint there", restart},
		"none in one pod": {pods(knowing("istiod-1", "west", 3), knowing("istiod-2", "west", 0)), "CHECK052 failed east west", "pod istiod-2 knows no endpoint of west, but another pod knows 3", restart},
		"fewer in one pod": {pods(knowing("istiod-1", "west", 3), knowing("istiod-2", "west", 2)), "CHECK052 warning east west",
			"pod istiod-2 knows fewer endpoints of west than another pod: shop/a.shop has 2 of 3", "check again in a minute"},
		"one pod has not synced":     {pods(knowing("istiod-1", "west", 3), syncing), "CHECK021 failed east west", `istiod pod istiod-2 reports "timeout", and others report "synced"`, "grep west"},
		"one pod does not know it":   {pods(knowing("istiod-1", "west", 3), without), "CHECK021 failed east west", "istiod pod istiod-2 does not know the peer, and others have synced it", "grep west"},
		"one pod could not be asked": {pods(knowing("istiod-1", "west", 3), silent), "CHECK052 unknown east west", "pod istiod-2 could not be asked for its endpoints: get: connection refused", ""},
		"they could not be listed": {east(func(f *Observation) { f.Istiod.Pods, f.Istiod.PodsWhy = nil, "forbidden" }), "CHECK052 unknown east west",
			"istiod's pods could not be asked: forbidden", ""},
	})
}

// TestAskPods: each pod is asked for the page that its data plane goes by.
func TestAskPods(t *testing.T) {
	in := healthy()
	cluster, _ := in.Graph.Cluster("east")
	peer, _ := in.Graph.Cluster("west")
	reads := func(pages map[string]string) func(context.Context, string, func(io.Reader) error) error {
		return func(_ context.Context, path string, read func(io.Reader) error) error {
			page, there := pages[path]
			if !there {
				return errors.New("404 of\n" + path)
			}
			return read(strings.NewReader(page))
		}
	}
	target := Target{Cluster: cluster, Reads: []*v1alpha1.Cluster{peer}, Istiods: func(context.Context) ([]IstiodDebug, error) {
		return []IstiodDebug{
			{Pod: "istiod-1", Read: reads(map[string]string{"/debug/clusterz": `[{"id":"west","syncStatus":"synced"}]`,
				"/debug/endpointShardz": `{"a.shop": {"shop": {"Shards": {"Kubernetes/west": [{}, {}]}}}}`})},
			{Pod: "istiod-2", Read: reads(nil)},
		}, nil
	}}
	got, why := target.askPods(t.Context())
	want := []IstiodPod{
		{Name: "istiod-1", Status: Reading[map[string]string]{Value: map[string]string{"west": "synced"}}, Endpoints: Reading[endpoints.Known]{Value: endpoints.Known{"west": {"shop/a.shop": 2}}}},
		{Name: "istiod-2", Status: Reading[map[string]string]{Why: "404 of /debug/clusterz"}, Endpoints: Reading[endpoints.Known]{Why: "404 of /debug/endpointShardz"}},
	}
	if diff := cmp.Diff(want, got); diff != "" || why != "" {
		t.Errorf("%s (-want +got):\n%s", why, diff)
	}
	target.Istiods = func(context.Context) ([]IstiodDebug, error) { return nil, errors.New("forbidden") }
	if _, why := target.askPods(t.Context()); why != "forbidden" {
		t.Errorf("got %q", why)
	}
	cluster.Istio.DataPlane = v1alpha1.DataPlaneAmbient
	if path, _ := target.view(); path != endpoints.PathWorkloads {
		t.Errorf("ambient: got %s", path)
	}
}

// TestFederatedLink: no Secret holds the credential, so that what istiod says is all there is, and it is enough.
func TestFederatedLink(t *testing.T) {
	federated := func(more func(*Observation)) func(*Input) {
		return func(in *Input) {
			west, _ := in.Graph.Cluster("west")
			west.Reader.Auth = v1alpha1.ReaderAuthFederated
			east := in.Observed["east"]
			east.Access, east.Secrets.Value[0].Remotes[0].Credential = nil, ""
			more(east)
		}
	}
	runFaults(t, map[string]fault{
		"synced": {federated(func(*Observation) {}), "", "", ""},
		"not synced": {federated(func(f *Observation) { f.Istiod.Clusters.Value[1].SyncStatus = "timeout" }), "CHECK015 unknown east west\nCHECK021 failed east west",
			"only east's istiod has the credential, and does not report that it has synced", ""},
		"not asked": {federated(func(f *Observation) { f.Istiod.Clusters.Why = "no pod" }), "CHECK015 unknown east west\nCHECK021 unknown east west",
			"and it could not be reached: no pod", "--istiod-debug east="},
	})
}
