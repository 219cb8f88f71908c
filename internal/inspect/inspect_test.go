package inspect_test

import (
	"context"
	"encoding/base64"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"github.com/kubectl-mesh/kubectl-mesh/internal/inspect"
	"github.com/kubectl-mesh/kubectl-mesh/internal/testutil/fakeapi"
	"github.com/kubectl-mesh/kubectl-mesh/internal/testutil/testmesh"
	"github.com/kubectl-mesh/kubectl-mesh/internal/tree"
	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
)

// now is when the tests happen.
var now = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)

// input looks at a workspace, and at its clusters when they are to be asked.
func input(h *testmesh.Fixture, asked bool) inspect.Input {
	ws, clusters := h.Open()
	in := inspect.Input{Workspace: ws, Now: now, Kubectl: func(name string) string { return "kubectl --context=" + name }}
	if asked {
		in.Clusters = clusters
	}
	return in
}

// TestTree: the reviewed tree is compared where there is one.
func TestTree(t *testing.T) {
	h := testmesh.Offline(t, testmesh.Both)
	seen, err := inspect.Run(t.Context(), input(h, false))
	if err != nil || seen.Tree != nil || seen.Observed != nil {
		t.Fatalf("without a tree: %v, %v", seen.Tree, err)
	}
	ws, _ := h.Open()
	made, _, err := tree.Render(tree.Input{Workspace: ws, Secrets: tree.Skip}, tree.Target{Dir: ws.Path("deploy")})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tree.Write(t.Context(), ws, made.Trees); err != nil {
		t.Fatal(err)
	}
	if seen, err = inspect.Run(t.Context(), input(h, false)); err != nil || seen.Tree == nil || len(*seen.Tree) > 0 {
		t.Errorf("as it was rendered: %v, %v", seen.Tree, err)
	}
	h.Write("deploy/overlays/east/namespace.yaml", "by hand\n")
	if err := os.Remove(filepath.Join(h.Dir(), "deploy", "overlays", "west", "namespace.yaml")); err != nil {
		t.Fatal(err)
	}
	if seen, err = inspect.Run(t.Context(), input(h, false)); err != nil || seen.Tree == nil {
		t.Fatal(err)
	}
	var differences []string
	for _, difference := range *seen.Tree {
		kind, path, _ := strings.Cut(difference, " ")
		differences = append(differences, kind+" "+h.Normalize(path))
	}
	if diff := cmp.Diff([]string{"changed deploy/overlays/east/namespace.yaml", "missing deploy/overlays/west/namespace.yaml"}, differences); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestClusters: one that cannot be asked is unseen, and no reason to stop.
func TestClusters(t *testing.T) {
	h := testmesh.New(t, testmesh.Both)
	h.West.On(apierrors.NewUnauthorized("who\nare you?"), "get namespaces kube-system")
	seen, err := inspect.Run(t.Context(), input(h, true))
	if err != nil {
		t.Fatal(err)
	}
	if east := seen.Observed["east"]; east.UID != "uid-east" || east.Unreachable != "" {
		t.Errorf("east: %+v", east)
	}
	west := seen.Observed["west"]
	if west.Unreachable != "read namespace kube-system: who are you?" ||
		h.Normalize(west.Remedy) != "log in again until this works: kubectl --kubeconfig=CONFIG --context=prod-west auth whoami" {
		t.Errorf("west: unseen %q, remedy %q", west.Unreachable, west.Remedy)
	}
	if changed := append(h.East.Changes(), h.West.Changes()...); len(changed) > 0 {
		t.Errorf("changed: %v", changed)
	}
}

// TestOneCluster asks that one alone.
func TestOneCluster(t *testing.T) {
	h := testmesh.New(t, testmesh.Both)
	in := input(h, true)
	in.Cluster = "east"
	seen, err := inspect.Run(t.Context(), in)
	if err != nil || len(seen.Observed) != 1 || len(h.West.Requests()) > 0 {
		t.Errorf("got %v, %v", seen.Observed, err)
	}
	in = input(h, true)
	in.Cluster = "eats"
	_, err = inspect.Run(t.Context(), in)
	if diff := cmp.Diff([]string{`no cluster "eats" in mesh.yaml | did you mean east?`}, h.Problems(err)); diff != "" || !verdict.IsInput(err) {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestProof: what shows which cluster it is decides what is looked at. No token of another cluster is tried.
func TestProof(t *testing.T) {
	for _, test := range []struct {
		name, mesh, uid string
		proven, foreign bool
	}{
		{"the pinned UID", testmesh.Both, "uid-west", true, false},
		{"another UID", testmesh.Both, "uid-of-new", false, true},
		{"no UID", strings.Replace(testmesh.Both, "uid: uid-west, ", "", 1), "uid-west", false, false},
	} {
		h := testmesh.New(t, test.mesh)
		west := fakeapi.New(t, test.uid)
		h.Connect(h.East, west)
		remote := "{apiVersion: v1, kind: Config, current-context: c, contexts: [{name: c, context: {cluster: c, user: u}}], " +
			"clusters: [{name: c, cluster: {server: '" + h.East.URL + "', certificate-authority-data: " + base64.StdEncoding.EncodeToString(h.East.CA) + "}}], " +
			"users: [{name: u, user: {token: " + fakeapi.AdminToken + "}}]}"
		west.Put("{apiVersion: v1, kind: Namespace, metadata: {name: istio-system}}")
		west.Put("{apiVersion: v1, kind: Secret, metadata: {namespace: istio-system, name: istio-remote-secret-east, labels: {istio/multiCluster: 'true', " +
			"app.kubernetes.io/managed-by: kubectl-mesh, kubectl-mesh.dev/mesh: shop}}, data: {east: " + base64.StdEncoding.EncodeToString([]byte(remote)) + "}}")
		in := input(h, true)
		in.Cluster = "west"
		seen, err := inspect.Run(t.Context(), in)
		if err != nil {
			t.Fatal(err)
		}
		facts := seen.Observed["west"]
		tried := slices.Contains(h.East.Requests(), "create selfsubjectreviews")
		if facts.UID != test.uid || facts.Proven != test.proven || facts.Foreign != test.foreign || tried == test.foreign {
			t.Errorf("%s: UID %s, proven %t, foreign %t, its token was tried: %t", test.name, facts.UID, facts.Proven, facts.Foreign, tried)
		}
	}
}

func TestInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := inspect.Run(ctx, input(testmesh.New(t, testmesh.Both), true)); !errors.Is(err, verdict.ErrInterrupted) {
		t.Errorf("got %v", err)
	}
}

// TestIstiodDebug is asked where the flag says, and not sent elsewhere.
func TestIstiodDebug(t *testing.T) {
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("a redirect was followed") }))
	defer other.Close()
	debug := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, other.URL, http.StatusFound)
	}))
	defer debug.Close()
	in := input(testmesh.New(t, testmesh.Both), true)
	in.IstiodDebug = map[string]string{"east": debug.URL}
	seen, err := inspect.Run(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	if why, want := seen.Observed["east"].Istiod.Clusters.Why, "get "+debug.URL+"/debug/clusterz: 302 Found"; why != want {
		t.Errorf("got %q, want %q", why, want)
	}
}
