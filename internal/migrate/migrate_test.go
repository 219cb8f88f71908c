package migrate_test

import (
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-mesh/kubectl-mesh/internal/migrate"
	"github.com/kubectl-mesh/kubectl-mesh/internal/testutil/files"
	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
	"github.com/kubectl-mesh/kubectl-mesh/internal/workspace"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
)

const (
	head = "apiVersion: kubectl-mesh.dev/v1alpha1\nkind: Mesh\nmetadata: {name: shop}\nspec:\n  # who is in it\n  clusters:\n"
	two  = head + "    - name: east # ours\n      context: prod-east\n    - name: west\n"
	west = "clusters/west.yaml"
)

// facts are those of a cluster, with these lines below spec.
func facts(cluster, lines string) string {
	return "apiVersion: kubectl-mesh.dev/v1alpha1\nkind: ClusterFacts\nmetadata: {name: " + cluster + "}\nspec:\n" + lines
}

// directory is a workspace with these files.
func directory(t *testing.T, texts map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	files.Write(t, dir, texts)
	return dir
}

// plan reads a workspace as the command does: what it lists may keep the mesh from loading.
func plan(t *testing.T, dir string) (migrate.Plan, error) {
	t.Helper()
	ws, _, err := workspace.Read(t.Context(), workspace.Source{Filename: filepath.Join(dir, "mesh.yaml"), Environ: os.Environ()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(ws.Close)
	return migrate.Make(ws)
}

// TestMoves: each field goes to whom it belongs; facts, comments and order stay.
func TestMoves(t *testing.T) {
	dir := directory(t, map[string]string{
		"mesh.yaml": two,
		west: facts("west", "  network: n2 # measured\n  uid: uid-west\n  context: prod-west\n  readerGenerations: {east: [2, 3]}\n  revokedReaders: {north: 1}\n"+
			"  api:\n    server: https://203.0.113.20\n  reader: {serviceAccount: peers}\n"),
	})
	p, err := plan(t, dir)
	if err != nil {
		t.Fatal(err)
	}
	want := []migrate.Move{
		{Cluster: "west", Field: "uid", Value: "uid-west", To: mesh.InState},
		{Cluster: "west", Field: "context", Value: "prod-west", To: mesh.InMesh},
		{Cluster: "west", Field: "readerGenerations", Value: "{east: [2, 3]}", To: mesh.InState},
		{Cluster: "west", Field: "revokedReaders", Value: "{north: 1}", To: mesh.InState},
		{Cluster: "west", Field: "reader", Value: "{serviceAccount: peers}", To: mesh.InMesh},
	}
	if diff := cmp.Diff(want, p.Moves); diff != "" {
		t.Errorf("moves (-want +got):\n%s", diff)
	}
	if err := p.Apply(t.Context()); err != nil {
		t.Fatal(err)
	}
	wantFiles := map[string]string{
		"mesh.yaml": head + "    - name: east # ours\n      context: prod-east\n    - name: west\n      context: prod-west\n      reader: {serviceAccount: peers}\n",
		west:        facts("west", "  network: n2 # measured\n  api:\n    server: https://203.0.113.20\n"),
	}
	got := files.Read(t, dir)
	state, err := mesh.ParseState([]byte(got[".kubectl-mesh/state.yaml"]))
	if err != nil {
		t.Fatal(err)
	}
	recorded := mesh.ClusterState{UID: "uid-west", ReaderGenerations: map[string][]int32{"east": {2, 3}}, RevokedReaders: map[string]int32{"north": 1}}
	if diff := cmp.Diff(recorded, state.Cluster("west")); diff != "" {
		t.Errorf("recorded (-want +got):\n%s", diff)
	}
	for name, text := range wantFiles {
		if diff := cmp.Diff(text, got[name]); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}

	// It loads now, and nothing is left to move.
	again, err := plan(t, dir)
	if err != nil || len(again.Moves) > 0 {
		t.Errorf("again: %v, %v", again.Moves, err)
	}
}

// TestWhatMeshSaysStays: mesh.yaml wins, and the field of the facts goes.
func TestWhatMeshSaysStays(t *testing.T) {
	dir := directory(t, map[string]string{"mesh.yaml": two, "clusters/east.yaml": facts("east", "  network: n1\n  context: attacker\n  controlPlane: west\n")})
	p, err := plan(t, dir)
	if err != nil {
		t.Fatal(err)
	}
	want := []migrate.Move{{Cluster: "east", Field: "context", Value: "attacker", To: mesh.InMesh, Dropped: true},
		{Cluster: "east", Field: "controlPlane", Value: "west", To: mesh.InMesh}}
	if diff := cmp.Diff(want, p.Moves); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if err := p.Apply(t.Context()); err != nil {
		t.Fatal(err)
	}
	got := files.Read(t, dir)
	if got["mesh.yaml"] != strings.Replace(two, "prod-east\n", "prod-east\n      controlPlane: west\n", 1) || got["clusters/east.yaml"] != facts("east", "  network: n1\n") {
		t.Errorf("got\n%s\n%s", got["mesh.yaml"], got["clusters/east.yaml"])
	}
}

// TestGoesOn: the facts file is written last, so a run that was cut off before it can be run again.
func TestGoesOn(t *testing.T) {
	start := map[string]string{"mesh.yaml": two, west: facts("west", "  network: n2\n  uid: uid-west\n  context: prod-west\n")}
	done := directory(t, start)
	p, err := plan(t, done)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Apply(t.Context()); err != nil {
		t.Fatal(err)
	}
	want := written(t, done)
	dir := directory(t, want)
	files.Write(t, dir, map[string]string{west: start[west]})
	if p, err = plan(t, dir); err != nil || len(p.Moves) != 2 {
		t.Fatalf("got %v, %v", p.Moves, err)
	}
	if err := p.Apply(t.Context()); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, written(t, dir)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestStdin: a mesh on stdin cannot be written back.
func TestStdin(t *testing.T) {
	t.Chdir(t.TempDir())
	ws, _, err := workspace.Read(t.Context(), workspace.Source{Filename: "-", Stdin: strings.NewReader(two), Environ: os.Environ()})
	if err != nil {
		t.Fatal(err)
	}
	defer ws.Close()
	if _, err := migrate.Make(ws); err == nil || err.Error() != "a mesh on stdin cannot be changed" || !verdict.IsInput(err) {
		t.Errorf("got %v", err)
	}
}

// TestNothingToMove: no byte changes.
func TestNothingToMove(t *testing.T) {
	dir := directory(t, map[string]string{"mesh.yaml": two, west: facts("west", "  network: n2\n  # a comment\n  podCIDRs: [10.0.0.0/16]\n")})
	before := files.Read(t, dir)
	p, err := plan(t, dir)
	if err != nil || len(p.Moves) > 0 {
		t.Fatalf("got %v, %v", p.Moves, err)
	}
	if err := p.Apply(t.Context()); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(before, files.Read(t, dir)); diff != "" {
		t.Errorf("(-before +after):\n%s", diff)
	}
}

// TestMakeRefuses: what belongs nowhere, or is of another type, is an error of the input, and nothing is written.
func TestMakeRefuses(t *testing.T) {
	for name, test := range map[string]struct {
		lines, want string
	}{
		"no field of a cluster": {"  contxt: prod-west\n", "clusters/west.yaml: spec.contxt is not a field of a cluster | remove it, or correct its name"},
		"another name":          {"  name: north\n", "clusters/west.yaml: spec.name is not a field of a cluster | remove it, or correct its name"},
		"generations as a text": {"  readerGenerations: all\n", "clusters/west.yaml: spec.readerGenerations: yaml: unmarshal errors: line 5: cannot unmarshal !!str `all` into map[string][]int32"},
	} {
		dir := directory(t, map[string]string{"mesh.yaml": two, west: facts("west", test.lines)})
		before := files.Read(t, dir)
		_, err := plan(t, dir)
		got := ""
		for _, problem := range hint.List(err) {
			got += problem.Text
			for _, remedy := range problem.Remedies {
				got += " | " + remedy
			}
		}
		if got = short(got, dir); got != test.want || !verdict.IsInput(err) {
			t.Errorf("%s: got %q, want %q", name, got, test.want)
		}
		if diff := cmp.Diff(before, files.Read(t, dir)); diff != "" {
			t.Errorf("%s: written (-before +after):\n%s", name, diff)
		}
	}
}

// written are the files, without what tells one writer of another.
func written(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := files.Read(t, dir)
	maps.DeleteFunc(all, func(name, _ string) bool {
		return strings.HasPrefix(name, ".kubectl-mesh/") && name != ".kubectl-mesh/state.yaml"
	})
	return all
}

// short is a text on one line, without the directory of the test.
func short(text, dir string) string {
	return strings.Join(strings.Fields(strings.ReplaceAll(text, dir+string(filepath.Separator), "")), " ")
}
