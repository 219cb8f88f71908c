package summary_test

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/summary"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/topology"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/trust"
)

var update = flag.Bool("update", false, "write the golden files")

// open reads a workspace as commands do.
func open(t testing.TB, dir string) summary.Input {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, "mesh.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	doc, problems := mesh.Load(mesh.Source{Name: "mesh.yaml", Text: text, Files: os.DirFS(dir)})
	if doc.Mesh == nil {
		t.Fatal(problems)
	}
	in := summary.Input{Mesh: doc.Mesh, Graph: topology.New(doc.Mesh), Bundles: map[string]trust.Bundle{}, Phases: map[string]*mesh.RootPhase{}, Locate: doc.Where}
	in.Root, _ = os.ReadFile(filepath.Join(dir, layout.RootCertificate()))
	state, _ := doc.State()
	for _, name := range in.Graph.Names() {
		in.Phases[name] = state.Cluster(name).RootPhase
		certificate, err := os.ReadFile(filepath.Join(dir, layout.TrustFile(name, trust.CACertFile)))
		if err != nil {
			continue
		}
		chain, err := os.ReadFile(filepath.Join(dir, layout.TrustFile(name, trust.CertChainFile)))
		if err != nil {
			t.Fatal(err)
		}
		in.Bundles[name] = trust.Bundle{CACert: certificate, Chain: chain, Root: in.Root}
	}
	return in
}

const scenarios = "../../testdata/scenarios"

// TestSummary: all that a mesh means, with the place of each fact.
func TestSummary(t *testing.T) {
	for _, name := range []string{"every-field", "keys-in-clusters", "rotation", "federated", "gke-three-regions"} {
		s := summary.New(open(t, filepath.Join(scenarios, name)))
		checkFile(t, filepath.Join("testdata", name+".json"), encode(t, s))
	}
}

func encode(t testing.TB, s summary.Summary) string {
	t.Helper()
	text, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	return string(text) + "\n"
}

func checkFile(t *testing.T, name, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(name, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}

// TestMarkdown: README.md of a mesh, whole.
func TestMarkdown(t *testing.T) {
	for _, name := range []string{"every-field", "keys-in-clusters", "rotation", "federated", "gke-three-regions"} {
		s := summary.New(open(t, filepath.Join(scenarios, name)))
		checkFile(t, filepath.Join("testdata", name+".md"), string(s.Markdown()))
	}
}
