package istio

import (
	"context"
	"fmt"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/dynamic"
)

// fault is something that keeps packets from west, and what finds it.
type fault struct {
	name  string
	args  []string // of check
	finds string
	hop   string // that the counters of Envoy show, in the words of check --sample; empty: they are not looked at
	make  func(*testing.T)
	// edit follows a remedy that is no command: what it says to change is changed. Nil: the remedy is run.
	edit func(*testing.T)
	says string // part of the remedy that edit follows
}

func (m *packetMesh) faults() []fault {
	west := m.members[1]
	gateway := m.gateways["west"].pod
	handshake := []string{"--handshake"}
	return []fault{
		{
			name: "the network label is off the Gateway", finds: "CHECK007 failed west",
			make: func(t *testing.T) {
				m.patchGateway(t, "west", `{"metadata":{"labels":{"topology.istio.io/network":null}}}`)
			},
		},
		{
			name: "the remote secret is gone", finds: "CHECK012 failed east west",
			make: func(t *testing.T) {
				if err := m.client(t, "east").CoreV1().Secrets(istioNamespace).Delete(t.Context(), "istio-remote-secret-west", metav1.DeleteOptions{}); err != nil {
					t.Fatal(err)
				}
			},
		},
		{
			name: "the gateway is down", args: handshake, finds: "CHECK045 failed west",
			hop:  "to 203.0.113.2:15443, gateway of west, failed",
			make: func(t *testing.T) { gateway.Kill(t) },
		},
		{
			name: "the service is not there", args: handshake, finds: "CHECK046 unknown west",
			make: func(t *testing.T) {
				if err := m.client(t, "west").CoreV1().Services("sample").Delete(t.Context(), "helloworld", metav1.DeleteOptions{}); err != nil {
					t.Fatal(err)
				}
			},
		},
		{
			name: "a firewall drops the port", args: handshake, finds: "CHECK045 failed west",
			make: func(t *testing.T) { gateway.Filter(t, "-p tcp --dport 15443 -j DROP") },
			edit: func(t *testing.T) { gateway.Filter(t) },
			says: "open port 15443 of 203.0.113.2",
		},
		{
			name: "the Service has another address", args: handshake, finds: "CHECK045 failed west",
			hop:  "to 203.0.113.77:15443, gateway of west, failed",
			make: func(t *testing.T) { m.publishGateway(t, west, "203.0.113.77") },
			edit: func(t *testing.T) { m.publishGateway(t, west, west.gateway.address) },
			says: "correct the address that Service istio-system/istio-eastwestgateway-istio reports",
		},
	}
}

// testFaults: check finds each fault, and its remedy brings the calls back.
func (m *packetMesh) testFaults(t *testing.T) {
	for _, f := range m.faults() {
		t.Run(f.name, func(t *testing.T) { m.testFault(t, f) })
	}
}

func (m *packetMesh) testFault(t *testing.T, f fault) {
	f.make(t)
	m.wantHarm(t)
	found := m.wantFound(t, f.finds, f.args...)
	if f.hop != "" {
		m.wantHop(t, f.hop)
	}
	if f.edit == nil {
		m.obey(t, found.Hint)
	} else {
		if !strings.Contains(found.Hint, f.says) {
			t.Errorf("the remedy does not say %q: %s", f.says, found.Hint)
		}
		f.edit(t)
	}
	m.wantHealed(t)
	m.wantNothingFound(t, f.args...)
}

// wantFound waits until check finds it.
func (m *packetMesh) wantFound(t *testing.T, finds string, args ...string) (found finding) {
	t.Helper()
	eventually(t, "check finds it", func(context.Context) error {
		for _, found = range m.check(t, args...) {
			if found.String() == finds {
				return nil
			}
		}
		return fmt.Errorf("it does not find %s", finds)
	})
	t.Logf("%s: %s\n%s", found, found.Reason, found.Hint)
	return found
}

// wantHop waits until the sample names the hop at which calls of east are lost.
func (m *packetMesh) wantHop(t *testing.T, hop string) {
	t.Helper()
	eventually(t, "check --sample names the hop", func(context.Context) error {
		var said []string
		for _, found := range m.check(t, "--sample", "--calls", "10") {
			if found.Cluster == "east" && strings.Contains(found.Reason, hop) {
				t.Logf("%s: %s", found, found.Reason)
				return nil
			}
			said = append(said, found.String()+": "+found.Reason)
		}
		return fmt.Errorf("it says %q", said)
	})
}

func (m *packetMesh) wantNothingFound(t *testing.T, args ...string) {
	t.Helper()
	eventually(t, "check finds nothing", func(context.Context) error {
		if found := m.faulty(m.check(t, args...)); len(found) > 0 {
			return fmt.Errorf("%q", found)
		}
		return nil
	})
}

// wantHarm waits until east has no answer of west.
func (m *packetMesh) wantHarm(t *testing.T) {
	t.Helper()
	eventually(t, "west does not answer east", func(context.Context) error {
		if answers := m.call(t, m.members[0], 10); answers["west"] > 0 {
			return fmt.Errorf("%v", answers)
		}
		return nil
	})
}

// wantHealed waits until both answer east, and no call fails.
func (m *packetMesh) wantHealed(t *testing.T) {
	t.Helper()
	eventually(t, "both answer east", func(context.Context) error {
		answers := m.call(t, m.members[0], 20)
		if answers["east"]+answers["west"] < 20 || answers["east"] == 0 || answers["west"] == 0 {
			return fmt.Errorf("%v", answers)
		}
		return nil
	})
}

func (m *packetMesh) patchGateway(t *testing.T, cluster, patch string) {
	t.Helper()
	client, err := dynamic.NewForConfig(m.clusters[cluster].Config())
	if err != nil {
		t.Fatal(err)
	}
	gateways := client.Resource(schema.GroupVersionResource{Group: "gateway.networking.k8s.io", Version: "v1", Resource: "gateways"})
	if _, err := gateways.Namespace(istioNamespace).Patch(t.Context(), "istio-eastwestgateway", types.MergePatchType, []byte(patch),
		metav1.PatchOptions{}); err != nil {
		t.Fatal(err)
	}
}

// publishGateway has the cloud give the gateway an address.
func (m *packetMesh) publishGateway(t *testing.T, member member, address string) {
	t.Helper()
	services := m.client(t, member.name).CoreV1().Services(member.istioNamespace())
	service, err := services.Get(t.Context(), "istio-eastwestgateway-istio", metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	service.Status.LoadBalancer.Ingress = []corev1.LoadBalancerIngress{{IP: address}}
	if _, err := services.UpdateStatus(t.Context(), service, metav1.UpdateOptions{}); err != nil {
		t.Fatal(err)
	}
}
