package rollout_test

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"errors"
	"slices"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/tools/clientcmd"

	"github.com/kubectl-mesh/kubectl-mesh/internal/rollout"
	"github.com/kubectl-mesh/kubectl-mesh/internal/testutil/fakeapi"
	"github.com/kubectl-mesh/kubectl-mesh/internal/testutil/testmesh"
)

// Meshes of the tests, beside testmesh.Both.
const (
	clusters = testmesh.Mesh + testmesh.Quiet + "  clusters:\n"
	noUID    = "  - {name: west, context: prod-west, api: {server: 'https://203.0.113.2', certificateAuthorityData: CA}}\n"
	// apart has a west that nobody reaches from here.
	apart = clusters + testmesh.East + "  - {name: west, api: {server: 'https://203.0.113.2'}}\n"
	// oneWay: east still calls west, and west no longer calls east.
	oneWay = testmesh.Both + "  links: [{from: [east], to: [west]}]\n"
)

// fixture is a mesh to roll out.
type fixture struct {
	*testmesh.Fixture
	t *testing.T
}

func newFixture(t *testing.T, mesh string) *fixture {
	t.Helper()
	return &fixture{Fixture: testmesh.New(t, mesh), t: t}
}

// input is another run.
func (h *fixture) input(targets ...string) rollout.Input {
	h.t.Helper()
	ws, clusters := h.Open()
	return rollout.Input{Workspace: ws, Clusters: clusters, Targets: targets, Log: h.Log}
}

// apply runs a rollout that has to succeed.
func (h *fixture) apply(in rollout.Input) []rollout.Report {
	h.t.Helper()
	reports, err := rollout.Apply(h.t.Context(), in)
	if err != nil {
		h.t.Fatal(err)
	}
	return reports
}

// created are the lines of a plan for a cluster that has nothing yet, with a peer whose API server is there.
func (h *fixture) created(cluster, peer, server string) []string {
	h.t.Helper()
	block, _ := pem.Decode(h.East.CA)
	sum := sha256.Sum256(block.Bytes)
	var lines []string
	for _, object := range []string{"Namespace istio-system", "ServiceAccount istio-system/mesh-reader-" + peer, "Role istio-system/mesh-reader",
		"ClusterRole mesh-reader", "RoleBinding istio-system/mesh-reader-" + peer, "ClusterRoleBinding mesh-reader-" + peer,
		"Secret istio-system/mesh-reader-" + peer + "-token-1",
		"Secret istio-system/istio-remote-secret-" + peer + ": server " + server + ", CA SHA-256 " + hex.EncodeToString(sum[:])} {
		lines = append(lines, cluster+": creates "+object)
	}
	return lines
}

// dryRun runs a rollout dry, which has to end so.
func (h *fixture) dryRun(in rollout.Input, want error) []rollout.Report {
	h.t.Helper()
	in.DryRun = true
	reports, err := rollout.Apply(h.t.Context(), in)
	if !errors.Is(err, want) {
		h.t.Fatalf("got %v, want %v", err, want)
	}
	return reports
}

// ours are the objects of the mesh in a cluster but for the inventory, which does not list itself.
func ours(server *fakeapi.Server) []string {
	return slices.DeleteFunc(server.Labelled("kubectl-mesh.dev/mesh", "shop"), func(name string) bool {
		return name == "ConfigMap istio-system/mesh-inventory-shop"
	})
}

// inventory are the objects that a cluster's inventory knows, with those that it has only announced.
func (h *fixture) inventory(server *fakeapi.Server) (known, announced []string) {
	h.t.Helper()
	object := server.Get("configmaps", "istio-system/mesh-inventory-shop")
	if object == nil {
		return nil, nil
	}
	text, _, _ := unstructured.NestedString(object.Object, "data", "objects")
	var entries []struct{ Kind, Namespace, Name, UID string }
	if err := json.Unmarshal([]byte(text), &entries); err != nil {
		h.t.Fatal(err)
	}
	for _, entry := range entries {
		name := strings.TrimPrefix(entry.Namespace+"/"+entry.Name, "/")
		known = append(known, entry.Kind+" "+name)
		if entry.UID == "" {
			announced = append(announced, entry.Kind+" "+name)
		}
	}
	slices.Sort(known)
	return known, announced
}

// tokenIn is the token that the remote secret of a cluster holds.
func (h *fixture) tokenIn(server *fakeapi.Server, target string) string {
	h.t.Helper()
	text := remoteKubeconfig(server, target)
	if text == "" {
		return ""
	}
	config, err := clientcmd.Load([]byte(text))
	if err != nil {
		h.t.Fatal(err)
	}
	for _, user := range config.AuthInfos {
		return user.Token
	}
	return ""
}

// remoteKubeconfig is what the remote secret of a cluster holds.
func remoteKubeconfig(server *fakeapi.Server, target string) string {
	secret := server.Get("secrets", "istio-system/istio-remote-secret-"+target)
	if secret == nil {
		return ""
	}
	encoded, _, _ := unstructured.NestedString(secret.Object, "data", target)
	text, _ := base64.StdEncoding.DecodeString(encoded)
	return string(text)
}

// tokenOf is the token that a cluster has given a reader.
func tokenOf(server *fakeapi.Server, reader string) string {
	secret := server.Get("secrets", "istio-system/mesh-reader-"+reader+"-token-1")
	if secret == nil {
		return ""
	}
	encoded, _, _ := unstructured.NestedString(secret.Object, "data", "token")
	text, _ := base64.StdEncoding.DecodeString(encoded)
	return string(text)
}
