package initial_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"

	"github.com/kubectl-mesh/kubectl-mesh/internal/initial"
	"github.com/kubectl-mesh/kubectl-mesh/internal/testutil/files"
	"github.com/kubectl-mesh/kubectl-mesh/internal/workspace"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
)

const begun = `# ours
apiVersion: kubectl-mesh.dev/v1alpha1
kind: Mesh
metadata: {name: shop}
spec:
  clusters:
  - name: east          # the first
    context: ctx-east
    api: {server: "https://203.0.113.1:6443"}

  # nobody calls anybody yet
  links: []
`

// TestWriteKeepsSettings: an existing mesh keeps its name and its kind of tokens, and init says so.
func TestWriteKeepsSettings(t *testing.T) {
	const allowed = `metadata: {name: shop}
spec:
  reader: {allowNonExpiring: true}
  clusters:
  - {name: east, context: east}
`
	config := kubeconfig(t, map[string]*clientcmdapi.Cluster{"east": {Server: "https://203.0.113.2:6443"}})
	for name, test := range map[string]struct {
		text      string
		requested initial.Input
		want      []string
		unchanged bool
	}{
		"others": {text: begun, requested: initial.Input{Name: "store", AllowNonExpiring: true}, want: []string{
			"FILE already has a name: --name does not change it [edit metadata.name]",
			"FILE already exists: --allow-non-expiring does not change it [set spec.reader.allowNonExpiring: true]",
		}},
		"none": {text: begun},
		"the same": {text: allowed, requested: initial.Input{Name: "shop", AllowNonExpiring: true}, unchanged: true,
			want: []string{`context "east" is already in FILE: cluster east []`}},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			files.Write(t, dir, map[string]string{"mesh.yaml": test.text})
			file := filepath.Join(dir, "mesh.yaml")
			in := test.requested
			in.File, in.Kubeconfig, in.Contexts = file, config, []string{"east"}
			made, err := initial.Make(in)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			log := func(n hint.Notice) {
				got = append(got, fmt.Sprint(strings.ReplaceAll(n.Text, file, "FILE"), " ", n.Remedies))
			}
			if made, err = initial.Write(t.Context(), workspace.Source{Filename: file, Log: log}, made, false); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("warnings (-want +got):\n%s", diff)
			}
			if made.Unchanged != test.unchanged {
				t.Errorf("unchanged: got %t, want %t", made.Unchanged, test.unchanged)
			}
		})
	}
}

// TestWriteExtends: what was written by hand stays as it is, with its comments, and a new cluster has a name of its own.
func TestWriteExtends(t *testing.T) {
	config := kubeconfig(t, map[string]*clientcmdapi.Cluster{
		"ctx-east": {Server: "https://203.0.113.1:6443"},
		"east":     {Server: "https://203.0.113.2:6443"},
		"west":     {Server: "https://203.0.113.3:6443"},
	})
	for _, test := range []struct {
		name, text string
		contexts   []string
		want       string
		said       []string
	}{
		{"one with a name that is taken", begun, []string{"east"}, `# ours
apiVersion: kubectl-mesh.dev/v1alpha1
kind: Mesh
metadata: {name: shop}
spec:
  clusters:
  - name: east          # the first
    context: ctx-east
    api: {server: "https://203.0.113.1:6443"}
  - name: east-2 # cluster ID: global.multiCluster.clusterName of Istio's charts
    context: east
    api:
      # no CA in the kubeconfig: peers accept only public CAs
      server: https://203.0.113.2:6443 # must be reachable from the other clusters

  # nobody calls anybody yet
  links: []
`, nil},
		{"one that is there", begun, []string{"ctx-east"}, begun, []string{`context "ctx-east" is already in FILE: cluster east`}},
		{"in one line", "spec: {clusters: [{name: east}]}\n", []string{"west"}, "spec: {clusters: [{name: east}]}\n",
			[]string{"add clusters to FILE: it has no spec.clusters with an entry on each line"}},
		{"by no name", begun, nil, begun, []string{"write FILE: the file already exists"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			files.Write(t, dir, map[string]string{"mesh.yaml": test.text})
			var said []string
			log := func(n hint.Notice) { said = append(said, n.Text) }
			made, err := initial.Make(initial.Input{Name: "shop", File: "mesh.yaml", Kubeconfig: config, Contexts: test.contexts, Log: log})
			if err != nil {
				t.Fatal(err)
			}
			file := filepath.Join(dir, "mesh.yaml")
			if _, err := initial.Write(t.Context(), workspace.Source{Filename: file, Log: log}, made, false); err != nil {
				said = append(said, hint.List(err)[0].Text)
			}
			if diff := cmp.Diff(test.want, files.Read(t, dir)["mesh.yaml"]); diff != "" {
				t.Errorf("mesh.yaml (-want +got):\n%s", diff)
			}
			for i := range test.said {
				test.said[i] = strings.ReplaceAll(test.said[i], "FILE", file)
			}
			if diff := cmp.Diff(test.said, said); diff != "" {
				t.Errorf("said (-want +got):\n%s", diff)
			}
		})
	}
}
