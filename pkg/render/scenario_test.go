package render_test

import (
	"errors"
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/kubeconfig"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/render"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/rules"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/sealing"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/topology"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/trust"
)

// scenarioFolder holds a workspace per scenario, and what it renders to.
const scenarioFolder = "../../testdata/scenarios"

// leastScenarios guards against a directory that was moved: a loop over nothing passes.
const leastScenarios = 21

// scenario is one directory of testdata/scenarios.
type scenario struct {
	name, dir string
	render.Input
}

func (s scenario) clusters() []string { return s.Graph.Names() }

// eachScenario runs a subtest for every scenario, and fails when one of them was not run.
func eachScenario(t *testing.T, test func(*testing.T, scenario)) {
	t.Helper()
	names := scenarioNames(t)
	ran := 0
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			ran++
			test(t, loadScenario(t, name))
		})
	}
	chosen := strings.Contains(flag.Lookup("test.run").Value.String()+flag.Lookup("test.skip").Value.String(), "/")
	if ran != len(names) && !chosen {
		t.Errorf("%d of %d scenarios ran", ran, len(names))
	}
}

func scenarioNames(t testing.TB) []string {
	t.Helper()
	entries, err := os.ReadDir(scenarioFolder)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, entry := range entries {
		if entry.IsDir() {
			names = append(names, entry.Name())
		}
	}
	if len(names) < leastScenarios {
		t.Fatalf("%s has %d scenarios, want %d at least", scenarioFolder, len(names), leastScenarios)
	}
	return names
}

func loadScenario(t testing.TB, name string) scenario {
	t.Helper()
	dir := filepath.Join(scenarioFolder, name)
	return scenario{name: name, dir: dir, Input: loadFolder(t, dir, readFile(t, filepath.Join(dir, "mesh.yaml")))}
}

// loadFolder does what the command does with a mesh file and the directory that it is in.
func loadFolder(t testing.TB, dir string, text []byte) render.Input {
	t.Helper()
	doc, problems := mesh.Load(mesh.Source{Name: "mesh.yaml", Text: text, Files: os.DirFS(dir)})
	if doc.Mesh == nil {
		t.Fatalf("load %s: %v", dir, problems)
	}
	in := render.Input{
		Mesh:        doc.Mesh,
		Graph:       topology.New(doc.Mesh),
		Credentials: map[access.Pair]kubeconfig.Credential{},
	}
	known := readTokens(t, dir, in)
	in.Bundles = readBundles(t, dir, in)
	in.Root, _ = os.ReadFile(filepath.Join(dir, "trust", trust.RootCertFile)) // few have one
	in.Sealed = readSealed(t, dir, in)
	found := rules.Check(rules.Input{
		Mesh: doc.Mesh, Graph: in.Graph, OrphanedFacts: doc.OrphanedFacts, Read: rules.Read{Credentials: known},
	})
	for _, problem := range doc.Place(found) {
		if problem.Stops() || slices.Contains(slips(), problem.Rule) {
			t.Errorf("%s: %s (hint: %s)", dir, problem, problem.Hint)
		}
	}
	return in
}

// readSealed reads what is sealed, where a scenario has it.
func readSealed(t testing.TB, dir string, in render.Input) map[string]*sealing.File {
	t.Helper()
	files := map[string]*sealing.File{}
	for _, name := range in.Graph.Names() {
		sealables, err := render.Sealables(in, name)
		if err != nil {
			t.Fatal(err)
		}
		for _, sealable := range sealables {
			file, err := sealing.Parse(readFile(t, filepath.Join(dir, filepath.FromSlash(sealable.SealedFile()))))
			if err != nil {
				t.Fatalf("%s: %v", sealable.SealedFile(), err)
			}
			files[sealable.SealedFile()] = file
		}
	}
	return files
}

// readBundles reads the certificates of trust/, where a scenario has them. None has a key.
func readBundles(t testing.TB, dir string, in render.Input) map[string]trust.Bundle {
	t.Helper()
	if _, err := os.Stat(filepath.Join(dir, "trust")); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	bundles := map[string]trust.Bundle{}
	for _, name := range in.Graph.Names() {
		read := func(file string) []byte { return readFile(t, filepath.Join(dir, "trust", file)) }
		bundle := trust.Bundle{CACert: read(name + "/" + trust.CACertFile), Chain: read(name + "/" + trust.CertChainFile), Root: read(trust.RootCertFile)}
		if err := bundle.CheckOnce(); err != nil {
			t.Errorf("%s: certificates of %s: %v", dir, name, err)
		}
		bundles[name] = bundle
	}
	return bundles
}

// slips are the warnings that say that a scenario is not what it claims to be: a waiver that
// nothing needs, facts of nobody, a token of another account.
func slips() []string { return []string{"MESH010", "MESH013", "MESH016"} }

// readTokens fills in.Credentials, and returns what the rules may know of them.
func readTokens(t testing.TB, dir string, in render.Input) []rules.Credential {
	t.Helper()
	var known []rules.Credential
	for _, pair := range pairs(in) {
		token, err := kubeconfig.ParseToken(readFile(t, filepath.Join(dir, filepath.FromSlash(pair.TokenFile()))))
		if err != nil {
			t.Fatalf("%s: %v", pair.TokenFile(), err)
		}
		in.Credentials[pair] = kubeconfig.Credential{Token: token}
		target, _ := in.Graph.Cluster(pair.Target)
		account := access.Account(target, pair.Consumer)
		claims, _ := token.Claims()
		known = append(known, rules.Credential{Target: pair.Target, Consumer: pair.Consumer, File: pair.TokenFile(),
			Subject: claims.Subject, Want: "system:serviceaccount:" + target.Istio.Namespace + ":" + account})
	}
	return known
}

// readings of all control planes.
func pairs(in render.Input) []access.Pair {
	var all []access.Pair
	for _, name := range in.Graph.Names() {
		all = append(all, access.TokenPairs(in.Graph, name)...)
	}
	return all
}

func readFile(t testing.TB, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return text
}
