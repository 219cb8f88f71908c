package check

import (
	"slices"
	"strings"
	"testing"
	"time"

	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/cluster"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/topology"
)

// fault is one thing that is wrong in a healthy mesh, and all that is to be said of it.
type fault struct {
	change func(*Input)
	want   string
	// reason and remedy of the first line of want hold these words.
	reason, remedy string
}

func east(change func(*Observation)) func(*Input) {
	return func(in *Input) { change(in.Observed["east"]) }
}

func TestHealthy(t *testing.T) {
	results := slices.Concat(Run(*healthy()), Run(*healthyPeers()), Run(*withDump(t)), Run(*withHandshakes(t)), Run(*withRemote()))
	if got := open(results); got != "" {
		t.Errorf("not ok:\n%s", got)
	}
	for _, check := range All() {
		made := false
		for _, result := range results {
			made = made || result.ID == check.ID
		}
		if !made {
			t.Errorf("%s was not made", check.ID)
		}
	}
}

func runFaults(t *testing.T, faults map[string]fault) {
	t.Helper()
	for name, fault := range faults {
		t.Run(name, func(t *testing.T) {
			in := healthy()
			fault.change(in)
			results := Run(*in)
			if got := open(results); got != fault.want {
				t.Fatalf("not ok: got\n%s\nwant\n%s", got, fault.want)
			}
			if fault.want == "" {
				return
			}
			result := find(t, results, strings.Fields(fault.want)[0])
			if !strings.Contains(result.Reason, fault.reason) || !strings.Contains(result.Hint, fault.remedy) {
				t.Errorf("got reason %q, remedy %q; want %q, %q", result.Reason, result.Hint, fault.reason, fault.remedy)
			}
		})
	}
}

func TestMeshAndClusterFaults(t *testing.T) {
	runFaults(t, map[string]fault{
		"a finding": {func(in *Input) { in.Problems = []mesh.Problem{{Severity: mesh.SeverityError, Message: "M", Hint: "H"}} },
			"CHECK001 failed", "M", "H"},
		"a finding that warns": {func(in *Input) { in.Problems = []mesh.Problem{{Severity: mesh.SeverityWarning, Message: "M"}} },
			"CHECK001 warning", "M", ""},
		"a waived finding": {func(in *Input) { in.Problems = []mesh.Problem{{Severity: mesh.SeverityError, Waived: "why"}} }, "", "", ""},
		"no tree":          {func(in *Input) { in.Tree = nil }, "", "", ""},
		"sealed, and near its end": {func(in *Input) { in.Sealed[0].Life.End = in.Now.Add(48 * time.Hour) }, "CHECK030 warning",
			"sealed/east/remote-secret-west.yaml: its credential expires in 2 days", "kubectl mesh seal --cluster east"},
		"sealed, and over":      {func(in *Input) { in.Sealed[0].Life.End = in.Now.Add(-time.Hour) }, "CHECK030 warning", "its credential has expired at ", "kubectl mesh seal --cluster east"},
		"sealed without an end": {func(in *Input) { in.Sealed[0].Life.End = time.Time{} }, "", "", ""},
		"an old tree":           {func(in *Input) { in.Tree = &[]string{"changed deploy/a"} }, "CHECK002 failed", "changed deploy/a", "render --output-dir deploy"},

		"no context": {east(func(f *Observation) { *f = Observation{Unreachable: "no context", Remedy: "write it"} }),
			"CHECK003 unknown east\nCHECK012 unknown east west\nCHECK020 unknown west east", "no context", "write it"},
		"another cluster": {east(func(f *Observation) { *f = Observation{UID: "uid-x", Foreign: true} }),
			"CHECK003 failed east\nCHECK012 unknown east west\nCHECK020 unknown west east", "its UID is uid-x, but the UID of east is uid-east", "its uid from .kubectl-mesh/state.yaml"},
		"the same cluster": {func(in *Input) { in.Observed["west"].UID = "uid-east"; in.Mesh.Spec.Clusters[1].UID = "" },
			"CHECK003 failed east\nCHECK003 failed west\nCHECK017 failed east west", "the same cluster as west's", "set the right context"},
		"not verified":         {func(in *Input) { in.Mesh.Spec.Clusters[0].UID = "" }, "CHECK003 warning east", "not verified", "--apply --pin"},
		"proven by its server": {func(in *Input) { in.Mesh.Spec.Clusters[0].UID = ""; in.Observed["east"].Proven = true }, "", "", ""},

		"another cluster ID": {east(func(f *Observation) { f.Reported.Istio.ClusterID = "" }), "CHECK004 failed east", `has cluster ID "Kubernetes"`, "clusterName=east"},
		"no control plane": {east(func(f *Observation) {
			f.Reported.Istio = cluster.Istio{}
			f.Notes = []cluster.Note{{What: "Istio", Why: "there is no Deployment"}}
		}), "CHECK004 unknown east", "there is no Deployment", ""},
		"a served cluster": {func(in *Input) {
			in.Mesh.Spec.Clusters[0].ControlPlane = "west"
			in.Observed["east"].Reported.Istio, in.Observed["east"].Served.Value = cluster.Istio{}, servedBy("west", "east")
		}, "", "", ""},
		"another network": {east(func(f *Observation) { f.Reported.Network = "x" }), "CHECK005 failed east", `has network "x"`, "--apply --cluster east --force-conflicts"},
		"an undeclared network": {func(in *Input) { in.Mesh.Spec.Clusters[0].Network = "" }, "CHECK005 failed east\nCHECK022 failed west east",
			`"net-east", but mesh.yaml sets ""`, "topology.istio.io/network-"},
		"no namespace": {east(func(f *Observation) {
			f.Reported.Network = ""
			f.Notes = []cluster.Note{{What: "Istio", Why: "no namespace istio-system"}}
		}), "CHECK005 unknown east", "no namespace", "--apply --cluster east"},
	})
}

// edited changes east's Gateway, which otherwise matches the rendered one.
func edited(change func(*cluster.EastWest)) func(*Input) {
	return func(in *Input) {
		in.Mesh.Spec.Clusters[0].Gateway.Namespace = "istio-system"
		mode := gatewayv1.TLSModePassthrough
		gateway := cluster.EastWest{Namespace: "istio-system", Name: "istio-eastwestgateway", Network: "net-east", Programmed: true,
			Listeners: []gatewayv1.Listener{{Port: 15443, Protocol: gatewayv1.TLSProtocolType, TLS: &gatewayv1.ListenerTLSConfig{Mode: &mode}}}}
		change(&gateway)
		in.Observed["east"].EastWest.Value = []cluster.EastWest{gateway}
	}
}

func TestGatewayFaults(t *testing.T) {
	runFaults(t, map[string]fault{
		"no Gateway API": {east(func(f *Observation) { f.GatewayAPI.Value = cluster.GatewayAPI{} }), "CHECK006 failed east", "CRDs are not installed", "install"},
		"an old one": {east(func(f *Observation) { f.GatewayAPI.Value = cluster.GatewayAPI{Installed: true, Version: "v0.8.1"} }),
			"CHECK006 failed east", `"v0.8.1"`, "install"},
		"a newer one than istiod takes": {east(func(f *Observation) {
			f.GatewayAPI.Value.Version, f.Reported.Istio.Version = "v1.5.1", "1.29.1"
		}), "CHECK006 failed east", "istiod does not become ready with Gateway API v1.5.0 or later (istio/istio issue 59443)", "upgrade Istio to 1.29.2 or later"},
		"one that may not be read": {east(func(f *Observation) { f.GatewayAPI = Reading[cluster.GatewayAPI]{Why: "forbidden"} }), "CHECK006 unknown east", "forbidden", ""},
		"none is needed": {func(in *Input) {
			in.Mesh.Spec.Clusters[0].Gateway.API = v1alpha1.GatewayAPIIstio
			in.Observed["east"].GatewayAPI.Value = cluster.GatewayAPI{}
		}, "", "", ""},
		"one that was never applied": {east(func(f *Observation) { f.EastWest.Value = nil }), "CHECK007 failed east", "is missing", "kubectl mesh render --apply --cluster east --force-conflicts"},
		"one for another network": {edited(func(g *cluster.EastWest) { g.Network = "net-old" }), "CHECK007 failed east",
			`Gateway istio-system/istio-eastwestgateway is for network "net-old", but mesh.yaml sets "net-east"`, "kubectl mesh render --apply --cluster east --force-conflicts"},
		"one for another revision": {edited(func(g *cluster.EastWest) { g.Revision = "old" }), "CHECK007 failed east",
			`is for revision "old", but mesh.yaml sets none`, "kubectl --context=east -n istio-system label gateway istio-eastwestgateway istio.io/rev-"},
		"one for the default revision": {edited(func(g *cluster.EastWest) { g.Revision = "default" }), "", "", ""},
		"one of the wrong revision": {func(in *Input) {
			edited(func(g *cluster.EastWest) { g.Revision = "old" })(in)
			in.Mesh.Spec.Clusters[0].Istio.Revision = "new"
		},
			"CHECK007 failed east", `is for revision "old", but mesh.yaml sets "new"`, "--force-conflicts"},
		"one with another port": {edited(func(g *cluster.EastWest) { g.Listeners[0].Port = 15444 }), "CHECK007 failed east",
			"Gateway istio-system/istio-eastwestgateway has no listener for port 15443, protocol TLS, mode Passthrough", "--force-conflicts"},
		"one that ends TLS": {edited(func(g *cluster.EastWest) { *g.Listeners[0].TLS.Mode = gatewayv1.TLSModeTerminate }), "CHECK007 failed east",
			"has no listener for port 15443", "--force-conflicts"},
		"one without TLS":       {edited(func(g *cluster.EastWest) { g.Listeners[0].TLS = nil }), "CHECK007 failed east", "has no listener for port 15443", "--force-conflicts"},
		"one of another's name": {edited(func(g *cluster.EastWest) { g.Name, g.Network = "mine", "net-old" }), "", "", ""},
		"not programmed": {east(func(f *Observation) {
			f.EastWest.Value[0] = cluster.EastWest{Namespace: "n", Name: "g", Why: "Pending: no address"}
		}),
			"CHECK007 failed east", "Gateway n/g is not programmed: Pending: no address", "-n n describe gateway g"},
		"gateways unseen": {east(func(f *Observation) { f.EastWest = Reading[[]cluster.EastWest]{Why: "forbidden"} }), "CHECK007 unknown east", "forbidden", ""},
		"another address": {east(func(f *Observation) { f.Reported.GatewayAddresses = []string{"192.0.2.1"} }), "CHECK008 failed east", "at 198.51.100.7, but it is at 192.0.2.1", "collect"},
		"no address":      {east(func(f *Observation) { f.Reported.GatewayAddresses = nil }), "CHECK008 failed east", "no address", "get services,gateways"},
		"another network in the label of the namespace": {east(func(f *Observation) { f.Reported.Network, f.Reported.GatewayAddresses = "net-old", nil }),
			"CHECK005 failed east\nCHECK008 unknown east", `namespace istio-system has network "net-old"`, "--force-conflicts"},
		"a node port": {func(in *Input) {
			in.Mesh.Spec.Clusters[0].Gateway.Service = v1alpha1.ServiceNodePort
			in.Observed["east"].Reported.GatewayAddresses = nil
		}, "", "", ""},
		"istiod knows one of no network": {east(func(f *Observation) { f.Istiod.Gateways.Value = nil }), "CHECK022 failed east west", `"net-west", so it sends pod IPs of west, and calls to them time out`, "--context=west"},
		"istiod says nothing of networks": {east(func(f *Observation) { f.Istiod.Gateways = Reading[[]NetworkGateway]{Why: "404"} }),
			"CHECK022 unknown east west", "404", ""},
	})
}

// healthyPeers is the healthy mesh with discovery peering.
func healthyPeers() *Input {
	in := healthy()
	in.Mesh.Spec.Discovery = v1alpha1.DiscoveryPeering
	in.Graph = topology.New(in.Mesh)
	for name, peer := range map[string]string{"east": "west", "west": "east"} {
		in.Observed[name].Secrets.Value, in.Observed[name].Istiod = nil, Istiod{}
		in.Observed[name].Peers.Value = []cluster.Peer{{Namespace: "istio-eastwest", Name: "istio-remote-peer-" + peer, Cluster: peer,
			Addresses: []string{"198.51.100.7"}, Conditions: map[string]string{"Accepted": "", "Programmed": "", "gloo.solo.io/PeerConnected": "",
				"gloo.solo.io/PeeringSucceeded": "", "gloo.solo.io/PeerDataPlaneProgrammed": ""}}}
	}
	return in
}

func TestPeerFaults(t *testing.T) {
	live := func(change func(*cluster.Peer)) func(*Observation) {
		return func(f *Observation) { change(&f.Peers.Value[0]) }
	}
	for name, test := range map[string]struct {
		change               func(*Observation)
		want, reason, remedy string
	}{
		"not connected": {live(func(p *cluster.Peer) { p.Conditions["gloo.solo.io/PeerConnected"] = "Timeout: no answer" }), "failed",
			"west is not connected: gloo.solo.io/PeerConnected: Timeout: no answer", "kubectl --context=east -n istio-eastwest describe gateway istio-remote-peer-west"},
		"never judged": {live(func(p *cluster.Peer) { delete(p.Conditions, "gloo.solo.io/PeeringSucceeded") }), "failed",
			"its control plane reports no status of gloo.solo.io/PeeringSucceeded on Gateway istio-eastwest/istio-remote-peer-west", "describe gateway"},
		"another address": {live(func(p *cluster.Peer) { p.Addresses = []string{"192.0.2.9"} }), "failed",
			"it connects to west at 192.0.2.9, but mesh.yaml sets 198.51.100.7", "kubectl mesh render --apply"},
		"none": {func(f *Observation) { f.Peers.Value = nil }, "failed", "peer Gateway istio-remote-peer-west is missing", "kubectl mesh render --apply"},
		"two": {func(f *Observation) {
			f.Peers.Value = append(f.Peers.Value, cluster.Peer{Namespace: "n", Name: "manual", Cluster: "west"})
		}, "failed", "Gateway n/manual also names west", "kubectl --context=east -n n delete gateway manual"},
		"unseen": {func(f *Observation) { f.Peers = Reading[[]cluster.Peer]{Why: "forbidden"} }, "unknown", "forbidden", ""},
	} {
		t.Run(name, func(t *testing.T) {
			in := healthyPeers()
			test.change(in.Observed["east"])
			results := Run(*in)
			if got := open(results); got != "CHECK029 "+test.want+" east" {
				t.Fatalf("not ok: %s", got)
			}
			result := find(t, results, "CHECK029")
			if !strings.Contains(result.Reason, test.reason) || !strings.Contains(result.Hint, test.remedy) {
				t.Errorf("got reason %q, remedy %q", result.Reason, result.Hint)
			}
		})
	}
}

func TestSecretFaults(t *testing.T) {
	add := func(secret Secret) func(*Input) {
		return east(func(f *Observation) { f.Secrets.Value = append(f.Secrets.Value, secret) })
	}
	first := func(change func(*Secret)) func(*Input) {
		return east(func(f *Observation) { change(&f.Secrets.Value[0]) })
	}
	runFaults(t, map[string]fault{
		"a stranger": {add(Secret{Name: "x", Remotes: []RemoteKubeconfig{{ClusterID: "old"}}}), "CHECK009 warning east", "Secret istio-system/x (clusters old) does not belong to this mesh",
			"kubectl --context=east -n istio-system delete secret x"},
		"a stranger with a command for a name": {add(Secret{Name: "x;touch pwned", Remotes: []RemoteKubeconfig{{ClusterID: "old"}}}), "CHECK009 warning east", "",
			"kubectl --context=east -n istio-system delete secret 'x;touch pwned'"},
		"Google's":     {add(Secret{Name: "x", Google: true}), "CHECK009 warning east", "Google's managed mesh", "delete"},
		"a stale one":  {add(Secret{Name: "x", Ours: true, Remotes: []RemoteKubeconfig{{ClusterID: "gone"}}}), "CHECK010 failed east", "for cluster gone", "--apply --cluster east --prune"},
		"a second one": {add(Secret{Name: "x", Remotes: []RemoteKubeconfig{{ClusterID: "west"}}}), "CHECK009 warning east\nCHECK011 failed east", "", ""},
		"a copy with its labels": {add(Secret{Name: "copy", Ours: true, Remotes: []RemoteKubeconfig{{ClusterID: "west"}}}), "CHECK011 failed east",
			"cluster west is in the Secrets istio-remote-secret-west, copy: istiod ignores all but one",
			"keep istio-remote-secret-west, and delete what is not needed: kubectl --context=east -n istio-system delete secret copy"},
		"an additional key": {first(func(s *Secret) { s.Remotes = append(s.Remotes, RemoteKubeconfig{ClusterID: "wst"}) }), "CHECK010 failed east",
			"Secret istio-system/istio-remote-secret-west has an additional key, wst: east's control plane reads no such cluster",
			`kubectl --context=east -n istio-system patch secret istio-remote-secret-west --type=json --patch='[{"op":"remove","path":"/data/wst"}]'`},
		"made by a secret store": {func(in *Input) {
			in.Observed["east"].Secrets.Value[0].Ours = false
			in.Mesh.Spec.Clusters[1].Reader.Auth = v1alpha1.ReaderAuthExternal
		}, "", "", ""},
		"none":     {east(func(f *Observation) { f.Secrets.Value = nil }), "CHECK012 failed east west", "has the key west", "kubectl mesh render --apply"},
		"not ours": {first(func(s *Secret) { s.Ours = false }), "CHECK009 warning east\nCHECK012 failed east west", "", ""},
		"unseen":   {east(func(f *Observation) { f.Secrets = Reading[[]Secret]{Why: "forbidden"} }), "CHECK009 unknown east\nCHECK012 unknown east west", "forbidden", ""},
		"none, of another ID": {func(in *Input) {
			east(func(f *Observation) { f.Secrets.Value = nil })(in)
			in.Mesh.Spec.Clusters[1].ClusterID, in.Observed["west"].Reported.Istio.ClusterID = "prod-west", "prod-west"
		}, "CHECK012 failed east west", "no Secret in namespace istio-system has the key prod-west", ""},
		"refused": {first(func(s *Secret) { s.Remotes[0].Refused = "it runs a program" }), "CHECK013 failed east west", "it runs a program", "--force-conflicts"},
		"another server": {func(in *Input) {
			in.Observed["east"].Secrets.Value[0].Remotes[0].Differs = []string{"server"}
			delete(in.Observed["east"].Access, "west")
		}, "CHECK014 failed east west\nCHECK015 unknown east west", "differs from mesh.yaml in: server", "--force-conflicts"},
		"near its end": {first(func(s *Secret) {
			s.Remotes[0].Life = Validity{now().Add(-80 * 24 * time.Hour), now().Add(10 * 24 * time.Hour)}
		}),
			"CHECK018 warning east west", "expires in 10 days, at 2026-06-11T12:00:00Z", "collect --token=request"},
		"a certificate near its end": {func(in *Input) {
			in.Mesh.Spec.Clusters[1].Reader.Auth = v1alpha1.ReaderAuthClientCertificate
			in.Observed["east"].Secrets.Value[0].Remotes[0].Life = Validity{now().Add(-80 * 24 * time.Hour), now().Add(10 * 24 * time.Hour)}
			in.Observed["east"].Secrets.Value[0].Remotes[0].Credential = "mesh:east"
		}, "CHECK018 warning east west", "expires in 10 days, at 2026-06-11T12:00:00Z", "credentials rotate --link east:west"},
		"the old generation": {func(in *Input) { in.Mesh.Spec.Clusters[1].ReaderGenerations = map[string][]int32{"east": {1, 2}} }, "CHECK031 warning east west",
			"it belongs to mesh-reader-east-token-1, and generation 2 belongs to mesh-reader-east-token-2", "kubectl mesh render --apply"},
		"a certificate of the old generation": {func(in *Input) {
			in.Mesh.Spec.Clusters[1].Reader.Auth = v1alpha1.ReaderAuthClientCertificate
			in.Mesh.Spec.Clusters[1].ReaderGenerations = map[string][]int32{"east": {1, 2}}
			in.Observed["east"].Secrets.Value[0].Remotes[0].Credential = "mesh:east"
		}, "CHECK031 warning east west", "it belongs to mesh:east, and generation 2 belongs to mesh:east:2", "kubectl mesh render --apply"},
		"a token that tells nothing": {first(func(s *Secret) { s.Remotes[0].Credential = "" }), "", "", ""},
		"a copy in an annotation": {east(func(f *Observation) { f.Copies.Value = []string{"cacerts", "istio-remote-secret-west"} }), "CHECK042 warning east",
			"last-applied-configuration contains the credential of Secret cacerts, istio-remote-secret-west in namespace istio-system",
			"kubectl --context=east -n istio-system annotate secret cacerts istio-remote-secret-west kubectl.kubernetes.io/last-applied-configuration-"},
		"copies unseen": {east(func(f *Observation) { f.Copies.Why = "forbidden" }), "CHECK042 unknown east", "forbidden", ""},
		"far from it":   {first(func(s *Secret) { s.Remotes[0].Life = Validity{now(), now().Add(90 * 24 * time.Hour)} }), "", "", ""},
	})
}

func TestAccessFaults(t *testing.T) {
	change := func(do func(*cluster.Access)) func(*Input) { return func(in *Input) { granted(in, do) } }
	ends := func(v cluster.Verdict) func(*Input) {
		return change(func(a *cluster.Access) { *a = cluster.Access{Verdict: v, Why: "because"} })
	}
	runFaults(t, map[string]fault{
		"unreachable": {ends(cluster.VerdictUnreachable), "CHECK015 unknown east west", "https://west.example does not respond here: because", ""},
		"untrusted":   {ends(cluster.VerdictUntrusted), "CHECK015 failed east west", "because", "certificateAuthority of west"},
		"misnamed": {change(func(a *cluster.Access) {
			*a = cluster.Access{Verdict: cluster.VerdictUntrusted, Why: "because",
				Fault: cluster.CertificateFault{Kind: cluster.FaultName, Names: []string{"*.west", "api.west", "10.0.0.1"}}}
		}), "CHECK015 failed east west", "the certificate of https://west.example is for another name: because",
			"if that is the cluster, set api.tlsServerName: api.west of west, or an address in the certificate: *.west, api.west, 10.0.0.1"},
		"expired": {change(func(a *cluster.Access) {
			*a = cluster.Access{Verdict: cluster.VerdictUntrusted, Why: "because", Fault: cluster.CertificateFault{Kind: cluster.FaultExpired, Date: "2026-01-02"}}
		}), "CHECK015 failed east west", "the certificate of https://west.example cannot be verified: because", "renew the server's certificate, which expired on 2026-01-02"},
		"odd":       {ends(cluster.VerdictOdd), "CHECK015 failed east west", "because", "api.server of west"},
		"rejected":  {ends(cluster.VerdictRejected), "CHECK016 failed east west", "west rejects the credential: because", "kubectl mesh render --apply"},
		"elsewhere": {change(func(a *cluster.Access) { a.UID = "uid-x" }), "CHECK017 failed east west", "UID uid-x, but the UID of west is uid-west", "api.server"},
		"a right is missing": {change(func(a *cluster.Access) { a.Missing = []cluster.Permission{{Verb: "list", Group: "g", Resource: "r"}} }),
			"CHECK019 failed east west", "reader has no permission in west for: list r.g", "kubectl mesh render --apply --cluster west --force-conflicts"},
		"rights unasked": {change(func(a *cluster.Access) { a.Unasked = "timeout" }), "CHECK019 unknown east west", "timeout", ""},
	})
}

func TestIstiodFaults(t *testing.T) {
	says := func(status string) func(*Input) {
		return east(func(f *Observation) { f.Istiod.Clusters.Value[1].SyncStatus = status })
	}
	runFaults(t, map[string]fault{
		"other roots": {east(func(f *Observation) { f.Reported.RootSHA256 = []string{"bbbb"} }), "CHECK020 failed east west\nCHECK020 failed west east",
			"east has sha256:bbbb, west has sha256:aaaa", "kubectl mesh render --apply && kubectl --context=west -n istio-system rollout restart deployment/istiod"},
		"a rotation": {east(func(f *Observation) { f.Reported.RootSHA256 = []string{"aaaa", "bbbb"} }), "", "", ""},
		"no roots":   {east(func(f *Observation) { f.Reported.RootSHA256 = nil }), "CHECK020 unknown east west\nCHECK020 unknown west east", "the roots of east are unknown", ""},
		"timeout":    {says("timeout"), "CHECK021 failed east west", `istiod reports "timeout"`, "logs -l app=istiod"},
		"syncing":    {says("syncing"), "CHECK021 warning east west", "still syncing", "in a minute"},
		"missing":    {east(func(f *Observation) { f.Istiod.Clusters.Value = nil }), "CHECK021 failed east west", "does not know the peer", "logs"},
		"not asked":  {east(func(f *Observation) { f.Istiod.Clusters = Reading[[]SyncState]{Why: "no pod"} }), "CHECK021 unknown east west", "no pod", "--istiod-debug east="},
	})
}
