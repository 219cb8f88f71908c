package workspace

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
)

// openLinks is a workspace of these clusters, all linked; name@primary is a remote.
func openLinks(t testing.TB, clusters ...string) *Workspace {
	t.Helper()
	text := "apiVersion: kubectl-mesh.dev/v1alpha1\nkind: Mesh\nmetadata: {name: shop}\nspec:\n  reader: {allowNonExpiring: true}\n  trust: {ca: {provider: none}}\n  clusters:\n"
	for i, cluster := range clusters {
		name, primary, _ := strings.Cut(cluster, "@")
		text += fmt.Sprintf("  - {name: %q, controlPlane: %q, api: {server: 'https://203.0.113.%d'}}\n", name, primary, i+1)
	}
	file := filepath.Join(t.TempDir(), "mesh.yaml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	ws, err := OpenUnchecked(t.Context(), Source{Filename: file})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(ws.Close)
	return ws
}

// The name by which a link is shown leads back to it, however the clusters are called.
func TestLinkNames(t *testing.T) {
	ws := openLinks(t, "a", "b", "a-b", "b-a", "a-b-a", "a--b", "edge@a", "a-edge@b")
	for _, pair := range ws.Pairs() {
		got, _, err := ws.Pair(ws.LinkName(pair))
		if err != nil || got != pair {
			t.Errorf("%s: got %v, %v, want %v", ws.LinkName(pair), got, err, pair)
		}
		got, _, err = ws.Pair(pair.Consumer + ":" + pair.Target)
		if err != nil || got != pair {
			t.Errorf("%v by a colon: got %v, %v", pair, got, err)
		}
	}
	for link, want := range map[string]access.Pair{"edge-b": {Consumer: "a", Target: "b"}, "edge:a-b": {Consumer: "a", Target: "a-b"}, "a-edge": {Consumer: "a", Target: "edge"}} {
		if got, _, err := ws.Pair(link); err != nil || got != want {
			t.Errorf("%s: got %v, %v, want %v", link, got, err, want)
		}
	}
}

// FuzzLink: whatever is given is a link that there is, or an error.
func FuzzLink(f *testing.F) {
	for _, seed := range []string{"a-b", "a:b", "a-b-a", "-", ":", "a-", "-b", "a::b", "a:b-a", "edge-b", "\x00-a", "ä-b"} {
		f.Add(seed)
	}
	ws := openLinks(f, "a", "b", "a-b", "b-a", "edge@a")
	f.Fuzz(func(t *testing.T, link string) {
		pair, caller, err := ws.Pair(link)
		if err == nil && (!ws.isPair(pair) || link != caller+"-"+pair.Target && link != caller+":"+pair.Target) {
			t.Errorf("%q is taken for %v of %s", link, pair, caller)
		}
	})
}
