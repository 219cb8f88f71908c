package summary_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/summary"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/topology"
)

// linked is a mesh of n clusters that all call each other, in two networks.
func linked(t testing.TB, n int) summary.Summary {
	t.Helper()
	var text strings.Builder
	text.WriteString("apiVersion: kubectl-mesh.dev/v1alpha1\nkind: Mesh\nmetadata: {name: big}\nspec:\n  clusters:\n")
	for i := range n {
		fmt.Fprintf(&text, "  - {name: c%03d, network: n%d, api: {server: \"https://10.0.%d.%d\"}, gateway: {addresses: [10.1.%d.%d]}}\n",
			i, i%2, i/250, i%250, i/250, i%250)
	}
	doc, problems := mesh.Load(mesh.Source{Name: "mesh.yaml", Text: []byte(text.String())})
	if doc.Mesh == nil {
		t.Fatal(problems)
	}
	return summary.New(summary.Input{Mesh: doc.Mesh, Graph: topology.New(doc.Mesh)})
}

// TestGrowth: one more cluster is about one more line of each table, and of the picture a line for each of its links. The
// lines of other clusters stay.
func TestGrowth(t *testing.T) {
	for _, test := range []struct{ clusters, added, removed, bytes int }{
		{10, 23, 3, 14_000}, // 10 of the added lines are links in the picture
		{100, 14, 3, 110_000},
	} {
		before, after := linked(t, test.clusters).Markdown(), linked(t, test.clusters+1).Markdown()
		added, removed := changed(string(before), string(after))
		if len(added) > test.added || len(removed) > test.removed || len(after) > test.bytes {
			t.Errorf("%d clusters: one more adds %d lines and removes %d, in %d bytes; want at most %d, %d and %d:\n+%s\n-%s", test.clusters,
				len(added), len(removed), len(after), test.added, test.removed, test.bytes, strings.Join(added, "\n+"), strings.Join(removed, "\n-"))
		}
	}
}

// changed are the lines that only one of two texts has.
func changed(before, after string) (added, removed []string) {
	old, now := strings.Split(before, "\n"), strings.Split(after, "\n")
	for _, line := range now {
		if i := slices.Index(old, line); i >= 0 {
			old = slices.Delete(old, i, i+1)
		} else {
			added = append(added, line)
		}
	}
	return added, old
}

// TestLimits: GitHub draws no larger picture; above it there is a matrix.
func TestLimits(t *testing.T) {
	for _, test := range []struct {
		clusters int
		drawn    bool
	}{{28, true}, {29, false}} {
		s := linked(t, test.clusters)
		picture, drawn := s.Mermaid()
		if drawn != test.drawn || len(picture) > 50_000 {
			t.Errorf("%d clusters, %d links: drawn %t, %d characters", test.clusters, len(s.Links), drawn, len(picture))
		}
		matrix := "| Group calls ↓ → | c000 | c001 |\n| --- | --- | --- |\n| c000 | d | g |\n| c001 | g | d |\n"
		if got := strings.Contains(string(s.Markdown()), matrix); got == test.drawn {
			t.Errorf("%d clusters: a matrix: %t", test.clusters, got)
		}
	}
}
