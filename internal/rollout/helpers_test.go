package rollout_test

import (
	"encoding/base64"
	"encoding/json"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/tools/clientcmd"

	"github.com/kubectl-mesh/kubectl-mesh/internal/live"
	"github.com/kubectl-mesh/kubectl-mesh/internal/rollout"
	"github.com/kubectl-mesh/kubectl-mesh/internal/testutil/fakeapi"
	"github.com/kubectl-mesh/kubectl-mesh/internal/testutil/files"
	"github.com/kubectl-mesh/kubectl-mesh/internal/workspace"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
)

// The mesh of the tests: two clusters that read each other.
const (
	head  = "apiVersion: kubectl-mesh.dev/v1alpha1\nkind: Mesh\nmetadata: {name: shop}\nspec:\n"
	east  = "  - {name: east, context: prod-east, uid: uid-east, api: {server: 'https://203.0.113.1'}}\n"
	west  = "  - {name: west, context: prod-west, uid: uid-west, api: {server: 'https://203.0.113.2'}}\n"
	both  = head + "  clusters:\n" + east + west
	noUID = "  - {name: west, context: prod-west, api: {server: 'https://203.0.113.2'}}\n"
	// apart has a west that nobody reaches from here.
	apart = head + "  clusters:\n" + east + "  - {name: west, api: {server: 'https://203.0.113.2'}}\n"
	// oneWay: east still calls west, and west no longer calls east.
	oneWay = both + "  links: [{from: [east], to: [west]}]\n"
)

// house is a workspace with its clusters.
type house struct {
	t                *testing.T
	east, west       *fakeapi.Server
	mesh, kubeconfig string
	told             []string
}

func newHouse(t *testing.T, mesh string) *house {
	t.Helper()
	h := &house{t: t, east: fakeapi.New(t, "uid-east"), west: fakeapi.New(t, "uid-west")}
	h.mesh = files.Workspace(t, map[string]string{"mesh.yaml": mesh})
	h.kubeconfig = fakeapi.Kubeconfig(t, map[string]*fakeapi.Server{"prod-east": h.east, "prod-west": h.west})
	return h
}

func (h *house) dir() string { return filepath.Dir(h.mesh) }

// write changes a file of the workspace.
func (h *house) write(name, text string) {
	h.t.Helper()
	files.Write(h.t, h.dir(), map[string]string{name: text})
}

// input opens everything anew, as another run of the program does.
func (h *house) input(targets ...string) rollout.Input {
	h.t.Helper()
	ws, err := workspace.OpenUnchecked(workspace.Source{Filename: h.mesh})
	if err != nil {
		h.t.Fatal(err)
	}
	h.t.Cleanup(ws.Close)
	contexts, err := live.Load(live.Options{Kubeconfig: h.kubeconfig})
	if err != nil {
		h.t.Fatal(err)
	}
	h.told = nil
	return rollout.Input{Workspace: ws, Clusters: contexts.For(ws.Live()), Targets: targets, Tell: func(notice hint.Notice) {
		text := notice.Text
		if notice.Warning {
			text = "warning: " + text
		}
		h.told = append(h.told, h.clean(strings.Join(append([]string{text}, notice.Remedies...), " | ")))
	}}
}

// apply runs a rollout that has to succeed.
func (h *house) apply(in rollout.Input) []rollout.Report {
	h.t.Helper()
	reports, err := rollout.Apply(h.t.Context(), in)
	if err != nil {
		h.t.Fatal(err)
	}
	return reports
}

// said is an error as a person reads it: each problem with its remedies.
func (h *house) said(err error) []string {
	var said []string
	for _, problem := range hint.List(err) {
		said = append(said, h.clean(strings.Join(append([]string{problem.Text}, problem.Remedies...), " | ")))
	}
	return said
}

// clean gives what is another one in each run a short name.
func (h *house) clean(text string) string {
	return strings.NewReplacer(h.kubeconfig, "CONFIG", h.dir()+"/", "", h.east.URL, "EAST", h.west.URL, "WEST").Replace(text)
}

// ours are the objects of the mesh in a cluster but for the inventory, which does not list itself.
func ours(server *fakeapi.Server) []string {
	return slices.DeleteFunc(server.Labelled("kubectl-mesh.dev/mesh", "shop"), func(name string) bool {
		return name == "ConfigMap istio-system/mesh-inventory-shop"
	})
}

// inventory are the objects that a cluster's inventory knows, with those that it has only announced.
func (h *house) inventory(server *fakeapi.Server) (known, announced []string) {
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
func (h *house) tokenIn(server *fakeapi.Server, target string) string {
	h.t.Helper()
	secret := server.Get("secrets", "istio-system/istio-remote-secret-"+target)
	if secret == nil {
		return ""
	}
	encoded, _, _ := unstructured.NestedString(secret.Object, "data", target)
	text, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil {
		h.t.Fatal(err)
	}
	config, err := clientcmd.Load(text)
	if err != nil {
		h.t.Fatal(err)
	}
	for _, user := range config.AuthInfos {
		return user.Token
	}
	return ""
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
