package tree_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/internal/testutil/fakeapi"
	"github.com/kubectl-mesh/kubectl-mesh/internal/testutil/testmesh"
	"github.com/kubectl-mesh/kubectl-mesh/internal/tree"
	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
	"github.com/kubectl-mesh/kubectl-mesh/internal/workspace"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
)

const sealed = testmesh.Mesh + testmesh.Quiet + "  sealing: {format: sops, age: {recipients: [age19yshfdqjd7zvw3lmgqjs7erq43yw7zpxuc9fetyu25a22dhskpxsw7v59w]}}\n  clusters:\n" +
	testmesh.East + testmesh.West

// withTokens is a mesh with its credentials.
func withTokens(t *testing.T) *testmesh.Fixture {
	t.Helper()
	h := testmesh.Offline(t, testmesh.Both)
	for _, name := range []string{"west/east", "east/west"} {
		h.Write("credentials/"+name+"/token", fakeapi.JWT(map[string]any{"sub": "system:serviceaccount:istio-system:mesh-reader-" + filepath.Base(name)}))
	}
	return h
}

// input opens the workspace.
func input(h *testmesh.Fixture, secrets tree.Secrets) tree.Input {
	ws, _ := h.Open()
	return tree.Input{Workspace: ws, Secrets: secrets}
}

// TestCompile: what a cluster gets of the credentials.
func TestCompile(t *testing.T) {
	h := withTokens(t)
	token := h.Files()["credentials/west/east/token"]
	for secrets, want := range map[tree.Secrets][2]bool{tree.Include: {true, true}, tree.Mask: {true, false}, tree.Skip: {false, false}} {
		overlay, _, err := tree.Compile(input(h, secrets), "east")
		if err != nil {
			t.Fatal(err)
		}
		text, err := overlay.YAML()
		if err != nil {
			t.Fatal(err)
		}
		object, credential := strings.Contains(string(text), "name: istio-remote-secret-west"), strings.Contains(string(text), token)
		if object != want[0] || credential != want[1] {
			t.Errorf("%s: the remote secret is there: %t, its token: %t, want %v", secrets, object, credential, want)
		}
	}
}

// TestCompileHolds back the remote secret of a link without a token, and needs the tokens of this cluster alone.
func TestCompileHolds(t *testing.T) {
	h := testmesh.Offline(t, testmesh.Both)
	h.Write("credentials/west/east/token", "opaque")
	if _, _, err := tree.Compile(input(h, tree.Include), "east"); err != nil {
		t.Errorf("east has its token: %v", err)
	}
	overlay, _, err := tree.Compile(input(h, tree.Include), "west")
	if err != nil || len(overlay.Held) != 1 || overlay.Held[0].Why != "west has no token for east" || len(overlay.Secrets()) != 0 {
		t.Errorf("west: got %v, %v", overlay.Held, err)
	}
	h.Write("credentials/east/west/token", "two words")
	_, _, err = tree.Compile(input(h, tree.Include), "west")
	if problems, ok := errors.AsType[*workspace.Problems](err); !ok || len(problems.List) != 1 {
		t.Errorf("west has something else than a token: %v", err)
	}
	if _, _, err := tree.Compile(input(h, tree.Skip), "west"); err != nil {
		t.Errorf("west, without credentials: %v", err)
	}
}

// TestRender: the reviewed tree holds no credential, and the private one nothing else.
func TestRender(t *testing.T) {
	h := withTokens(t)
	in := input(h, tree.Include)
	made, _, err := tree.Render(in, tree.Target{Dir: in.Workspace.Path("deploy")})
	if err != nil {
		t.Fatal(h.Problems(err))
	}
	trees := made.Trees
	if len(trees) != 2 || h.Normalize(trees[0].Dir) != "deploy" || h.Normalize(trees[1].Dir) != "credentials/overlays" || trees[0].Options.Private || !trees[1].Options.Private {
		t.Fatalf("got %d trees: %v", len(trees), trees)
	}
	if len(h.Files()) != 2 {
		t.Errorf("written before anybody said so: %v", h.Files())
	}
	for _, one := range trees {
		if _, err := tree.Write(t.Context(), in.Workspace, []tree.Tree{one}); err != nil {
			t.Fatal(h.Problems(err))
		}
		if found, err := one.Check(); err != nil || len(found) > 0 {
			t.Errorf("%s is not what was written: %v, %v", h.Normalize(one.Dir), found, err)
		}
	}
	for name, text := range h.Files() {
		if strings.HasPrefix(name, "deploy/") && strings.Contains(text, "eyJ") {
			t.Errorf("%s holds a credential", name)
		}
	}
	if text := h.Files()["credentials/overlays/east/kustomization.yaml"]; !strings.Contains(text, "../../../deploy/overlays/east") {
		t.Errorf("the private overlay does not build upon the reviewed one:\n%s", text)
	}
	info, err := os.Stat(filepath.Join(h.Dir(), "credentials", "overlays", "east", "remote-secret-west.yaml"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the remote secret: %v, %v", info, err)
	}

	h.Write("deploy/overlays/east/namespace.yaml", "by hand\n")
	found, err := trees[0].Check()
	if err != nil || len(found) != 1 || found[0].Path != "overlays/east/namespace.yaml" {
		t.Errorf("a file that was edited: got %v, %v", found, err)
	}
}

// TestRenderOne speaks for one cluster, and leaves the files of others alone.
func TestRenderOne(t *testing.T) {
	h := testmesh.Offline(t, testmesh.Both)
	in := input(h, tree.Skip)
	for _, only := range [][]string{nil, {"east"}} {
		made, _, err := tree.Render(in, tree.Target{Dir: in.Workspace.Path("deploy"), Only: only})
		if err != nil || len(made.Trees) != 1 {
			t.Fatalf("%v: got %d trees, %v", only, len(made.Trees), err)
		}
		if _, err := tree.Write(t.Context(), in.Workspace, made.Trees); err != nil {
			t.Fatal(err)
		}
	}
	if _, there := h.Files()["deploy/overlays/west/kustomization.yaml"]; !there {
		t.Error("west is gone")
	}
}

// TestRenderRefuses a directory where git would not see it, or where what is sealed is not right.
func TestRenderRefuses(t *testing.T) {
	h := testmesh.Offline(t, testmesh.Both)
	if err := os.MkdirAll(filepath.Join(h.Dir(), "credentials"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(filepath.Join(h.Dir(), "credentials"), filepath.Join(h.Dir(), "link")); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{"credentials", "credentials/deploy", "link/deploy", "deploy/../credentials"} {
		in := input(h, tree.Skip)
		_, _, err := tree.Render(in, tree.Target{Dir: filepath.Join(h.Dir(), filepath.FromSlash(dir))})
		if said := h.Problems(err); len(said) != 1 || !strings.HasSuffix(said[0], " is in the credentials directory | specify another directory: --output-dir deploy") || !verdict.IsInput(err) {
			t.Errorf("%s: got %q", dir, said)
		}
	}
	in := input(h, tree.Skip)
	if _, _, err := tree.Render(in, tree.Target{Dir: in.Workspace.Path("credentials-of-nobody")}); err != nil {
		t.Errorf("a directory that is called much the same: %v", err)
	}

	h.Write("mesh.yaml", sealed)
	h.Write("sealed/east/remote-secret-west.yaml", "hello\n")
	in = input(h, tree.Skip)
	_, _, err := tree.Render(in, tree.Target{Dir: in.Workspace.Path("deploy")})
	problems, ok := errors.AsType[*workspace.Problems](err)
	if !ok || !slices.ContainsFunc(problems.List, func(p mesh.Problem) bool {
		return h.Normalize(p.File) == "sealed/east/remote-secret-west.yaml" && p.Stops()
	}) {
		t.Errorf("a file that nobody has sealed: got %v", h.Problems(err))
	}
	if written := h.Files(); len(written) != 1 {
		t.Errorf("written: %v", written)
	}
}
