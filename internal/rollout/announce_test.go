package rollout

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-mesh/kubectl-mesh/internal/testutil/files"
	"github.com/kubectl-mesh/kubectl-mesh/internal/workspace"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apply"
)

// TestPlanLines: a long plan is folded by kind and action, a short one is not, and what is unchanged is not listed.
func TestPlanLines(t *testing.T) {
	secrets := func(n int) (changes []apply.Change) {
		for i := range n {
			ref := apply.Ref{APIVersion: "v1", Kind: "Secret", Namespace: "istio-system", Name: fmt.Sprintf("s%d", i)}
			changes = append(changes, apply.Change{Ref: ref, Action: apply.ActionCreate})
		}
		return changes
	}
	role := apply.Change{Ref: apply.Ref{Kind: "ClusterRole", Name: "r"}, Action: apply.ActionConfigure}
	same := apply.Change{Ref: apply.Ref{Kind: "ClusterRole", Name: "s"}, Action: apply.ActionUnchanged}
	r := ofMesh(t)
	m := r.members[0]
	m.plan, m.secrets, m.pending = []apply.Change{role, same}, secrets(20), secrets(6)
	want := []string{"changes ClusterRole r", "creates 26 objects of kind Secret; -o json lists them"}
	if diff := cmp.Diff(want, r.planLines(m)); diff != "" {
		t.Errorf("long (-want +got):\n%s", diff)
	}
	m.secrets, m.pending = secrets(maxListed-1), nil
	if got := len(r.planLines(m)); got != maxListed {
		t.Errorf("short: got %d lines, want %d", got, maxListed)
	}
}

// TestPointsAt says which server gets a credential, whom it is trusted by, and no password of a proxy.
func TestPointsAt(t *testing.T) {
	r := ofMesh(t)
	for name, want := range map[string]string{
		"istio-remote-secret-west":  "server https://203.0.113.2, public CAs",
		"istio-remote-secret-north": "server https://203.0.113.3 through http://proxy.example:3128, public CAs",
		"istio-remote-secret-other": "", "cacerts": "",
	} {
		if got := r.pointsAt(r.members[0], apply.Ref{Kind: "Secret", Namespace: "istio-system", Name: name}); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
	if got := r.pointsAt(r.members[0], apply.Ref{Kind: "Secret", Namespace: "other", Name: "istio-remote-secret-west"}); got != "" {
		t.Errorf("in another namespace: got %q", got)
	}
	if got, want := plainURL("http://me:hush@proxy.example"), "http://me:xxxxx@proxy.example"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// ofMesh is a run for east, which reads west and, through a proxy, north.
func ofMesh(t *testing.T) *run {
	t.Helper()
	ws, err := workspace.OpenUnchecked(t.Context(), workspace.Source{Filename: files.Workspace(t, map[string]string{"mesh.yaml": "apiVersion: kubectl-mesh.dev/v1alpha1\nkind: Mesh\n" +
		"metadata: {name: shop}\nspec: {reader: {allowNonExpiring: true}, trust: {ca: {provider: none}}, clusters: [{name: east}, {name: west, api: {server: https://203.0.113.2}}, " +
		"{name: north, api: {server: https://203.0.113.3, proxyURL: http://proxy.example:3128}}], links: [{from: [east], to: [west, north]}]}\n"})})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(ws.Close)
	east, _ := ws.Graph.Cluster("east")
	return &run{Input: Input{Workspace: ws}, members: []*member{{Cluster: east}}}
}
