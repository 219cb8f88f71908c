package workspace_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-mesh/kubectl-mesh/internal/testutil/files"
	"github.com/kubectl-mesh/kubectl-mesh/internal/testutil/testmesh"
	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
	"github.com/kubectl-mesh/kubectl-mesh/internal/workspace"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
)

// pair is the one that the tests look at: the control plane of east reads west.
var pair = access.Pair{Consumer: "east", Target: "west"}

const clusters = testmesh.Mesh + testmesh.Quiet + "  clusters:\n"

// open is a workspace of a mesh.yaml, with further files.
func open(t *testing.T, mesh string, more map[string]string) (*testmesh.Fixture, *workspace.Workspace) {
	t.Helper()
	h := testmesh.Offline(t, mesh)
	for name, text := range more {
		h.Write(name, text)
	}
	ws, _ := h.Open()
	return h, ws
}

// west is the mesh with more said of west.
func west(more string) string {
	return clusters + testmesh.East + strings.Replace(testmesh.West, "api:", more+", api:", 1)
}

func TestOpen(t *testing.T) {
	h := testmesh.Offline(t, testmesh.Both)
	mesh := filepath.Join(h.Dir(), "mesh.yaml")
	ws, problems, err := workspace.Open(t.Context(), workspace.Source{Filename: mesh})
	if err != nil {
		t.Fatal(err)
	}
	defer ws.Close()
	if ws.Name != mesh || ws.Dir != h.Dir() || ws.Path("clusters/east.yaml") != filepath.Join(h.Dir(), "clusters", "east.yaml") || len(ws.Graph.Names()) != 2 {
		t.Errorf("got name %s, directory %s, clusters %v", ws.Name, ws.Dir, ws.Graph.Names())
	}
	if len(problems) == 0 || problems[0].Stops() {
		t.Errorf("got the problems %v, want warnings", problems)
	}
}

func TestOpenStdin(t *testing.T) {
	t.Chdir(testmesh.Offline(t, testmesh.Both).Dir())
	ws, err := workspace.OpenUnchecked(t.Context(), workspace.Source{
		Filename: "-", Stdin: strings.NewReader(clusters + "  - {name: east, api: {server: 'https://203.0.113.1'}}\n")})
	if err != nil {
		t.Fatal(err)
	}
	defer ws.Close()
	if ws.Name != "<stdin>" || ws.Dir != "." || ws.FilenameFlag() != " -f -" {
		t.Errorf("got name %s, directory %s, flag %q", ws.Name, ws.Dir, ws.FilenameFlag())
	}
}

func TestFilenameFlag(t *testing.T) {
	for name, want := range map[string]string{"mesh.yaml": "", "shop.yaml": " -f shop.yaml", "a b/mesh.yaml": " -f 'a b/mesh.yaml'"} {
		if got := workspace.FilenameFlag(name); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
}

// TestOpenErrors say where the file is to be, or where all of its problems are.
func TestOpenErrors(t *testing.T) {
	for _, test := range []struct {
		name    string
		content map[string]string
		file    string
		want    []string
		input   bool
	}{
		{"no file", nil, "mesh.yaml", []string{"mesh.yaml does not exist | specify the mesh file with -f, or create one: kubectl mesh init"}, true},
		{"a directory", map[string]string{"shop/mesh.yaml": ""}, "shop", []string{"shop is a directory | specify the file in it: -f shop/mesh.yaml"}, true},
		{"no mesh", map[string]string{"mesh.yaml": "a: 1\n"}, "mesh.yaml", []string{"1 problem in mesh.yaml"}, false},
		{"a context twice", map[string]string{"mesh.yaml": clusters + "  - {name: east, context: a, api: {server: 'https://203.0.113.1'}}\n" +
			"  - {name: west, context: a, api: {server: 'https://203.0.113.2'}}\n"}, "mesh.yaml", []string{"1 problem in mesh.yaml"}, false},
	} {
		dir := t.TempDir()
		files.Write(t, dir, test.content)
		_, _, err := workspace.Open(t.Context(), workspace.Source{Filename: filepath.Join(dir, test.file)})
		var said []string
		for _, problem := range hint.List(err) {
			said = append(said, strings.ReplaceAll(strings.Join(append([]string{problem.Text}, problem.Remedies...), " | "), dir+string(os.PathSeparator), ""))
		}
		if diff := cmp.Diff(test.want, said); diff != "" || verdict.IsInput(err) != test.input {
			t.Errorf("%s: input %t (-want +got):\n%s", test.name, verdict.IsInput(err), diff)
		}
	}
}

// TestOpenUnchecked: what is to be fixed may be what a rule finds, so only structure stops.
func TestOpenUnchecked(t *testing.T) {
	h := testmesh.Offline(t, testmesh.Signing)
	h.Write("trust/east/ca-cert.pem", "no certificate")
	mesh := filepath.Join(h.Dir(), "mesh.yaml")
	if _, _, err := workspace.Open(t.Context(), workspace.Source{Filename: mesh}); err == nil {
		t.Fatal("a broken certificate is no problem")
	}
	ws, err := workspace.OpenUnchecked(t.Context(), workspace.Source{Filename: mesh})
	if err != nil {
		t.Fatal(err)
	}
	ws.Close()
}

// TestNothingOutside: whatever a file of the workspace leads to, what lies outside is not read.
func TestNothingOutside(t *testing.T) {
	h, ws := open(t, testmesh.Both, nil)
	outside := t.TempDir()
	files.Write(t, outside, map[string]string{"token": "theirs"})
	h.Write("credentials/west/.keep", "")
	for name, target := range map[string]string{"credentials/west/east": outside, "trust": outside} {
		if err := os.Symlink(target, filepath.Join(h.Dir(), filepath.FromSlash(name))); err != nil {
			t.Fatal(err)
		}
	}
	if _, _, err := ws.ReadToken(pair); err == nil {
		t.Error("a token outside was read")
	}
	if text, err := ws.ReadFile("trust/token"); err == nil {
		t.Errorf("a file outside was read: %s", text)
	}
	if _, err := ws.ReadFile("../" + filepath.Base(outside) + "/token"); err == nil {
		t.Error("a path led out")
	}
}

func TestReadFile(t *testing.T) {
	_, ws := open(t, testmesh.Both, map[string]string{"trust/a": "text", "trust/long": strings.Repeat("x", workspace.MaxFile+1)})
	if text, err := ws.ReadFile("trust/a"); err != nil || string(text) != "text" {
		t.Errorf("got %q, %v", text, err)
	}
	if text, err := ws.ReadOptional("trust/b"); err != nil || text != nil {
		t.Errorf("none: got %q, %v", text, err)
	}
	if _, err := ws.ReadFile("trust/long"); err == nil || err.Error() != "read trust/long: longer than 1048576 bytes" {
		t.Errorf("a long one: got %v", err)
	}
}

// TestLive: what proves the identity of a cluster comes from mesh.yaml, never from a facts file.
func TestLive(t *testing.T) {
	h := testmesh.New(t, strings.Replace(testmesh.Both, "'WEST', certificateAuthorityData: CA}", "'WEST'}", 1))
	h.Write("clusters/west.yaml", "apiVersion: kubectl-mesh.dev/v1alpha1\nkind: ClusterFacts\nmetadata: {name: west}\nspec: {api: {certificateAuthorityData: CA}}\n")
	ws, _ := h.Open()
	if known, _ := ws.Graph.Cluster("west"); len(known.API.CertificateAuthorityData) == 0 {
		t.Fatal("the facts are not read")
	}
	live := ws.Live()
	if string(live.Authorities["east"]) != string(h.East.CA) || len(live.Authorities["west"]) > 0 {
		t.Errorf("authorities: got %d bytes for east, %d for west", len(live.Authorities["east"]), len(live.Authorities["west"]))
	}
	if len(live.Clusters) != 2 || h.Normalize(live.FilenameFlag) != " -f mesh.yaml" {
		t.Errorf("got %d clusters, flag %q", len(live.Clusters), live.FilenameFlag)
	}
	if declared := ws.Declared(); len(declared) != 2 || declared["west"].UID != "uid-west" {
		t.Errorf("declared: got %v", declared)
	}
}

func TestCheckCluster(t *testing.T) {
	_, ws := open(t, testmesh.Both, nil)
	many := clusters
	for i := range 22 {
		name := "cluster-" + string(rune('a'+i))
		many += "  - {name: " + name + ", api: {server: 'https://" + name + ".example'}}\n"
	}
	_, crowd := open(t, many, nil)
	for _, test := range []struct {
		ws   *workspace.Workspace
		name string
		want []string
	}{
		{ws, "east", nil},
		{ws, "eats", []string{"did you mean east?"}},
		{ws, "somewhere", []string{"the clusters are east, west"}},
		{crowd, "somewhere", []string{"the clusters are cluster-a, cluster-b, cluster-c, cluster-d, cluster-e, cluster-f, cluster-g, cluster-h, cluster-i, " +
			"cluster-j, cluster-k, cluster-l, cluster-m, cluster-n, cluster-o, cluster-p, cluster-q, cluster-r, cluster-s, cluster-t and 2 more"}},
	} {
		err := test.ws.CheckCluster(test.name)
		if diff := cmp.Diff(test.want, hint.Of(err)); diff != "" || err != nil && !verdict.IsInput(err) {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
}
