package istio

import (
	"context"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"os"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic"

	"github.com/kubectl-mesh/kubectl-mesh/test/istio/istiod"
	"github.com/kubectl-mesh/kubectl-mesh/test/istio/proxy"
	"github.com/kubectl-mesh/kubectl-mesh/test/istio/sandbox"
)

// ambientPacketNetworks is packetNetworks in ambient mode.
func ambientPacketNetworks() topology {
	top := packetNetworks()
	top.name, top.ambient, top.serviceIP = "packets, ambient, two networks", true, sandbox.ServiceIP
	top.members[0].sees = []string{"net-east/10.1.0.10", "net-west by 203.0.113.2:15008"}
	top.members[1].sees = []string{"net-east by 203.0.113.1:15008", "net-west/10.2.0.10"}
	return top
}

// TestAmbientPackets sends packets through real ztunnels, one a pod, and real gateways of class istio-east-west. The tests
// build on each other.
func TestAmbientPackets(t *testing.T) {
	if !sandbox.Inside() || os.Getenv(proxy.ZtunnelVariable) == "" {
		t.Skip("make dataplane-e2e ZTUNNEL=PATH runs it")
	}
	m := newPacketMesh(t, newestLine(t), ambientPacketNetworks())
	for _, member := range m.members {
		t.Run("both clusters answer the client of "+member.name, func(t *testing.T) { m.wantAnswers(t, member, "east", "west") })
	}
	t.Run("check is satisfied", m.testCheck)
	t.Run("a gateway is down", m.testAmbientFault)
	t.Run("the root is rotated", m.testAmbientRootRotation)
	t.Run("a cluster is removed", m.testRemoval)
}

// testAmbientFault: the gateway of west is gone, which a handshake finds, and whose remedy brings the calls back.
func (m *packetMesh) testAmbientFault(t *testing.T) {
	m.gateways["west"].pod.Kill(t)
	m.wantHarm(t)
	m.obey(t, m.wantFound(t, "CHECK045 failed west", "--handshake").Hint)
	m.wantHealed(t)
	m.wantNothingFound(t, "--handshake")
}

// testAmbientRootRotation changes the root while both clients call. A ztunnel has new roots with its next certificate.
func (m *packetMesh) testAmbientRootRotation(t *testing.T) {
	m.mustRun(t, "render", "--output-dir", "deploy")
	stop := m.underLoad(t)
	both := m.beginRotation(t)
	m.wantTunnelled(t, "both roots", func(_, roots []*x509.Certificate) bool { return trusts(roots, both...) })
	m.nextPhase(t, "--workloads-renewed")
	m.wantTunnelled(t, "a certificate under the new root", func(chain, _ []*x509.Certificate) bool {
		return len(chain) > 1 && chain[1].CheckSignatureFrom(both[1]) == nil
	})
	m.nextPhase(t, "--workloads-renewed")
	m.pin(t, both[1:])
	m.wantTunnelled(t, "the new root alone", func(_, roots []*x509.Certificate) bool { return trusts(roots, both[1]) })
	stop()
}

// wantTunnelled waits until every ztunnel has certificates and roots that are right.
func (m *packetMesh) wantTunnelled(t *testing.T, what string, right func(chain, roots []*x509.Certificate) bool) {
	t.Helper()
	for _, pod := range m.sidecars {
		eventually(t, "the ztunnel of "+pod.Name+" has "+what, func(ctx context.Context) error {
			chain, roots, err := tunnelled(ctx, pod)
			if err == nil && !right(chain, roots) {
				err = fmt.Errorf("it has %v, and trusts %v", subjects(chain), subjects(roots))
			}
			return err
		})
	}
}

// tunnelled asks a ztunnel for the certificate of its workload, with those above it, and for the roots that it trusts.
func tunnelled(ctx context.Context, pod *sandbox.Pod) (chain, roots []*x509.Certificate, err error) {
	page, err := pod.Command(ctx, sandbox.ProxyUser, "curl", "-s", "http://127.0.0.1:15000/config_dump").Output()
	if err != nil {
		return nil, nil, err
	}
	type certificate struct{ PEM []byte }
	var dump struct {
		Certificates []struct {
			Identity             string
			CertChain, RootCerts []certificate
		}
	}
	if err := json.Unmarshal(page, &dump); err != nil {
		return nil, nil, err
	}
	parse := func(all []certificate) (parsed []*x509.Certificate, err error) {
		for _, one := range all {
			certificates, err := istiod.ParseCertificates(string(one.PEM))
			if err != nil {
				return nil, err
			}
			parsed = append(parsed, certificates...)
		}
		return parsed, nil
	}
	if len(dump.Certificates) != 1 {
		return nil, nil, fmt.Errorf("the ztunnel has %d identities", len(dump.Certificates))
	}
	if chain, err = parse(dump.Certificates[0].CertChain); err != nil {
		return nil, nil, err
	}
	roots, err = parse(dump.Certificates[0].RootCerts)
	return chain, roots, err
}

// startZtunnel starts a ztunnel for a pod of the sample.
func (m *packetMesh) startZtunnel(t *testing.T, member member, pod *sandbox.Pod, name, account string) {
	t.Helper()
	m.mountVolumes(t, member, pod, "sample", name, account)
	m.programs.StartZtunnel(t, pod, proxy.Ztunnel{Namespace: "sample", Pod: name, Account: account,
		ClusterID: member.clusterID(), Network: member.network})
}

// A stock Envoy has no filter that tells a gateway who its callers are: it goes.
const plainGateway = `apiVersion: networking.istio.io/v1alpha3
kind: EnvoyFilter
metadata: {name: plain-gateway}
spec:
  targetRefs: [{group: gateway.networking.k8s.io, kind: Gateway, name: istio-eastwestgateway}]
  configPatches:
  - applyTo: HTTP_FILTER
    match:
      context: SIDECAR_INBOUND
      listener: {filterChain: {filter: {name: envoy.filters.network.http_connection_manager, subFilter: {name: waypoint_downstream_peer_metadata}}}}
    patch: {operation: REMOVE}
`

// plainEnvoy has istiod give a gateway of ambient the filter state of before Istio 1.29.2, which a stock Envoy has (istio
// pilot/pkg/xds/filters/filters.go).
func plainEnvoy() map[string]string {
	return map[string]string{"ISTIO_META_ISTIO_VERSION": "1.29.1"}
}

func (m *packetMesh) simplifyGateway(t *testing.T, member member) {
	t.Helper()
	client, err := dynamic.NewForConfig(m.clusters[member.name].Config())
	if err != nil {
		t.Fatal(err)
	}
	objects, err := istiod.Decode([]byte(plainGateway))
	if err != nil {
		t.Fatal(err)
	}
	filters := schema.GroupVersionResource{Group: "networking.istio.io", Version: "v1alpha3", Resource: "envoyfilters"}
	options := metav1.ApplyOptions{FieldManager: "test"}
	if _, err := client.Resource(filters).Namespace(member.istioNamespace()).Apply(t.Context(), objects[0].GetName(), objects[0], options); err != nil {
		t.Fatal(err)
	}
}
