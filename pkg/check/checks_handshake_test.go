package check

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"math/big"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/cluster"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/handshake"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/topology"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/trust"
)

// helloworld is what the gateways are asked for.
func helloworld() handshake.Service {
	return handshake.Service{Namespace: "sample", Name: "helloworld", Port: 5000}
}

// shown is a chain that a workload shows: its own certificate, the intermediate, the root.
func shown(t *testing.T, change func(workload *x509.Certificate)) []*x509.Certificate {
	t.Helper()
	var chain []*x509.Certificate
	var signer *ecdsa.PrivateKey
	for i, name := range []string{"root", "west", ""} {
		key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		template := &x509.Certificate{SerialNumber: big.NewInt(int64(i) + 1), Subject: pkix.Name{CommonName: name}, NotBefore: now().Add(-time.Hour),
			NotAfter: now().Add(time.Hour), IsCA: name != "", BasicConstraintsValid: name != ""}
		if name == "" {
			template.URIs = []*url.URL{{Scheme: "spiffe", Host: "cluster.local", Path: "/ns/sample/sa/helloworld"}}
			template.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
			change(template)
		}
		parent := template
		if signer == nil {
			signer = key
		} else {
			parent = chain[0]
		}
		text, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, signer)
		if err != nil {
			t.Fatal(err)
		}
		certificate, err := x509.ParseCertificate(text)
		if err != nil {
			t.Fatal(err)
		}
		chain, signer = append([]*x509.Certificate{certificate}, chain...), key
	}
	return chain
}

func unchanged(*x509.Certificate) {}

// withHandshakes is a healthy mesh, and what its gateways showed. Nothing but west's is looked at.
func withHandshakes(t *testing.T) *Input {
	t.Helper()
	in, chain := healthy(), shown(t, unchanged)
	root := trust.Fingerprint(chain[2])
	for _, facts := range in.Observed {
		facts.Reported.RootSHA256 = []string{root}
	}
	for _, name := range in.Graph.Names() {
		declared, _ := in.Graph.Cluster(name)
		declared.TrustDomain = "cluster.local"
	}
	in.Graph = topology.New(in.Mesh)
	in.Roots = chain[2:]
	in.Handshakes = &Handshakes{Service: helloworld(), Signers: map[string]string{"west": trust.Fingerprint(chain[1])},
		Results: map[string][]handshake.Result{"west": {{Target: HandshakeTargets(*in, "", helloworld())["west"][0],
			Address: netip.MustParseAddrPort("198.51.100.7:15443"), Chain: chain}}}}
	return in
}

// TestHandshakeTargets: who names an address, and at which port the gateway is there.
func TestHandshakeTargets(t *testing.T) {
	west := func(change func(*v1alpha1.Cluster)) func(*Input) {
		return func(in *Input) {
			declared, _ := in.Graph.Cluster("west")
			change(declared)
		}
	}
	for name, test := range map[string]struct {
		change func(*Input)
		only   string
		want   string
	}{
		"one address, named by all": {func(*Input) {}, "",
			"east 198.51.100.7:15443 mesh.yaml,east,istiod of west\nwest 198.51.100.7:15443 mesh.yaml,west,istiod of east"},
		"no cluster was asked": {func(in *Input) { in.Observed = nil }, "", "east 198.51.100.7:15443 mesh.yaml\nwest 198.51.100.7:15443 mesh.yaml"},
		"one cluster":          {func(in *Input) { in.Observed = nil }, "west", "east 198.51.100.7:15443 mesh.yaml\nwest 198.51.100.7:15443 mesh.yaml"},
		"another one there": {func(in *Input) { in.Observed["west"].Reported.GatewayAddresses = []string{"203.0.113.77"} }, "",
			"east 198.51.100.7:15443 mesh.yaml,east,istiod of west\nwest 198.51.100.7:15443 mesh.yaml,istiod of east\nwest 203.0.113.77:15443 west"},
		"one that istiod alone knows": {func(in *Input) {
			gateways := &in.Observed["east"].Istiod.Gateways
			gateways.Value = append(gateways.Value, NetworkGateway{Network: "net-west", Cluster: "west", Addr: "203.0.113.77", Port: 443},
				NetworkGateway{Network: "net-other", Addr: "203.0.113.78", Port: 15443})
		}, "", "east 198.51.100.7:15443 mesh.yaml,east,istiod of west\nwest 198.51.100.7:15443 mesh.yaml,west,istiod of east\nwest 203.0.113.77:443 istiod of east"},
		"behind NAT": {func(in *Input) {
			west(func(c *v1alpha1.Cluster) { c.Gateway.AddressesOnly = true })(in)
			in.Observed["west"].Reported.GatewayAddresses = []string{"10.0.0.1"}
		}, "", "east 198.51.100.7:15443 mesh.yaml,east,istiod of west\nwest 198.51.100.7:15443 mesh.yaml,istiod of east"},
		"a node port": {func(in *Input) {
			west(func(c *v1alpha1.Cluster) { c.Gateway.Service, c.Gateway.NodePort = v1alpha1.ServiceNodePort, 32443 })(in)
			in.Observed = nil
		}, "", "east 198.51.100.7:15443 mesh.yaml\nwest 198.51.100.7:32443 mesh.yaml"},
		"an ingress gateway": {func(in *Input) {
			west(func(c *v1alpha1.Cluster) { c.Gateway.Workload = v1alpha1.WorkloadIngress })(in)
			in.Observed = nil
		}, "", "east 198.51.100.7:15443 mesh.yaml\nwest 198.51.100.7:443 mesh.yaml"},
		"ambient": {func(in *Input) {
			west(func(c *v1alpha1.Cluster) { c.Istio.DataPlane = v1alpha1.DataPlaneAmbient })(in)
			in.Observed = nil
		}, "", "east 198.51.100.7:15443 mesh.yaml\nwest 198.51.100.7:15008 hbone mesh.yaml"},
		"no address": {func(in *Input) {
			west(func(c *v1alpha1.Cluster) { c.Gateway = nil })(in)
			in.Observed = nil
		}, "", "east 198.51.100.7:15443 mesh.yaml\nwest none"},
	} {
		in := healthy()
		for _, facts := range in.Observed {
			facts.Istiod.Gateways.Value[0].Port = 15443
		}
		test.change(in)
		var lines []string
		targets := HandshakeTargets(*in, test.only, helloworld())
		for _, name := range in.Graph.Names() {
			list, wanted := targets[name]
			for _, target := range list {
				kind := ""
				if target.HBONE {
					kind = "hbone "
				}
				lines = append(lines, fmt.Sprintf("%s %s:%d %s%s", name, target.Host, target.Port, kind, strings.Join(target.Origins, ",")))
			}
			if wanted && list == nil {
				lines = append(lines, name+" none")
			}
		}
		if diff := cmp.Diff(strings.Split(test.want, "\n"), lines); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// TestHandshakeFaults: each is told from the others, with the address and what to do.
func TestHandshakeFaults(t *testing.T) {
	fails := func(fault handshake.Fault) func(*Input) {
		return func(in *Input) {
			seen := &in.Handshakes.Results["west"][0]
			seen.Fault, seen.Detail, seen.Chain = fault, "DETAIL", nil
		}
	}
	shows := func(change func(*x509.Certificate)) func(*Input) {
		return func(in *Input) {
			chain := shown(t, change)
			in.Roots, in.Handshakes.Results["west"][0].Chain = chain[2:], chain
			for _, facts := range in.Observed {
				facts.Reported.RootSHA256 = []string{trust.Fingerprint(chain[2])}
			}
		}
	}
	has := func(state cluster.ServiceState) func(*Input) {
		return func(in *Input) {
			in.Observed["west"].HandshakeService.Value = state
			fails(handshake.FaultReset)(in)
		}
	}
	const at = "198.51.100.7:15443 (from mesh.yaml, west)"
	for name, fault := range map[string]fault{
		"nothing":    {func(*Input) {}, "", "", ""},
		"no address": {func(in *Input) { in.Handshakes.Results["west"] = nil }, "CHECK045 unknown west", "no address of its east-west gateway is known", "collect --cluster west"},
		"unresolved": {fails(handshake.FaultUnresolved), "CHECK045 failed west", at + " does not resolve: DETAIL", "correct gateway.addresses in mesh.yaml"},
		"refused": {fails(handshake.FaultRefused), "CHECK045 failed west", at + " refuses the connection",
			"kubectl --context=west -n istio-system rollout restart deployment/istio-eastwestgateway-istio"},
		"timeout":     {fails(handshake.FaultTimeout), "CHECK045 failed west", at + " does not respond: the connection times out", "open port 15443"},
		"unreachable": {fails(handshake.FaultUnreachable), "CHECK045 failed west", at + " cannot be reached from this machine: DETAIL", "on a host in a caller's network"},
		"unreachable, and not in mesh.yaml": {func(in *Input) {
			fails(handshake.FaultUnreachable)(in)
			in.Handshakes.Results["west"][0].Origins = []string{"west"}
		}, "CHECK045 failed west", "198.51.100.7:15443 (from west) cannot be reached from this machine",
			"or correct the address that Service istio-system/istio-eastwestgateway-istio reports: " +
				"kubectl --context=west -n istio-system get service istio-eastwestgateway-istio"},
		"reset, and the clusters were not asked": {func(in *Input) { in.Observed = nil; in.Mesh.Spec.Trust.CA.Roots = nil; fails(handshake.FaultReset)(in) }, "CHECK046 unknown west",
			"the gateway does not know outbound_.5000_._.helloworld.sample.svc.cluster.local, or has no endpoint for it", "kubectl mesh render --with-sample --apply"},
		"reset, without the sample": {fails(handshake.FaultReset), "CHECK046 unknown west", "closes it: west has no Service sample/helloworld", "render --with-sample --apply"},
		"reset, without the port":   {has(cluster.ServiceState{Found: true, Ready: 2}), "CHECK046 unknown west", "Service sample/helloworld of west has no port 5000", "kubectl mesh render --with-sample --apply"},
		"reset, without endpoints":  {has(cluster.ServiceState{Found: true, HasPort: true}), "CHECK046 unknown west", "Service sample/helloworld of west has no ready endpoint", ""},
		"reset, and the service is there": {has(cluster.ServiceState{Found: true, HasPort: true, Ready: 2}), "CHECK046 failed west",
			"the gateway has no route to Service sample/helloworld, which has 2 ready endpoints there", "kubectl mesh render --apply --cluster west"},
		"reset, of a service that is named": {func(in *Input) { in.Handshakes.Named = true; in.Observed = nil; fails(handshake.FaultReset)(in) }, "CHECK046 failed west",
			"198.51.100.7:15443 (from mesh.yaml, west) accepts the connection and closes it", "kubectl --context=west -n sample get service,endpointslices -l kubernetes.io/service-name=helloworld"},
		"reset by an ambient gateway": {func(in *Input) { in.Handshakes.Results["west"][0].HBONE = true; fails(handshake.FaultReset)(in) }, "CHECK046 failed west",
			"the gateway behind it is not running", "get services,gateways"},
		"silent":   {fails(handshake.FaultSilent), "CHECK046 failed west", at + " accepts the connection but does not respond", "a load balancer without a healthy target"},
		"no TLS":   {fails(handshake.FaultNotTLS), "CHECK046 failed west", at + " does not speak TLS: it is a layer 7 load balancer", "forward TCP on port 15443"},
		"an alert": {fails(handshake.FaultAlert), "CHECK046 failed west", "rejects TLS for outbound_.5000_._.helloworld.sample.svc.cluster.local: DETAIL", "forward TCP"},
		"a certificate of no mesh": {shows(func(c *x509.Certificate) { c.URIs, c.Subject.CommonName = nil, "lb.example" }), "CHECK046 failed west",
			`presents a certificate that is not a workload's: "CN=lb.example", issued by "CN=west"`, "forward TCP on port 15443 instead of terminating TLS or HTTP"},
		"another root": {func(in *Input) {
			in.Observed["east"].Reported.RootSHA256, in.Observed["west"].Reported.RootSHA256 = []string{"bbbb"}, []string{"bbbb"}
		},
			"CHECK047 failed west", `presents a certificate under another root than east trusts (sha256:bbbb): spiffe://cluster.local/ns/sample/sa/helloworld, valid until 2026-06-01T13:00:00Z; signed by "CN=west" sha256:`,
			"kubectl --context=west -n istio-system rollout restart deployment/istiod"},
		"a root of its own": {func(in *Input) {
			east, west := in.Observed["east"], in.Observed["west"]
			in.Roots = shown(t, unchanged)[2:]
			east.Reported.RootSHA256 = []string{trust.Fingerprint(in.Roots[0])}
			west.Certificates.Value.SecretRootSHA256 = nil
			in.Pins.Roots = append([]string{trust.Fingerprint(in.Roots[0])}, west.Reported.RootSHA256...)
		}, "CHECK020 failed east west\nCHECK020 failed west east\nCHECK047 failed west", "",
			`kubectl --context=west -n istio-system get configmap istio-ca-root-cert -o jsonpath='{.data.root-cert\.pem}' | kubectl mesh ca trust - && ` +
				"kubectl mesh render --apply && kubectl --context=west -n istio-system rollout restart deployment/istiod"},
		"another cluster's intermediate": {func(in *Input) {
			in.Handshakes.Signers["east"], in.Handshakes.Signers["west"] = in.Handshakes.Signers["west"], "cccc"
		}, "CHECK047 failed west", "presents a certificate signed by the intermediate of east", "if the address belongs to east, correct gateway.addresses"},
		"expired": {shows(func(c *x509.Certificate) { c.NotAfter = now().Add(-time.Minute) }), "CHECK047 failed west",
			at + " presents a workload certificate that expired at 2026-06-01T11:59:00Z", "istiod does not renew it"},
		"not valid yet": {shows(func(c *x509.Certificate) { c.NotBefore = now().Add(time.Minute) }), "CHECK047 failed west",
			"a workload certificate that is not valid before 2026-06-01T12:01:00Z", "compare the clocks"},
		"an expired root": {func(in *Input) { in.Handshakes.Results["west"][0].Chain[2].NotAfter = now().Add(-time.Minute) }, "CHECK047 failed west", "a chain whose root expired", "kubectl mesh ca rotate --root"},
		"an expired intermediate": {func(in *Input) { in.Handshakes.Results["west"][0].Chain[1].NotAfter = now().Add(-time.Minute) }, "CHECK047 failed west", "a chain whose intermediate expired",
			"kubectl mesh ca rotate --cluster west, then: kubectl mesh render --apply --cluster west, then: kubectl --context=west -n istio-system rollout restart deployment/istiod"},
		"not for servers": {shows(func(c *x509.Certificate) {
			c.ExtKeyUsage = nil
			c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}
		}), "CHECK047 failed west",
			"presents a certificate that its callers reject: x509: certificate specifies an incompatible key usage", "kubectl mesh ca rotate --cluster west"},
		"another trust domain": {shows(func(c *x509.Certificate) { c.URIs[0].Host = "other.example" }), "CHECK047 failed west",
			`presents a workload certificate of trust domain "other.example", but mesh.yaml sets cluster.local`, "correct trustDomain in mesh.yaml"},
		"a trust domain that is an alias": {func(in *Input) {
			in.Mesh.Spec.Trust.DomainAliases = []string{"other.example"}
			shows(func(c *x509.Certificate) { c.URIs[0].Host = "other.example" })(in)
		}, "", "", ""},
		"roots not known": {func(in *Input) {
			in.Roots, in.Observed = nil, nil
		}, "CHECK047 unknown west", "the callers' roots are unknown", "pin it in trust.ca.roots"},
		"pinned roots": {func(in *Input) {
			in.Mesh.Spec.Trust.CA.Roots = []string{trust.Fingerprint(in.Roots[0])}
			in.Roots, in.Observed = nil, nil
		}, "", "", ""},
		"collected roots": {func(in *Input) {
			east, _ := in.Graph.Cluster("east")
			east.Installed = &v1alpha1.Installed{RootSHA256: []string{"dddd"}}
			in.Observed = nil
		}, "CHECK047 failed west", "another root than east trusts", ""},
		"one address of two": {func(in *Input) {
			in.Handshakes.Results["west"] = append(in.Handshakes.Results["west"], handshake.Result{Target: handshake.Target{Host: "203.0.113.77", Port: 15443, Origins: []string{"mesh.yaml"}}, Fault: handshake.FaultTimeout})
		}, "CHECK045 failed west", "203.0.113.77:15443 does not respond", ""},
		"a host name": {func(in *Input) {
			seen := &in.Handshakes.Results["west"][0]
			seen.Host, seen.Origins = "west.example", []string{"mesh.yaml"}
			fails(handshake.FaultRefused)(in)
		}, "CHECK045 failed west", "west.example:15443 at 198.51.100.7 refuses the connection", ""},
	} {
		t.Run(name, func(t *testing.T) {
			in := withHandshakes(t)
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

// TestGatewayOfAmbient is restarted by its own name, which has no class.
func TestGatewayOfAmbient(t *testing.T) {
	in := withHandshakes(t)
	west, _ := in.Graph.Cluster("west")
	west.Istio.DataPlane = v1alpha1.DataPlaneAmbient
	seen := in.Handshakes.Results["west"][0]
	got := subject{Input: *in, cluster: west}.revive(seen)
	if want := "kubectl --context=west -n istio-system rollout restart deployment/istio-eastwestgateway"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
