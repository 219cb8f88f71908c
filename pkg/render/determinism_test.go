package render_test

import (
	"bytes"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"sigs.k8s.io/yaml"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/render"
)

func TestTwentyRenderingsAreOne(t *testing.T) {
	eachScenario(t, func(t *testing.T, s scenario) {
		first := everything(t, s.Input)
		for range 19 {
			checkSame(t, first, everything(t, s.Input))
		}
	})
}

// The order of mesh.yaml does not show.
func TestOrderDoesNotShow(t *testing.T) {
	eachScenario(t, func(t *testing.T, s scenario) {
		want := everything(t, s.Input)
		text := readFile(t, filepath.Join(s.dir, "mesh.yaml"))
		for seed := range uint64(5) {
			checkSame(t, want, everything(t, loadFolder(t, s.dir, shuffled(t, text, seed))))
		}
	})
}

// Nor does the directory that the workspace is in, or the one that somebody works in.
func TestPlaceDoesNotShow(t *testing.T) {
	eachScenario(t, func(t *testing.T, s scenario) {
		want := everything(t, s.Input)
		elsewhere := t.TempDir()
		if err := os.CopyFS(filepath.Join(elsewhere, "mesh"), os.DirFS(s.dir)); err != nil {
			t.Fatal(err)
		}
		t.Chdir(elsewhere)
		checkSame(t, want, everything(t, loadFolder(t, "mesh", readFile(t, "mesh/mesh.yaml"))))
	})
}

// everything is all that can come out of a mesh.
func everything(t testing.TB, in render.Input) map[string][]byte {
	t.Helper()
	all := trees(t, in)
	maps.Copy(all, streams(t, in))
	for _, cluster := range in.Graph.Names() {
		all[cluster+".json"] = jsonOf(t, compile(t, in, cluster, render.Options{Redacted: true}))
	}
	return all
}

func checkSame(t *testing.T, want, got map[string][]byte) {
	t.Helper()
	if !maps.EqualFunc(want, got, bytes.Equal) {
		for name := range got {
			if !bytes.Equal(want[name], got[name]) {
				t.Errorf("%s comes out in two ways:\n%s\nand\n%s", name, want[name], got[name])
			}
		}
		t.Fatalf("%d and %d files", len(want), len(got))
	}
}

// shuffled writes the lists of a mesh whose order means nothing in another one.
func shuffled(t *testing.T, text []byte, seed uint64) []byte {
	t.Helper()
	mesh := objects(t, text)[0]
	random := rand.New(rand.NewPCG(seed, 0))
	clusters, _ := mesh.at("spec", "clusters").([]any)
	links, _ := mesh.at("spec", "links").([]any)
	shuffle := func(list []any) {
		random.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
	}
	for _, entry := range slices.Concat(clusters, links) {
		fields, _ := entry.(map[string]any)
		for _, value := range fields {
			if list, ok := value.([]any); ok {
				shuffle(list)
			}
		}
	}
	shuffle(clusters)
	shuffle(links)
	out, err := yaml.Marshal(mesh)
	if err != nil {
		t.Fatal(err)
	}
	return out
}
