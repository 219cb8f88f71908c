package check

import (
	"strings"
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/cluster"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/topology"
)

// withRemote is a mesh in which east serves west, as its control plane finds it when all is well.
func withRemote() *Input {
	in := healthy()
	for i := range in.Mesh.Spec.Clusters {
		in.Mesh.Spec.Clusters[i].ControlPlane = "east"
	}
	in.Graph = topology.New(in.Mesh)
	east, west := in.Observed["east"], in.Observed["west"]
	east.Routes.Value = []cluster.TLSRoute{istiodRoute("tls-istiod", "istiod:15012"), istiodRoute("tls-istiodwebhook", "istiod:443")}
	west.Reported.Istio, west.Secrets.Value = cluster.Istio{}, nil
	west.Served.Value = servedBy("east", "west")
	return in
}

func istiodRoute(name, backend string) cluster.TLSRoute {
	hosts := []string{"istiod.istio-system.svc", "istiod.istio-system.svc.cluster.local"}
	return cluster.TLSRoute{Name: name, Hosts: hosts, Backends: []string{backend}}
}

// servedBy is how a cluster finds the control plane of another one, when all is well.
func servedBy(primary, name string) cluster.Served {
	return cluster.Served{Found: true, Addresses: []string{"198.51.100.7"}, ControlPlanes: []string{primary}, Ports: map[int32]int32{15012: 15012, 443: 15017},
		Webhooks: []cluster.Webhook{{Configuration: "istio-sidecar-injector", Name: "rev.namespace.sidecar-injector.istio.io", Service: "istio-system/istiod", Port: 443,
			Path: "/inject/cluster/" + name + "/net/net-" + name, RootSHA256: []string{"aaaa"}}}}
}

// TestRemoteFaults: what breaks a cluster without a control plane is seen, and said.
func TestRemoteFaults(t *testing.T) {
	served := func(change func(*cluster.Served)) func(*Input) {
		return func(in *Input) { change(&in.Observed["west"].Served.Value) }
	}
	webhook := func(change func(*cluster.Webhook)) func(*Input) {
		return served(func(s *cluster.Served) { change(&s.Webhooks[0]) })
	}
	gateway := func(address string) func(*Input) {
		return func(in *Input) {
			east, _ := in.Graph.Cluster("east")
			east.Gateway = &v1alpha1.Gateway{Addresses: []string{address}, Service: v1alpha1.ServiceNodePort}
		}
	}
	const chart = "kubectl mesh render --output-dir deploy && helm upgrade --install istiod istio/istiod --namespace istio-system --values deploy/helm/west/istiod.yaml --wait"
	const about = "webhook rev.namespace.sidecar-injector.istio.io of istio-sidecar-injector "
	for name, fault := range map[string]fault{
		"nothing": {func(*Input) {}, "", "", ""},
		"could not be seen": {func(in *Input) { in.Observed["west"].Served = Reading[cluster.Served]{Why: "forbidden"} },
			"CHECK048 unknown west\nCHECK049 unknown west\nCHECK050 unknown west", "forbidden", ""},
		"no Service":       {served(func(s *cluster.Served) { s.Found = false }), "CHECK048 failed west", "Service istio-system/istiod is missing", chart},
		"no EndpointSlice": {served(func(s *cluster.Served) { s.Addresses = nil }), "CHECK048 failed west", "has no address", chart},
		"another address":  {served(func(s *cluster.Served) { s.Addresses = []string{"203.0.113.9"} }), "CHECK048 failed west", "Service istio-system/istiod points at 203.0.113.9, but the gateway of east is at 198.51.100.7", chart},
		"one more address": {served(func(s *cluster.Served) { s.Addresses = append(s.Addresses, "203.0.113.9") }), "CHECK048 failed west", "points at 198.51.100.7, 203.0.113.9", chart},
		"another port": {served(func(s *cluster.Served) { s.Ports[15012] = 15010 }), "CHECK048 failed west",
			"Service istio-system/istiod forwards port 15012 to port 15010 of the gateway, not to 15012", chart},
		"no port of the webhook": {served(func(s *cluster.Served) { delete(s.Ports, 443) }), "CHECK048 failed west",
			"Service istio-system/istiod does not forward port 443 to port 15017 of the gateway", chart},
		"another host name": {served(func(s *cluster.Served) { s.ExternalName, s.Addresses = "old.example", nil }), "CHECK048 failed west", "points at old.example", chart},
		"a host name": {func(in *Input) {
			served(func(s *cluster.Served) { s.ExternalName, s.Addresses, s.Ports = "east.example", nil, nil })(in)
			gateway("east.example")(in)
			in.Observed["east"].Routes.Value = append(in.Observed["east"].Routes.Value, istiodRoute("tls-istiodwebhook-https", "istiod:443"))
		}, "", "", ""},
		"another spelling": {func(in *Input) {
			served(func(s *cluster.Served) { s.Addresses = []string{"2001:db8:0:0::1"} })(in)
			gateway("2001:db8::1")(in)
		}, "", "", ""},
		"no address of the gateway": {func(in *Input) {
			east, _ := in.Graph.Cluster("east")
			east.Gateway = nil
		}, "CHECK048 unknown west", "the address of east's east-west gateway is unknown", "collect --cluster east"},

		"no webhook":      {served(func(s *cluster.Served) { s.Webhooks = nil }), "CHECK049 failed west", "no MutatingWebhookConfiguration injects sidecars for revision default", chart},
		"another path":    {webhook(func(w *cluster.Webhook) { w.Path = "/inject" }), "CHECK049 failed west", about + "calls path /inject, not /inject/cluster/west/net/net-west", chart},
		"another service": {webhook(func(w *cluster.Webhook) { w.Service = "old/istiod" }), "CHECK049 failed west", about + "calls Service old/istiod, not istio-system/istiod", chart},
		"another port of the service": {webhook(func(w *cluster.Webhook) { w.Port = 8443 }), "CHECK049 failed west",
			about + "calls port 8443 of Service istio-system/istiod, not 443", chart},
		"an own URL":        {webhook(func(w *cluster.Webhook) { w.URL, w.Service, w.Path = "https://istiod.example/inject", "", "" }), "", "", ""},
		"an empty bundle":   {webhook(func(w *cluster.Webhook) { w.RootSHA256 = nil }), "CHECK049 failed west", about + "has no root in caBundle", "render --apply --cluster west && kubectl --context=east -n istio-system rollout restart deployment/istiod"},
		"another root":      {webhook(func(w *cluster.Webhook) { w.RootSHA256 = []string{"bbbb"} }), "CHECK049 failed west", about + "has root sha256:bbbb in caBundle, but east has sha256:aaaa", "rollout restart"},
		"both of two roots": {webhook(func(w *cluster.Webhook) { w.RootSHA256 = []string{"aaaa", "bbbb"} }), "", "", ""},

		"no annotation":      {served(func(s *cluster.Served) { s.ControlPlanes = nil }), "CHECK050 failed west", "namespace istio-system does not have the annotation", "render --apply --cluster west --force-conflicts"},
		"another annotation": {served(func(s *cluster.Served) { s.ControlPlanes = []string{"north"} }), "CHECK050 failed west", "lists the control planes of north, but east serves it", "--force-conflicts"},
		"any control plane":  {served(func(s *cluster.Served) { s.ControlPlanes = []string{"*"} }), "", "", ""},

		"no route": {func(in *Input) { in.Observed["east"].Routes.Value = in.Observed["east"].Routes.Value[:1] }, "CHECK051 failed east",
			"TLSRoute istio-system/tls-istiodwebhook is missing", "render --apply --cluster east --force-conflicts"},
		"a route of other hosts": {func(in *Input) { in.Observed["east"].Routes.Value[0].Hosts = []string{"istiod.istio-system.svc"} }, "CHECK051 failed east",
			"TLSRoute istio-system/tls-istiod does not route host istiod.istio-system.svc.cluster.local, with which proxies call istiod", "render --apply --cluster east --force-conflicts"},
		"a route to another port": {func(in *Input) { in.Observed["east"].Routes.Value[0].Backends = []string{"istiod:15014"} }, "CHECK051 failed east",
			"TLSRoute istio-system/tls-istiod routes to istiod:15014, not to istiod:15012", "render --apply --cluster east --force-conflicts"},
		"a route to nothing": {func(in *Input) { in.Observed["east"].Routes.Value[1].Backends = nil }, "CHECK051 failed east",
			"TLSRoute istio-system/tls-istiodwebhook routes to no Service, not to istiod:443", "--force-conflicts"},
		"a route that is not attached": {func(in *Input) { in.Observed["east"].Routes.Value[0].Why = "NotAllowedByListeners: hostnames" }, "CHECK051 failed east",
			"TLSRoute istio-system/tls-istiod is not attached: NotAllowedByListeners: hostnames", "kubectl mesh render --apply --cluster east --force-conflicts && kubectl --context=east -n istio-system describe tlsroute tls-istiod"},
		"routes could not be seen": {func(in *Input) { in.Observed["east"].Routes = Reading[[]cluster.TLSRoute]{Why: "forbidden"} }, "CHECK051 unknown east", "forbidden", ""},
	} {
		t.Run(name, func(t *testing.T) {
			in := withRemote()
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

// TestLeadingRights: a control plane is asked for what it needs at a cluster that it serves, and for no more elsewhere.
func TestLeadingRights(t *testing.T) {
	in := withRemote()
	east, _ := in.Graph.Cluster("east")
	west, _ := in.Graph.Cluster("west")
	permissions := func() string {
		var asked []string
		for _, right := range (Target{Cluster: east, Reads: []*v1alpha1.Cluster{west}}).permissions("west") {
			asked = append(asked, right.String())
		}
		return strings.Join(asked, "\n")
	}
	const leading = "patch mutatingwebhookconfigurations.admissionregistration.k8s.io"
	const named = "update configmaps/istio-ca-root-cert"
	if got := permissions(); !strings.Contains(got, leading) || !strings.Contains(got, named) || !strings.Contains(got, "list secrets") {
		t.Errorf("served: got\n%s", got)
	}
	west.Reader.ServiceAccount = v1alpha1.IstioReaderAccount
	if got := permissions(); strings.Contains(got, leading) {
		t.Errorf("with the account of the charts: got\n%s", got)
	}
	west.Reader.ServiceAccount, west.ControlPlane = "", "west"
	if got := permissions(); strings.Contains(got, leading) {
		t.Errorf("with a control plane of its own: got\n%s", got)
	}
}
