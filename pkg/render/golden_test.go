package render_test

import (
	"path"
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/render"
)

// The whole of what a scenario renders to is what its directory want says, byte for byte.
func TestScenarios(t *testing.T) {
	eachScenario(t, func(t *testing.T, s scenario) {
		got := trees(t, s.Input)
		for name, text := range streams(t, s.Input) {
			got[path.Join("stream", name)] = text
		}
		if s.name == "two-clusters" { // JSON says what the YAML says: once is enough
			got["stream/east.include.json"] = jsonOf(t, compile(t, s.Input, "east", render.Options{Secrets: true}))
		}
		checkGolden(t, path.Join(s.dir, "want"), got)
	})
}

// trees returns the files of deploy/ and of credentials/overlays/, by path.
func trees(t testing.TB, in render.Input) map[string][]byte {
	t.Helper()
	files := map[string][]byte{}
	for dir, tree := range map[string]layout.Tree{"deploy": deploy(t, in), "credentials/overlays": credentials(t, in)} {
		for _, file := range tree.Files {
			files[path.Join(dir, file.Path)] = file.Content
		}
	}
	return files
}

func deploy(t testing.TB, in render.Input, only ...string) layout.Tree {
	t.Helper()
	tree, err := render.Deploy(in, only)
	if err != nil {
		t.Fatal(err)
	}
	return tree
}

func credentials(t testing.TB, in render.Input, only ...string) layout.Tree {
	t.Helper()
	tree, err := render.Credentials(in, only, "../../deploy")
	if err != nil {
		t.Fatal(err)
	}
	return tree
}

// streams returns what may be printed for each cluster: <cluster>.include.yaml and so on.
func streams(t testing.TB, in render.Input) map[string][]byte {
	t.Helper()
	all := map[string][]byte{}
	for _, name := range in.Graph.Names() {
		all[name+".include.yaml"] = yamlOf(t, compile(t, in, name, render.Options{Secrets: true}))
		all[name+".skip.yaml"] = yamlOf(t, compile(t, in, name, render.Options{}))
		all[name+".mask.yaml"] = yamlOf(t, compile(t, in, name, render.Options{Redacted: true}))
	}
	return all
}

func compile(t testing.TB, in render.Input, cluster string, opts render.Options) render.Overlay {
	t.Helper()
	overlay, err := render.Compile(in, cluster, opts)
	if err != nil {
		t.Fatal(err)
	}
	return overlay
}

func yamlOf(t testing.TB, overlay render.Overlay) []byte {
	t.Helper()
	text, err := overlay.YAML()
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func jsonOf(t testing.TB, overlay render.Overlay) []byte {
	t.Helper()
	text, err := overlay.JSON()
	if err != nil {
		t.Fatal(err)
	}
	return text
}
