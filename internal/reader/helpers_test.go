package reader_test

import (
	"encoding/base64"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/tools/clientcmd"

	"github.com/kubectl-mesh/kubectl-mesh/internal/reader"
	"github.com/kubectl-mesh/kubectl-mesh/internal/rollout"
	"github.com/kubectl-mesh/kubectl-mesh/internal/testutil/fakeapi"
	"github.com/kubectl-mesh/kubectl-mesh/internal/testutil/testmesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
)

// clusters begins the list of a mesh.yaml. Nobody here has a context for westAway, eastAway and north.
const (
	clusters = testmesh.Mesh + testmesh.Quiet + "  clusters:\n"
	westAway = "  - {name: west, uid: uid-west, api: {server: 'WEST', certificateAuthorityData: CA}}\n"
	eastAway = "  - {name: east, uid: uid-east, api: {server: 'EAST', certificateAuthorityData: CA}}\n"
	north    = "  - {name: north, api: {server: 'https://203.0.113.3', certificateAuthorityData: CA}}\n"
)

// Commands that many texts end with.
const (
	bring = "kubectl mesh render --apply --cluster west -f mesh.yaml; kubectl mesh collect --cluster west -f mesh.yaml; " +
		"kubectl mesh render --apply --cluster east -f mesh.yaml"
	rotate = "kubectl mesh credentials rotate --link east-west -f mesh.yaml"
)

// now is when credentials are looked at.
var now = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)

// westWith is a mesh in which west has further fields.
func westWith(fields string) string {
	if fields == "" {
		return testmesh.Both
	}
	return clusters + testmesh.East + strings.Replace(testmesh.West, "api:", fields+", api:", 1)
}

// pair is the one that the tests work on: the control plane of east reads west.
var pair = access.Pair{Consumer: "east", Target: "west"}

// fixture is a mesh with credentials.
type fixture struct {
	*testmesh.Fixture
	t *testing.T
}

func newFixture(t *testing.T, mesh string) *fixture {
	t.Helper()
	return &fixture{Fixture: testmesh.New(t, mesh), t: t}
}

// rolledOut is a mesh whose clusters have what it says.
func rolledOut(t *testing.T, mesh string) *fixture {
	t.Helper()
	h := newFixture(t, mesh)
	h.rollOut("east", "west")
	return h
}

// rollOut brings the mesh to its clusters, and forgets how.
func (h *fixture) rollOut(targets ...string) {
	h.t.Helper()
	ws, clusters := h.Open()
	if _, err := rollout.Apply(h.t.Context(), rollout.Input{Workspace: ws, Clusters: clusters, Targets: targets}); err != nil {
		h.t.Fatal(err)
	}
	h.East.Requests()
	h.West.Requests()
}

// rotation is another run.
func (h *fixture) rotation() reader.RotateInput {
	h.t.Helper()
	ws, clusters := h.Open()
	return reader.RotateInput{Workspace: ws, Clusters: clusters, Pair: pair, Link: "east-west", Log: h.Log}
}

// changed are the requests that may have changed a cluster.
func (h *fixture) changed() []string { return slices.Concat(h.East.Changes(), h.West.Changes()) }

// journal notes what changes in both clusters, in one order, and fails the n-th change; n counts from 1, 0
// is none.
func (h *fixture) journal(n int, failure error) *[]string {
	var noting sync.Mutex
	var journal []string
	note := func(cluster string) func(fakeapi.Request) any {
		return func(request fakeapi.Request) any {
			if !request.Changes() {
				return nil
			}
			noting.Lock()
			defer noting.Unlock()
			if journal = append(journal, cluster+": "+request.String()); len(journal) == n {
				return failure
			}
			return nil
		}
	}
	h.East.Intercept(note("east"))
	h.West.Intercept(note("west"))
	return &journal
}

// held is the token that istiod of east has for west.
func (h *fixture) held() string {
	h.t.Helper()
	secret := h.East.Get("secrets", "istio-system/istio-remote-secret-west")
	if secret == nil {
		return ""
	}
	config, err := clientcmd.Load([]byte(data(secret, "west")))
	if err != nil {
		h.t.Fatal(err)
	}
	for _, user := range config.AuthInfos {
		return user.Token
	}
	return ""
}

// issued is the token of a generation as west has it; empty if that does not count there.
func (h *fixture) issued(generation string) string {
	secret := h.West.Get("secrets", "istio-system/mesh-reader-east-token-"+generation)
	if secret == nil {
		return ""
	}
	return data(secret, "token")
}

// counting are the generations of the pair that were recorded.
func (h *fixture) counting() []int32 {
	h.t.Helper()
	return h.Recorded(pair.Target).ReaderGenerations[pair.Consumer]
}

func data(secret *unstructured.Unstructured, key string) string {
	encoded, _, _ := unstructured.NestedString(secret.Object, "data", key)
	text, _ := base64.StdEncoding.DecodeString(encoded)
	return string(text)
}
