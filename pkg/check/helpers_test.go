package check

import (
	"strings"
	"testing"
	"time"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/cluster"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/endpoints"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/topology"
)

// now is when every test runs.
func now() time.Time { return time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC) }

// healthy is a mesh of east and west, on two networks, of which nothing is to be said.
func healthy() *Input {
	mesh := &v1alpha1.Mesh{}
	for _, name := range []string{"east", "west"} {
		declared := v1alpha1.Cluster{Name: name}
		declared.UID, declared.Network, declared.ControlPlane = "uid-"+name, "net-"+name, name
		declared.Istio = v1alpha1.Istio{Namespace: "istio-system", DataPlane: v1alpha1.DataPlaneSidecar}
		declared.Reader.Auth = v1alpha1.ReaderAuthToken
		declared.API.Server = "https://" + name + ".example"
		declared.Gateway = &v1alpha1.Gateway{Addresses: []string{"198.51.100.7"}, Service: v1alpha1.ServiceLoadBalancer}
		mesh.Spec.Clusters = append(mesh.Spec.Clusters, declared)
	}
	mesh.Spec.Discovery = v1alpha1.DiscoveryRemoteSecret
	return &Input{Mesh: mesh, Graph: topology.New(mesh), Now: now(), Tree: &[]string{},
		Sealed:   []Sealed{{Cluster: "east", File: "sealed/east/remote-secret-west.yaml", Life: Validity{End: now().Add(90 * 24 * time.Hour)}}},
		Observed: map[string]*Observation{"east": healthyFacts("east", "west"), "west": healthyFacts("west", "east")},
		Commands: Commands{Apply: "kubectl mesh render --apply",
			Sample: "kubectl mesh render --with-sample --apply", Check: "kubectl mesh check", Render: "kubectl mesh render --output-dir deploy", Trust: "kubectl mesh ca trust -",
			Kubectl: func(name string) string { return "kubectl --context=" + name }}}
}

func healthyFacts(name, peer string) *Observation {
	return &Observation{
		UID:          "uid-" + name,
		Certificates: Reading[cluster.Certificates]{Value: cluster.Certificates{SecretRootSHA256: []string{"aaaa"}, RootSHA256: []string{"aaaa"}}},
		Reported: cluster.Facts{Network: "net-" + name, RootSHA256: []string{"aaaa"}, GatewayAddresses: []string{"198.51.100.7"},
			Istio: cluster.Istio{Found: true, ClusterID: name}},
		Secrets:    Reading[[]Secret]{Value: []Secret{{Name: "istio-remote-secret-" + peer, Ours: true, Remotes: []RemoteKubeconfig{{ClusterID: peer, Credential: "mesh-reader-" + name + "-token-1"}}}}},
		Access:     map[string]cluster.Access{peer: {Verdict: cluster.VerdictAccepted, UID: "uid-" + peer, User: "reader"}},
		EastWest:   Reading[[]cluster.EastWest]{Value: []cluster.EastWest{{Namespace: "istio-system", Name: "eastwest", Programmed: true}}},
		GatewayAPI: Reading[cluster.GatewayAPI]{Value: cluster.GatewayAPI{Installed: true, V1: true, Version: "v1.6.3"}},
		Istiod: Istiod{
			Clusters: Reading[[]SyncState]{Value: []SyncState{{ID: name}, {ID: peer, SyncStatus: "synced"}}},
			Gateways: Reading[[]NetworkGateway]{Value: []NetworkGateway{{Network: "net-" + peer, Addr: "198.51.100.7"}}},
			Pods:     []IstiodPod{knowing("istiod-1", peer, 3), knowing("istiod-2", peer, 3)},
		},
		Sample: healthySample(name, peer),
	}
}

// knowing is a pod of istiod that has synced a peer, and knows endpoints of its service.
func knowing(name, peer string, count int) IstiodPod {
	return IstiodPod{Name: name, Status: Reading[map[string]string]{Value: map[string]string{peer: endpoints.StatusSynced}},
		Endpoints: Reading[endpoints.Known]{Value: endpoints.Known{peer: {"shop/a.shop": count}}}}
}

// healthySample is of a cluster and a peer in another network.
func healthySample(name, peer string) *Sample {
	running := func(pod string) cluster.Workload { return cluster.Workload{Pods: []cluster.Pod{{Name: pod}}} }
	return &Sample{Client: running("curl-1"), Server: running("helloworld-1"), Pod: "curl-1", Sidecar: true, Made: 20,
		Answers: Answers{By: map[string]int{name: 12, peer: 8}},
		Hops:    Reading[[]Hop]{Value: []Hop{{"10.0.0.1:5000", 12, WayDirect}, {"198.51.100.7:15443", 8, WayGateway}}}}
}

// granted changes what the credential of east is good for in west.
func granted(in *Input, change func(*cluster.Access)) {
	a := in.Observed["east"].Access["west"]
	change(&a)
	in.Observed["east"].Access["west"] = a
}

// open are the results that are not ok, each as: CHECK016 failed east west.
func open(results []Result) string {
	var lines []string
	for _, r := range results {
		if r.Status != StatusOK {
			lines = append(lines, strings.Join(strings.Fields(r.ID+" "+string(r.Status)+" "+r.Cluster+" "+r.Peer), " "))
		}
	}
	return strings.Join(lines, "\n")
}

func find(t *testing.T, results []Result, id string) Result {
	t.Helper()
	for _, result := range results {
		if result.ID == id && result.Status != StatusOK {
			return result
		}
	}
	t.Fatalf("%s has found nothing", id)
	return Result{}
}
