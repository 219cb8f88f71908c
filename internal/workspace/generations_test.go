package workspace_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-mesh/kubectl-mesh/internal/testutil/testmesh"
	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
	"github.com/kubectl-mesh/kubectl-mesh/internal/workspace"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
)

const (
	state     = ".kubectl-mesh/state.yaml"
	stateHead = "apiVersion: kubectl-mesh.dev/v1alpha1\nkind: State\n"
)

// TestKeepGenerations records which credentials count, beside what was recorded of others.
func TestKeepGenerations(t *testing.T) {
	h, ws := open(t, testmesh.Both, map[string]string{state: stateHead + "spec: {clusters: {west: {uid: uid-west, readerGenerations: {north: [7]}}}}\n"})
	for _, step := range []struct {
		now         workspace.Generations
		generations map[string][]int32
		revoked     map[string]int32
	}{
		{workspace.Generations{Current: []int32{1, 2}}, map[string][]int32{"east": {1, 2}, "north": {7}}, nil},
		{workspace.Generations{Current: []int32{2}}, map[string][]int32{"east": {2}, "north": {7}}, nil},
		{workspace.Generations{Revoked: 2}, map[string][]int32{"north": {7}}, map[string]int32{"east": 2}},
		{workspace.Generations{Current: []int32{3}, Revoked: 2}, map[string][]int32{"east": {3}, "north": {7}}, map[string]int32{"east": 2}},
	} {
		if err := ws.KeepGenerations(t.Context(), pair, step.now); err != nil {
			t.Fatal(h.Problems(err))
		}
		want := mesh.ClusterState{UID: "uid-west", ReaderGenerations: step.generations, RevokedReaders: step.revoked}
		if diff := cmp.Diff(want, h.Recorded("west")); diff != "" {
			t.Errorf("%v (-want +got):\n%s", step.now, diff)
		}
		if diff := cmp.Diff(step.now, ws.Generations(pair)); diff != "" {
			t.Errorf("%v: the run goes on with (-want +got):\n%s", step.now, diff)
		}
		again, _ := h.Open()
		if diff := cmp.Diff(step.now, again.Generations(pair)); diff != "" {
			t.Errorf("%v: the next run has (-want +got):\n%s", step.now, diff)
		}
	}
}

// TestKeepGenerationsBegins the file if there is none.
func TestKeepGenerationsBegins(t *testing.T) {
	h, ws := open(t, testmesh.Both, nil)
	if err := ws.KeepGenerations(t.Context(), pair, workspace.Generations{Current: []int32{1, 2}}); err != nil {
		t.Fatal(err)
	}
	want := map[string]string{state: "# Written by kubectl mesh: verified clusters and valid credential generations. Commit it, do not edit it.\n" +
		stateHead + "spec:\n  clusters:\n    west:\n      readerGenerations:\n        east:\n        - 1\n        - 2\n"}
	if diff := cmp.Diff(want, h.Files()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestKeepGenerationsRefuses: what somebody else writes, in mesh.yaml or at the same time, is not undone.
func TestKeepGenerationsRefuses(t *testing.T) {
	for _, test := range []struct {
		name, mesh, before, after string
		now                       workspace.Generations
		want                      string
		input                     bool
	}{
		{"somebody was faster", testmesh.Both, stateHead + "spec: {}\n", stateHead + "spec: {clusters: {west: {uid: u}}}\n", workspace.Generations{Current: []int32{2}},
			"write the generations of east-west: .kubectl-mesh/state.yaml: the record of west changed by another process | run the same command again", false},
		{"mesh.yaml sets the generations", west("readerGenerations: {east: [1]}"), "", "", workspace.Generations{Current: []int32{1, 2}},
			"mesh.yaml sets the valid credentials of east in west, and takes precedence over the recorded ones | set readerGenerations: {east: [1, 2]} there, " +
				"or remove the field: .kubectl-mesh/state.yaml records it", true},
		{"mesh.yaml sets what is revoked", west("revokedReaders: {east: 1}"), "", "", workspace.Generations{Current: []int32{2}, Revoked: 1},
			"mesh.yaml sets the valid credentials of east in west, and takes precedence over the recorded ones | set readerGenerations: {east: [2]} " +
				"and revokedReaders: {east: 1} there, or remove the field: .kubectl-mesh/state.yaml records it", true},
	} {
		var content map[string]string
		if test.before != "" {
			content = map[string]string{state: test.before}
		}
		h, ws := open(t, test.mesh, content)
		if test.after != "" {
			h.Write(state, test.after)
		}
		before := h.Files()
		err := ws.KeepGenerations(t.Context(), pair, test.now)
		if said := h.Problems(err); len(said) != 1 || said[0] != test.want || verdict.IsInput(err) != test.input {
			t.Errorf("%s: got %q, input %t, want %q", test.name, said, verdict.IsInput(err), test.want)
		}
		if diff := cmp.Diff(before, h.Files()); diff != "" {
			t.Errorf("%s: written (-before +after):\n%s", test.name, diff)
		}
	}
}

// TestKeepGenerationsOfOthers: what another run recorded of another cluster in the meantime stays.
func TestKeepGenerationsOfOthers(t *testing.T) {
	h, ws := open(t, testmesh.Both, nil)
	h.Write(state, stateHead+"spec: {clusters: {east: {uid: u}}}\n")
	if err := ws.KeepGenerations(t.Context(), pair, workspace.Generations{Current: []int32{2}}); err != nil {
		t.Fatal(h.Problems(err))
	}
	if east, west := h.Recorded("east"), h.Recorded("west"); east.UID != "u" || !slices.Equal(west.ReaderGenerations["east"], []int32{2}) {
		t.Errorf("east %v, west %v", east, west)
	}
}

// TestWith: what changes for one reader changes for no other, also where they share an account.
func TestWith(t *testing.T) {
	const north = "  - {name: north, api: {server: 'https://203.0.113.3'}}\n"
	_, ws := open(t, west("reader: {serviceAccount: istio-reader-service-account}")+north, nil)
	other := access.Pair{Consumer: "north", Target: "west"}
	changed, graph := workspace.With(ws.Doc.Mesh, pair, workspace.Generations{Revoked: 1})
	target, _ := graph.Cluster("west")
	if got := target.GenerationsOf("north"); len(got) != 1 || got[0] != 1 {
		t.Errorf("north: got %v, want the first as before", got)
	}
	if got := target.GenerationsOf("east"); got != nil {
		t.Errorf("east: got %v, want none", got)
	}
	if reads, _ := graph.Reads("east", "west"); reads {
		t.Error("east reads west, and is revoked")
	}
	if before, _ := ws.Graph.Cluster("west"); before.RevokedReaders != nil || len(ws.Generations(other).Current) != 1 {
		t.Error("the mesh of before has changed")
	}
	_ = changed
}

func TestNumbers(t *testing.T) {
	for _, test := range []struct {
		generations       []int32
		numbered, revoked string
	}{
		{[]int32{1}, "generation 1", "generation 1 is revoked"},
		{[]int32{1, 12}, "generations 1 and 12", "generations 1 and 12 are revoked"},
		{[]int32{1, 2, 3}, "generations 1, 2 and 3", "generations 1, 2 and 3 are revoked"},
	} {
		if got := workspace.Numbered(test.generations); got != test.numbered {
			t.Errorf("got %s, want %s", got, test.numbered)
		}
		if got := workspace.Revoked(test.generations); got != test.revoked {
			t.Errorf("got %s, want %s", got, test.revoked)
		}
	}
}

// TestPairErrors: a link that there is not, and one that may be two.
func TestPairErrors(t *testing.T) {
	const peering = testmesh.Mesh + testmesh.Quiet + "  discovery: peering\n  istio: {distribution: solo, version: 1.29.0-solo}\n  clusters:\n" + testmesh.East + testmesh.West
	const dashes = clusters + "  - {name: a, api: {server: 'https://203.0.113.1'}}\n  - {name: b, api: {server: 'https://203.0.113.2'}}\n" +
		"  - {name: a-b, api: {server: 'https://203.0.113.3'}}\n  - {name: b-a, api: {server: 'https://203.0.113.4'}}\n"
	for _, test := range []struct{ mesh, link, want string }{
		{testmesh.Both, "east-wets", `no control plane reads a cluster through link "east-wets" | did you mean east-west? it is FROM-TO, where FROM reads TO`},
		{testmesh.Both, "north-south", `no control plane reads a cluster through link "north-south" | the links with credentials: kubectl mesh credentials status -f mesh.yaml; ` +
			"to remove the objects of a link that is no longer in mesh.yaml: kubectl mesh render --apply --prune"},
		{peering, "east-west", `no control plane reads a cluster through link "east-west" | no control plane reads another cluster: without links, ` +
			"or with discovery peering, there is no credential"},
		{dashes, "a-b-a", `link "a-b-a" is ambiguous: a-b:a, a:b-a | use one of a-b:a, a:b-a`},
	} {
		h, ws := open(t, test.mesh, nil)
		_, _, err := ws.Pair(test.link)
		if said := h.Problems(err); len(said) != 1 || said[0] != test.want || !verdict.IsInput(err) {
			t.Errorf("%s: got %q, want %q", test.link, said, test.want)
		}
	}
}

// TestPinUID keeps what was recorded.
func TestPinUID(t *testing.T) {
	h, ws := open(t, testmesh.Both, map[string]string{state: stateHead + "spec: {clusters: {west: {revokedReaders: {east: 1}}}}\n"})
	if err := ws.PinUID(t.Context(), "west", "1-2-3"); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(mesh.ClusterState{UID: "1-2-3", RevokedReaders: map[string]int32{"east": 1}}, h.Recorded("west")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
