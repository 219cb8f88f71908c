// Package testmesh is a mesh of two clusters, east and west, with the workspace that describes it.
package testmesh

import (
	"encoding/base64"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/internal/live"
	"github.com/kubectl-mesh/kubectl-mesh/internal/testutil/fakeapi"
	"github.com/kubectl-mesh/kubectl-mesh/internal/testutil/files"
	"github.com/kubectl-mesh/kubectl-mesh/internal/testutil/repository"
	"github.com/kubectl-mesh/kubectl-mesh/internal/workspace"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
)

// Mesh begins every mesh.yaml here; fields of spec follow.
const Mesh = "apiVersion: kubectl-mesh.dev/v1alpha1\nkind: Mesh\nmetadata: {name: shop}\nspec:\n"

// Quiet are fields of spec with which nothing is to be said of the mesh: its tokens may stay valid, and its
// certificates come from elsewhere.
const Quiet = "  reader: {allowNonExpiring: true}\n  trust: {ca: {provider: none}}\n"

// Clusters of a mesh.yaml, with contexts that lead to East and West. EAST, WEST and CA are filled in.
const (
	East = "  - {name: east, context: prod-east, uid: uid-east, api: {server: 'EAST', certificateAuthorityData: CA}}\n"
	West = "  - {name: west, context: prod-west, uid: uid-west, api: {server: 'WEST', certificateAuthorityData: CA}}\n"
	// Signing is for tests of certificates: both read each other, and sign below one root.
	Signing = Mesh + "  reader: {allowNonExpiring: true}\n  clusters:\n" + East + West
	// Both read each other.
	Both = Mesh + Quiet + "  clusters:\n" + East + West
)

// Fixture is the workspace and the clusters.
type Fixture struct {
	East, West *fakeapi.Server
	// Kubeconfig has the contexts prod-east and prod-west.
	Kubeconfig string
	// Messages is what was said since the last call of Open, a line for each notice.
	Messages []string

	t    testing.TB
	mesh string
	// values are filled in where a file has their names; names stand for what is another one in each run.
	values, names []string
}

// New starts the clusters and writes mesh.yaml.
func New(t testing.TB, mesh string) *Fixture {
	t.Helper()
	h := Offline(t, "")
	h.East, h.West = fakeapi.New(t, "uid-east"), fakeapi.New(t, "uid-west")
	h.names = append(h.names, h.East.URL, "EAST", h.West.URL, "WEST")
	h.values = []string{"EAST", h.East.URL, "WEST", h.West.URL, "CA}", base64.StdEncoding.EncodeToString(h.East.CA) + "}"}
	h.Write("mesh.yaml", mesh)
	h.Connect(h.East, h.West)
	return h
}

// Offline writes mesh.yaml alone: there are no clusters, and no contexts.
func Offline(t testing.TB, mesh string) *Fixture {
	t.Helper()
	h := &Fixture{t: t, mesh: files.Workspace(t, nil)}
	if err := repository.Init(filepath.Dir(h.Dir())); err != nil { // around the workspace: its files are the mesh's alone
		t.Fatal(err)
	}
	h.names = []string{h.Dir() + "/", "", h.Dir(), "."}
	h.values = []string{
		"EAST", "https://203.0.113.1",
		"WEST", "https://203.0.113.2",
		", certificateAuthorityData: CA}", "}",
	}
	h.Write("mesh.yaml", mesh)
	h.Kubeconfig = fakeapi.Kubeconfig(t, nil)
	return h
}

// Connect has the contexts lead to these servers.
func (h *Fixture) Connect(east, west *fakeapi.Server) {
	h.t.Helper()
	h.Kubeconfig = fakeapi.Kubeconfig(h.t, map[string]*fakeapi.Server{"prod-east": east, "prod-west": west})
}

// Dir is the directory of the workspace.
func (h *Fixture) Dir() string { return filepath.Dir(h.mesh) }

// Write changes a file of the workspace.
func (h *Fixture) Write(name, text string) {
	h.t.Helper()
	files.Write(h.t, h.Dir(), map[string]string{name: strings.NewReplacer(h.values...).Replace(text)})
}

// Files are those of the workspace, without mesh.yaml, and without what its writer keeps for itself. That is
// nothing but a lock and a number where no run was killed.
func (h *Fixture) Files() map[string]string {
	h.t.Helper()
	found := files.Read(h.t, h.Dir())
	for _, own := range []string{"mesh.yaml", layout.WriterLock(), layout.Staging() + "/settled"} {
		delete(found, own)
	}
	return found
}

// Recorded is what state.yaml has of a cluster.
func (h *Fixture) Recorded(cluster string) mesh.ClusterState {
	h.t.Helper()
	text, err := os.ReadFile(filepath.Join(h.Dir(), filepath.FromSlash(layout.State())))
	if errors.Is(err, fs.ErrNotExist) {
		return mesh.ClusterState{}
	}
	if err != nil {
		h.t.Fatal(err)
	}
	state, err := mesh.ParseState(text)
	if err != nil {
		h.t.Fatal(err)
	}
	return state.Cluster(cluster)
}

// Open opens workspace and clusters again, as another run of the program does.
func (h *Fixture) Open() (*workspace.Workspace, *live.Clusters) {
	h.t.Helper()
	h.Messages = nil
	ws, err := workspace.OpenUnchecked(h.t.Context(), workspace.Source{
		Filename: h.mesh,
		Environ:  os.Environ(),
		Log:      h.Log,
	})
	if err != nil {
		h.t.Fatal(err)
	}
	h.t.Cleanup(ws.Close)
	contexts, err := live.Load(live.Options{Kubeconfig: h.Kubeconfig})
	if err != nil {
		h.t.Fatal(err)
	}
	return ws, contexts.For(ws.Live())
}

// Log collects what is said.
func (h *Fixture) Log(notice hint.Notice) {
	text := notice.Text
	if notice.Warning {
		text = "warning: " + text
	}
	h.Messages = append(h.Messages, h.line(text, notice.Remedies))
}

// Problems is an error as a person reads it: a line for each problem, its remedies behind it.
func (h *Fixture) Problems(err error) []string {
	var said []string
	for _, problem := range hint.List(err) {
		said = append(said, h.line(problem.Text, problem.Remedies))
	}
	return said
}

// line is a text and its remedies, with short names.
func (h *Fixture) line(text string, remedies []string) string {
	line := strings.Join(append([]string{text}, remedies...), " | ")
	return h.Normalize(strings.TrimPrefix(line, " | "))
}

// Normalize gives what is another one in each run a short name: the directory, the kubeconfig, the servers.
func (h *Fixture) Normalize(text string) string {
	return strings.NewReplacer(append([]string{h.Kubeconfig, "CONFIG"}, h.names...)...).Replace(text)
}
