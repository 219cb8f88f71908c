package rules_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/rules"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/topology"
)

// TestExampleIsClean: the example that people start from has nothing to complain of but that it has no certificates, which
// nobody commits keys for.
func TestExampleIsClean(t *testing.T) {
	const folder = "../../examples/two-clusters"
	text, err := os.ReadFile(folder + "/mesh.yaml")
	if err != nil {
		t.Fatal(err)
	}
	doc, problems := mesh.Load(mesh.Source{Name: "mesh.yaml", Text: text, Files: os.DirFS(folder)})
	if len(problems) > 0 {
		t.Fatalf("the example is not valid: %v", problems)
	}
	found := rules.Check(rules.Input{Mesh: doc.Mesh, Graph: topology.New(doc.Mesh), OrphanedFacts: doc.OrphanedFacts})
	if len(found) != 1 || found[0].Rule != "MESH091" {
		t.Errorf("the example has problems: %v", found)
	}
}

// messy is a mesh in which many rules find something, some of them often.
func messy(t *testing.T) rules.Input {
	t.Helper()
	var clusters []string
	for i := range 12 {
		clusters = append(clusters, fmt.Sprintf("{name: c%d, network: n%d, trustDomain: d%d.test, podCIDRs: [10.0.0.0/8, 10.%d.0.0/16], api: {server: https://localhost}}", i, i%5, i, i%3))
	}
	in := load(t, `{istio: {dataPlane: ambient, version: 1.12.0}, reader: {auth: federated}, `+
		`waivers: [{rule: MESH001, reason: r}, {rule: MESH099, reason: r}, {rule: MESH010, clusters: [c1], reason: r}], `+
		`clusters: [`+strings.Join(clusters, ", ")+`, {name: r, controlPlane: c0}]}`)
	in.OrphanedFacts = []string{"clusters/x.yaml", "clusters/y.yaml"}
	in.Credentials = []rules.Credential{{Target: "c1", Consumer: "c2", File: "f", Subject: "s", Want: "w", Open: true}}
	return in
}

func TestCheckIsDeterministic(t *testing.T) {
	in := messy(t)
	want := rules.Check(in)
	for range 20 {
		if diff := cmp.Diff(want, rules.Check(in)); diff != "" {
			t.Fatalf("the problems change from run to run:\n%s", diff)
		}
	}
}

// TestCheckOrder: wrong waivers, then the findings by rule, then idle waivers; nothing twice.
func TestCheckOrder(t *testing.T) {
	var ids []string
	said := map[string]bool{}
	for _, problem := range rules.Check(messy(t)) {
		if len(ids) == 0 || ids[len(ids)-1] != problem.Rule {
			ids = append(ids, problem.Rule)
		}
		if said[problem.String()] {
			t.Errorf("said twice: %v", problem)
		}
		said[problem.String()] = true
	}
	want := strings.Split(" MESH001 MESH003 MESH004 MESH005 MESH006 MESH007 MESH008 MESH009 MESH010 MESH011 MESH016 MESH017 MESH018 MESH023 MESH033 MESH091 MESH013", " ")
	if !slices.Equal(ids, want) {
		t.Errorf("got rules in the order %q, want %q", ids, want)
	}
}

// TestCheckChangesNothing: the caller's mesh is as it was.
func TestCheckChangesNothing(t *testing.T) {
	in, before := messy(t), messy(t)
	rules.Check(in)
	if diff := cmp.Diff(before.Mesh, in.Mesh); diff != "" {
		t.Errorf("Check has changed the mesh:\n%s", diff)
	}
}
