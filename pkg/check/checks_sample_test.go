package check

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/cluster"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/topology"
)

func eastSample(change func(*Sample)) func(*Input) {
	return east(func(f *Observation) { change(f.Sample) })
}

// answers of east and west, all of them direct or all through a gateway.
func answers(ofEast, ofWest int, way Way) func(*Input) {
	return eastSample(func(s *Sample) {
		s.Answers.By = map[string]int{"east": ofEast, "west": ofWest}
		s.Hops.Value = []Hop{{"10.0.0.1:1", 20, way}}
	})
}

func TestSampleFaults(t *testing.T) {
	none := func(w cluster.Workload) func(*Input) {
		return eastSample(func(s *Sample) { *s = Sample{Client: w, Server: w} })
	}
	runFaults(t, map[string]fault{
		"not asked": {func(in *Input) { in.Observed["east"].Sample, in.Observed["west"].Sample = nil, nil }, "", "", ""},
		"forbidden": {eastSample(func(s *Sample) { *s = Sample{Why: "forbidden", Remedy: "ask"} }), "CHECK023 unknown east", "forbidden", "ask"},
		"no exec":   {eastSample(func(s *Sample) { *s = Sample{Why: "no", Pod: "curl-1"} }), "CHECK023 unknown east", "no", "this must work first: kubectl --context=east -n sample exec curl-1 -c curl -- true"},
		"no node":   {none(cluster.Workload{Why: "no node runs pods"}), "CHECK023 unknown east", "no node runs pods", "--context=east -n sample get pods"},
		"no namespace": {none(cluster.Workload{Why: "no namespace sample", Absent: true}), "CHECK023 unknown east",
			"the sample is not deployed: no namespace sample", "kubectl mesh render --with-sample --apply"},
		"no sidecar": {eastSample(func(s *Sample) { s.Sidecar, s.Hops = false, Reading[[]Hop]{Why: "no sidecar"} }), "CHECK023 warning east", "not part of the mesh", "rollout restart"},
		"ambient": {func(in *Input) {
			in.Mesh.Spec.Clusters[0].Istio.DataPlane = v1alpha1.DataPlaneAmbient
			in.Observed["east"].Sample.Sidecar = false
			in.Observed["east"].Sample.Hops = Reading[[]Hop]{Why: "no sidecar"}
		}, "", "", ""},
		"nothing answers": {eastSample(func(s *Sample) {
			s.Answers, s.ClientError = Answers{Failed: 20, Example: "no response"}, "curl: (6) Could not resolve host"
		}), "CHECK024 failed east\nCHECK026 failed east west", "20 of 20 calls failed: curl: (6)", "logs deployment/curl -c istio-proxy"},
		"a wrong address hangs": {func(in *Input) {
			lose(in, Lost{Address: "203.0.113.77:15443", TimedOut: 3})
			in.Observed["east"].Sample.Answers.Failed, in.Observed["east"].Sample.Answers.Example = 3, "no response"
		}, "CHECK024 warning east\nCHECK008 failed west", "", ""},
		"retries hide a gateway that is down": {func(in *Input) {
			lose(in, Lost{Address: "203.0.113.77:15443", Failed: 1})
			answers(20, 0, WayDirect)(in)
		}, "CHECK024 warning east\nCHECK008 failed west\nCHECK026 failed east west", "", ""},
		"some do not":   {eastSample(func(s *Sample) { s.Answers.Failed, s.Answers.Example = 2, "status 503" }), "CHECK024 warning east", "2 of 20 calls failed: status 503", ""},
		"others answer": {eastSample(func(s *Sample) { s.Answers.By["v1"] = 3 }), "CHECK024 warning east", "unknown clusters: v1", "get pods -l app=helloworld"},
		"not here":      {answers(0, 20, WayGateway), "CHECK025 failed east", "none of 20 calls reached east", "endpointslices"},
		"not there":     {answers(20, 0, WayDirect), "CHECK026 failed east west", "none of 20 calls reached west", "'|5000||helloworld'"},
		"too few calls": {func(in *Input) { answers(9, 0, WayDirect)(in); in.Observed["east"].Sample.Made = 9 }, "CHECK026 unknown east west", "too few calls", "kubectl mesh check --sample --calls 10"},
		"nobody has seen it": {func(in *Input) {
			answers(20, 0, WayDirect)(in)
			in.Observed["west"] = &Observation{Unreachable: "no context"}
		}, "CHECK003 unknown west\nCHECK020 unknown east west\nCHECK026 unknown east west\nCHECK012 unknown west east", "no context", ""},
		"no sample there": {func(in *Input) {
			answers(20, 0, WayDirect)(in)
			in.Observed["west"].Sample = &Sample{Client: cluster.Workload{Why: "w"}, Server: cluster.Workload{Why: "no node"}}
		}, "CHECK023 unknown west\nCHECK026 unknown east west", "w", ""},
		"all direct": {answers(10, 10, WayDirect), "CHECK028 warning east west", `networks "net-east" and "net-west" imply path gateway, but the responses took path direct`, ""},
		"one way only": {func(in *Input) {
			in.Mesh.Spec.Links = []v1alpha1.Link{{From: []string{"east"}, To: []string{"west"}}}
			in.Graph = topology.New(in.Mesh)
			in.Observed["west"].Secrets = Reading[[]Secret]{}
		}, "CHECK027 warning west", "east responds to 8 of 20 calls without a link", "kubectl mesh render --apply --prune"},
	})
}

// lose has the sidecar of east count what it could not bring to a host, which is a gateway of west.
func lose(in *Input, hosts ...Lost) {
	in.Observed["west"].Reported.GatewayAddresses = []string{"203.0.113.77"}
	in.Observed["east"].Sample.Lost = hosts
}

// TestLostCalls: the hop is named, also where retries have hidden it.
func TestLostCalls(t *testing.T) {
	const shake = "kubectl mesh check --handshake"
	for name, test := range map[string]struct {
		change       func(*Input)
		id           string
		reason, hint string
	}{
		"timed out": {func(in *Input) {
			lose(in, Lost{Address: "203.0.113.77:15443", TimedOut: 3})
			in.Observed["east"].Sample.Answers.Failed, in.Observed["east"].Sample.Answers.Example = 3, "no response"
		}, "CHECK024", "3 of 20 calls failed: no response; 3 calls to 203.0.113.77:15443, gateway of west, timed out", shake},
		"hidden": {func(in *Input) { lose(in, Lost{Address: "203.0.113.77:15443", Failed: 1}) },
			"CHECK024", "every call was answered, but only because the proxy retried: 1 connection to 203.0.113.77:15443, gateway of west, failed", shake},
		"a pod": {func(in *Input) { lose(in, Lost{Address: "10.0.0.9:5000", Failed: 2}) },
			"CHECK024", "retried: 2 connections to 10.0.0.9:5000 failed", shake},
		"nothing of the peer": {func(in *Input) {
			lose(in, Lost{Address: "203.0.113.77:15443", Failed: 2, TimedOut: 1})
			answers(20, 0, WayDirect)(in)
		}, "CHECK026", "none of 20 calls reached west: 1 call to 203.0.113.77:15443, gateway of west, timed out, 2 connections to 203.0.113.77:15443, gateway of west, failed", shake},
	} {
		in := healthy()
		test.change(in)
		result := find(t, Run(*in), test.id)
		if !strings.HasSuffix(result.Reason, test.reason) || !strings.HasPrefix(result.Hint, test.hint) {
			t.Errorf("%s: got %q, hint %q; want %q, %q", name, result.Reason, result.Hint, test.reason, test.hint)
		}
	}
}

// TestUnmeasured: numbers that do not fit are no measurement, and no finding.
func TestUnmeasured(t *testing.T) {
	in := healthy()
	in.Observed["east"].Sample.Hops.Value[0].Calls = 13 // one was tried again
	callers := NewCallers(in.Graph, in.Observed)
	results := Run(*in)
	if got := open(results); got != "" {
		t.Errorf("not ok:\n%s", got)
	}
	for _, result := range results {
		if result.ID == "CHECK028" && result.Cluster == "east" {
			t.Error("CHECK028 was made, of what was not measured")
		}
	}
	want := Caller{Cluster: "east", Pod: "curl-1", Calls: 20, Hops: in.Observed["east"].Sample.Hops.Value,
		Answers:    []Answer{{"east", 12, true, WayDirect, false}, {"west", 8, true, WayGateway, false}},
		Unmeasured: "the proxy counted 13 direct and 8 through gateways, which does not show the path of each response"}
	if diff := cmp.Diff(want, callers[0]); diff != "" {
		t.Error(diff)
	}
	if text := callers[0].describe(in.Graph, "west"); text != "8 of 20 calls, through a gateway, implied by the networks (not measured: "+want.Unmeasured+")" {
		t.Errorf("got %q", text)
	}
}

// TestDescribe: two clusters are behind one gateway, and a third behind its own.
func TestDescribe(t *testing.T) {
	in := healthy()
	for i, network := range []string{"net-a", "net-b", "net-b", "net-c"} {
		declared := v1alpha1.Cluster{Name: []string{"a", "b", "c", "d"}[i]}
		declared.Network, declared.ControlPlane, declared.Gateway = network, declared.Name, &v1alpha1.Gateway{}
		in.Mesh.Spec.Clusters = append(in.Mesh.Spec.Clusters, declared)
	}
	clusters := in.Mesh.Spec.Clusters[2:]
	in.Mesh.Spec.Clusters = clusters
	clusters[1].Gateway.Addresses = []string{"2001:db8::1"}
	clusters[3].Gateway.Addresses = []string{"gateway.example"}
	graph := topology.New(in.Mesh)
	caller := newCaller(graph, "a", &Sample{Made: 20, Answers: Answers{By: map[string]int{"a": 5, "b": 4, "c": 6, "d": 5}},
		Hops: Reading[[]Hop]{Value: []Hop{{"10.0.0.1:5000", 5, WayDirect}, {"192.0.2.1:443", 5, WayGateway}, {"[2001:db8::1]:15443", 10, WayGateway}}}})
	for name, want := range map[string]string{
		"a": "5 of 20 calls, direct",
		"b": "4 of 20 calls, through [2001:db8::1]:15443, as c of the same network",
		"d": "5 of 20 calls, through 192.0.2.1:443, [2001:db8::1]:15443",
	} {
		if got := caller.describe(graph, name); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
}
