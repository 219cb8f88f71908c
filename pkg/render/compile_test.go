package render_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/kubeconfig"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/render"
)

// Every problem at once, in the same order always, and never a token.
func TestErrors(t *testing.T) {
	in := three(t)
	broken := in
	broken.Credentials = map[access.Pair]kubeconfig.Credential{
		{Target: "b", Consumer: "a"}: {},
		{Target: "c", Consumer: "a"}: {Token: parseToken(t, "FAKE")},
	}
	tests := map[string]struct {
		in   render.Input
		only []string
		want []string
	}{
		"no such cluster": {in, []string{"d"}, []string{`compile overlay: no cluster "d"`}},
		"no such token":   {broken, []string{"a"}, []string{`render remote secret of b for a: build kubeconfig of cluster "b": its token is missing`}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			tree, err := render.Credentials(tt.in, tt.only, "../../deploy")
			if err == nil {
				t.Fatal("no error")
			}
			if diff := cmp.Diff(tt.want, strings.Split(err.Error(), "\n")); diff != "" {
				t.Error(diff)
			}
			if len(tree.Files) > 0 {
				t.Errorf("%d files in spite of the error", len(tree.Files))
			}
		})
	}
}

func three(t *testing.T) render.Input {
	t.Helper()
	return load(t, `
  trust: {ca: {provider: none}}
  clusters:
  - {name: a, api: {server: "https://203.0.113.1"}}
  - {name: b, api: {server: "https://203.0.113.2"}}
  - {name: c, api: {server: "https://203.0.113.3"}}
`)
}

func TestDeployOfNoSuchCluster(t *testing.T) {
	tree, err := render.Deploy(pair(t), []string{"north"})
	if err == nil || err.Error() != `compile overlay: no cluster "north"` || len(tree.Files) > 0 {
		t.Errorf("got %d files and %v", len(tree.Files), err)
	}
}

// Without secrets no token is looked at, not even a missing one.
func TestNoSecretsNoTokens(t *testing.T) {
	in := pair(t)
	in.Credentials = nil
	for _, m := range compile(t, in, "east", render.Options{}).Manifests {
		if m.Secret {
			t.Errorf("%s holds a secret", m.File)
		}
	}
}

// The file names of an overlay are different from each other.
func TestFilesOfAnOverlay(t *testing.T) {
	eachScenario(t, func(t *testing.T, s scenario) {
		for _, cluster := range s.clusters() {
			seen := map[string]bool{}
			for _, m := range compile(t, s.Input, cluster, render.Options{Secrets: true}).Manifests {
				hasParts := m.File == layout.Readers || m.File == layout.Peers
				if seen[m.File] && !hasParts || hasParts && (m.Secret || m.Shared) {
					t.Errorf("%s has two files %s", cluster, m.File)
				}
				seen[m.File] = true
			}
		}
	})
}

func TestTokenFile(t *testing.T) {
	got := access.Pair{Target: "east", Consumer: "west"}.TokenFile()
	if want := "credentials/east/west/token"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// A control plane that is not Kubernetes's to know needs no token: those with another kind of
// credential, and those of another kind of discovery.
func TestReadings(t *testing.T) {
	in := load(t, `
  clusters:
  - {name: a, api: {server: "https://203.0.113.1"}}
  - {name: b, api: {server: "https://203.0.113.2"}, reader: {auth: external, external: {secretStoreRef: {name: s}}}}
  - {name: c, api: {server: "https://203.0.113.3"}}
`)
	for consumer, want := range map[string][]access.Pair{
		"a": {{Target: "c", Consumer: "a"}},
		"b": {{Target: "a", Consumer: "b"}, {Target: "c", Consumer: "b"}},
		"d": nil,
	} {
		if diff := cmp.Diff(want, access.TokenPairs(in.Graph, consumer)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", consumer, diff)
		}
	}
}
