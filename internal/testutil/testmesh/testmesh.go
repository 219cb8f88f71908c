// Package testmesh is a mesh of two clusters, east and west, with the workspace that describes it.
package testmesh

import (
	"encoding/base64"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/internal/live"
	"github.com/kubectl-mesh/kubectl-mesh/internal/testutil/fakeapi"
	"github.com/kubectl-mesh/kubectl-mesh/internal/testutil/files"
	"github.com/kubectl-mesh/kubectl-mesh/internal/testutil/repository"
	"github.com/kubectl-mesh/kubectl-mesh/internal/workspace"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
)

// Mesh begins every mesh.yaml here; fields of spec follow.
const Mesh = "apiVersion: kubectl-mesh.dev/v1alpha1\nkind: Mesh\nmetadata: {name: shop}\nspec:\n"

// Clusters of a mesh.yaml, with contexts that lead to East and West. EAST, WEST and CA are filled in.
const (
	East = "  - {name: east, context: prod-east, uid: uid-east, api: {server: 'EAST', certificateAuthorityData: CA}}\n"
	West = "  - {name: west, context: prod-west, uid: uid-west, api: {server: 'WEST', certificateAuthorityData: CA}}\n"
	// Both read each other.
	Both = Mesh + "  clusters:\n" + East + West
)

// House is the workspace and the clusters.
type House struct {
	East, West *fakeapi.Server
	// Kubeconfig has the contexts prod-east and prod-west.
	Kubeconfig string
	// Told is what was said since the last call of Open, a line for each notice.
	Told []string

	t    testing.TB
	mesh string
}

// New starts the clusters and writes mesh.yaml.
func New(t testing.TB, mesh string) *House {
	t.Helper()
	h := &House{t: t, East: fakeapi.New(t, "uid-east"), West: fakeapi.New(t, "uid-west")}
	h.mesh = files.Workspace(t, map[string]string{"mesh.yaml": h.fill(mesh)})
	if err := repository.Init(filepath.Dir(h.Dir())); err != nil { // around the workspace: its files are the mesh's alone
		t.Fatal(err)
	}
	h.Lead(h.East, h.West)
	return h
}

func (h *House) fill(mesh string) string {
	return strings.NewReplacer("EAST", h.East.URL, "WEST", h.West.URL, "CA}", base64.StdEncoding.EncodeToString(h.East.CA)+"}").Replace(mesh)
}

// Lead has the contexts lead to these servers.
func (h *House) Lead(east, west *fakeapi.Server) {
	h.t.Helper()
	h.Kubeconfig = fakeapi.Kubeconfig(h.t, map[string]*fakeapi.Server{"prod-east": east, "prod-west": west})
}

// Dir is the directory of the workspace.
func (h *House) Dir() string { return filepath.Dir(h.mesh) }

// Write changes a file of the workspace.
func (h *House) Write(name, text string) {
	h.t.Helper()
	files.Write(h.t, h.Dir(), map[string]string{name: h.fill(text)})
}

// Files are those of the workspace, without mesh.yaml.
func (h *House) Files() map[string]string {
	h.t.Helper()
	found := files.Read(h.t, h.Dir())
	delete(found, "mesh.yaml")
	return found
}

// Open opens workspace and clusters anew, as another run of the program does.
func (h *House) Open() (*workspace.Workspace, *live.Clusters) {
	h.t.Helper()
	h.Told = nil
	ws, err := workspace.OpenUnchecked(workspace.Source{Filename: h.mesh, Environ: os.Environ(), Tell: h.Tell})
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

// Tell collects what is said.
func (h *House) Tell(notice hint.Notice) {
	text := notice.Text
	if notice.Warning {
		text = "warning: " + text
	}
	h.Told = append(h.Told, h.line(text, notice.Remedies))
}

// Said is an error as a person reads it: a line for each problem, its remedies behind it.
func (h *House) Said(err error) []string {
	var said []string
	for _, problem := range hint.List(err) {
		said = append(said, h.line(problem.Text, problem.Remedies))
	}
	return said
}

// line gives what is another one in each run a short name. A line of the text that is indented stays one.
func (h *House) line(text string, remedies []string) string {
	for _, remedy := range remedies {
		text += " | " + remedy
	}
	short := strings.NewReplacer(h.Kubeconfig, "CONFIG", h.Dir()+"/", "", h.Dir(), ".", h.East.URL, "EAST", h.West.URL, "WEST")
	return strings.TrimPrefix(short.Replace(text), " | ")
}
