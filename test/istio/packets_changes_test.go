package istio

import (
	"context"
	"fmt"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic"

	"github.com/kubectl-mesh/kubectl-mesh/test/istio/istiod"
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
