package istio

import (
	"context"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"slices"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic"

	"github.com/kubectl-mesh/kubectl-mesh/test/istio/istiod"
	"github.com/kubectl-mesh/kubectl-mesh/test/istio/sandbox"
)

// testOneWay: what is not linked is not called; the link is taken away and comes back.
func (m *packetMesh) testOneWay(t *testing.T) {
	east, west := m.members[0], m.members[1]
	defer func(spec string) { m.spec = spec }(m.spec)
	m.spec += "  links: [{from: [east], to: [west]}]\n"
	m.writeMesh(t, m.members...)
	m.apply(t, "--prune")
	m.wantAnswers(t, west, "west")
	m.wantAnswers(t, east, "east", "west")
	m.spec = ""
	m.writeMesh(t, m.members...)
	m.apply(t)
	m.wantAnswers(t, west, "east", "west")
}

// wantAnswers waits until these clusters, and no others, answer the client of a cluster, and no call fails.
func (m *packetMesh) wantAnswers(t *testing.T, caller member, clusters ...string) {
	t.Helper()
	eventually(t, fmt.Sprintf("%v answer %s", clusters, caller.name), func(context.Context) error {
		const calls = 20
		answers, answered := m.call(t, caller, calls), 0
		for _, cluster := range clusters {
			if answers[cluster] == 0 {
				return fmt.Errorf("%v", answers)
			}
			answered += answers[cluster]
		}
		if answered < calls || len(answers) > len(clusters) {
			return fmt.Errorf("%v", answers)
		}
		return nil
	})
}

// callBluntly has every call make a handshake of its own, and no proxy try again: nothing hides a failure.
func (m *packetMesh) callBluntly(t *testing.T) {
	t.Helper()
	for _, member := range m.members {
		client, err := dynamic.NewForConfig(m.clusters[member.name].Config())
		if err != nil {
			t.Fatal(err)
		}
		for resource, object := range map[string]*unstructured.Unstructured{
			"destinationrules": bluntly("DestinationRule", map[string]any{
				"host": istiod.Host, "trafficPolicy": map[string]any{"connectionPool": map[string]any{
					"http": map[string]any{"maxRequestsPerConnection": int64(1)}}},
			}),
			"virtualservices": bluntly("VirtualService", map[string]any{
				"hosts": []any{istiod.Host}, "http": []any{map[string]any{
					"route":   []any{map[string]any{"destination": map[string]any{"host": istiod.Host}}},
					"retries": map[string]any{"attempts": int64(0)},
				}},
			}),
		} {
			kind := schema.GroupVersionResource{Group: "networking.istio.io", Version: "v1", Resource: resource}
			if _, err := client.Resource(kind).Namespace("sample").Create(t.Context(), object, metav1.CreateOptions{}); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func bluntly(kind string, spec map[string]any) *unstructured.Unstructured {
	return &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "networking.istio.io/v1", "kind": kind, "metadata": map[string]any{"name": "bluntly"}, "spec": spec,
	}}
}

// testRootRotation changes the root while both clients call: each phase begins when every proxy has the one before, which
// handshakes with the gateways prove.
func (m *packetMesh) testRootRotation(t *testing.T) {
	m.mustRun(t, "render", "--output-dir", "deploy") // as the credentials are now
	stop := m.underLoad(t)
	both := m.beginRotation(t)
	m.wantLoaded(t, "both roots", func(_, roots []*x509.Certificate) bool { return trusts(roots, both...) })
	m.nextPhase(t, "--handshake")
	m.wantLoaded(t, "a certificate under the new root", func(chain, _ []*x509.Certificate) bool {
		return len(chain) > 1 && chain[1].CheckSignatureFrom(both[1]) == nil
	})
	m.nextPhase(t, "--handshake")
	m.pin(t, both[1:])
	m.wantLoaded(t, "the new root alone", func(_, roots []*x509.Certificate) bool { return trusts(roots, both[1]) })
	stop()
}

// trusts reports whether these are all roots, in any order: an agent puts those of its own certificate and those that istiod
// publishes together.
func trusts(roots []*x509.Certificate, all ...*x509.Certificate) bool {
	return len(roots) == len(all) && !slices.ContainsFunc(all, func(root *x509.Certificate) bool {
		return !slices.ContainsFunc(roots, root.Equal)
	})
}

// underLoad has the clients of all clusters call, until stop, which asserts that no call has failed.
func (m *packetMesh) underLoad(t *testing.T) (stop func()) {
	t.Helper()
	loads := map[string]*load{}
	for _, member := range m.members {
		loads[member.name] = m.startLoad(t, member, endless)
	}
	return func() {
		for name, load := range loads {
			load.await(t, 50)
			load.wantNoFailure(t, name)
		}
	}
}

// wantLoaded waits until every proxy of the sample has certificates and roots that are right.
func (m *packetMesh) wantLoaded(t *testing.T, what string, right func(chain, roots []*x509.Certificate) bool) {
	t.Helper()
	for _, pod := range m.sidecars {
		eventually(t, "the proxy of "+pod.Name+" has "+what, func(ctx context.Context) error {
			chain, roots, err := loaded(ctx, pod)
			if err == nil && !right(chain, roots) {
				err = fmt.Errorf("it has %v, and trusts %v", subjects(chain), subjects(roots))
			}
			return err
		})
	}
}

// loaded asks Envoy for its certificate, with those above it, and for the roots that it trusts.
func loaded(ctx context.Context, pod *sandbox.Pod) (chain, roots []*x509.Certificate, err error) {
	page, err := pod.Command(ctx, sandbox.ProxyUser, "curl", "-s", "http://127.0.0.1:15000/config_dump?resource=dynamic_active_secrets").Output()
	if err != nil {
		return nil, nil, err
	}
	type file struct {
		Bytes []byte `json:"inline_bytes"`
	}
	var dump struct {
		Configs []struct {
			Secret struct {
				Certificate struct {
					Chain file `json:"certificate_chain"`
				} `json:"tls_certificate"`
				Validation struct {
					Trusted file `json:"trusted_ca"`
				} `json:"validation_context"`
			}
		}
	}
	if err := json.Unmarshal(page, &dump); err != nil {
		return nil, nil, err
	}
	for _, config := range dump.Configs {
		if text := config.Secret.Certificate.Chain.Bytes; text != nil {
			if chain, err = istiod.ParseCertificates(string(text)); err != nil {
				return nil, nil, err
			}
		}
		if text := config.Secret.Validation.Trusted.Bytes; text != nil {
			if roots, err = istiod.ParseCertificates(string(text)); err != nil {
				return nil, nil, err
			}
		}
	}
	return chain, roots, nil
}

// testCredentials rotates the credential with which east reads west while both clients call.
func (m *packetMesh) testCredentials(t *testing.T) {
	stop := m.underLoad(t)
	m.rotate(t, "east-west")
	stop()
	m.wantAnswers(t, m.members[0], "east", "west")
	m.wantAnswers(t, m.members[1], "east", "west")
}

// testRemoval takes a cluster out of the mesh while the client of the other calls.
func (m *packetMesh) testRemoval(t *testing.T) {
	east := m.members[0]
	load := m.startLoad(t, east, endless)
	load.await(t, 50)
	m.writeMesh(t, east)
	m.apply(t, append(m.acceptRestart(), "--prune")...)
	m.wantAnswers(t, east, "east")
	load.wantNoFailure(t, east.name)
}
