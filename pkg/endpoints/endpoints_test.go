package endpoints_test

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/endpoints"
)

// Pages as istiod of the 1.31 line writes them, without fields that nothing reads.
const (
	shardz = `{
 "reviews.shop.svc.cluster.local": {"shop": {"Shards": {
   "Kubernetes/east": [{"Addresses": ["10.0.0.1"], "ServicePortName": "http"}, {"Addresses": ["10.0.0.2"], "ServicePortName": "http"}],
   "Kubernetes/west": [{"Addresses": ["10.1.0.1"]}], "Kubernetes/north": null}, "ServiceAccounts": {}}},
 "vm.example.com": {"shop": {"Shards": {"External/east": [{}]}}, "other": {"Shards": {"Kubernetes/east": [{}, {}]}}},
 "empty.shop.svc.cluster.local": {"shop": {"Shards": {"Kubernetes/east": []}, "ServiceAccounts": null}}
}`
	ambientz = `{"workloads": [
 {"uid": "n2/SplitHorizonWorkload/gw/shop/reviews", "network": "n2", "clusterId": "gw", "capacity": 3, "services": {"shop/reviews.shop.svc.cluster.local": {"ports": []}}},
 {"uid": "east//Pod/shop/a", "network": "n1", "clusterId": "east", "services": {"shop/reviews.shop.svc.cluster.local": {}, "shop/a.shop.svc.cluster.local": {}}},
 {"uid": "NetworkGateway/n2", "network": "n2", "clusterId": "gw"}],
 "services": [{"name": "reviews"}], "policies": null}`
)

func TestShards(t *testing.T) {
	got, err := endpoints.Shards(strings.NewReader(shardz), []endpoints.Peer{{ID: "east"}, {ID: "north"}})
	want := endpoints.Known{"east": {"shop/reviews.shop.svc.cluster.local": 2, "shop/vm.example.com": 1, "other/vm.example.com": 2}}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}

// TestWorkloads: those of another network are joined into one that has their number, under the cluster of the gateway.
func TestWorkloads(t *testing.T) {
	got, err := endpoints.Workloads(strings.NewReader(ambientz), []endpoints.Peer{{ID: "east"}, {ID: "west", Network: "n2"}})
	want := endpoints.Known{
		"east": {"shop/reviews.shop.svc.cluster.local": 1, "shop/a.shop.svc.cluster.local": 1},
		"west": {"shop/reviews.shop.svc.cluster.local": 3},
	}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}

func TestSynced(t *testing.T) {
	got, err := endpoints.Synced(strings.NewReader(`[{"id": "east", "secretName": "s", "syncStatus": "synced"},
		{"id": "west", "syncStatus": "timeout"}, {"id": "west", "syncStatus": "synced"}]`))
	if diff := cmp.Diff(map[string]string{"east": "synced", "west": "timeout"}, got); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}

// TestUnexpectedPages: null is an empty page; what is no such page is not repeated, and one that is cut off is no count.
func TestUnexpectedPages(t *testing.T) {
	peers := []endpoints.Peer{{ID: "east"}}
	for name, read := range map[string]func(io.Reader) (int, error){
		"shards":    func(r io.Reader) (int, error) { known, err := endpoints.Shards(r, peers); return len(known), err },
		"workloads": func(r io.Reader) (int, error) { known, err := endpoints.Workloads(r, peers); return len(known), err },
		"synced":    func(r io.Reader) (int, error) { known, err := endpoints.Synced(r); return len(known), err },
	} {
		if n, err := read(strings.NewReader("null")); n != 0 || err != nil {
			t.Errorf("%s: null: %d, %v", name, n, err)
		}
		for _, page := range []string{"<html>secret</html>", `"secret"`, `7`} {
			if _, err := read(strings.NewReader(page)); err == nil || err.Error() != "the response does not have the expected format" {
				t.Errorf("%s: %s: %v", name, page, err)
			}
		}
		if _, err := read(strings.NewReader(`{"workloads": [{"clusterId": "east"`)); err == nil {
			t.Errorf("%s: a page that is cut off is read", name)
		}
		lost := errors.New("connection lost")
		if _, err := read(iotest.ErrReader(lost)); !errors.Is(err, lost) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestLosses(t *testing.T) {
	before := endpoints.Max(endpoints.Counts{"shop/a": 2, "shop/b": 1}, endpoints.Counts{"shop/a": 1, "shop/c": 4})
	if before.Total() != 7 {
		t.Errorf("%v has %d", before, before.Total())
	}
	got := endpoints.Losses(before, endpoints.Counts{"shop/a": 1, "shop/b": 5, "shop/new": 1})
	want := []endpoints.Loss{{Service: "shop/a", Before: 2, After: 1}, {Service: "shop/c", Before: 4}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if text := got[1].String(); text != "shop/c has 0 of 4" {
		t.Errorf("said %q", text)
	}
}
