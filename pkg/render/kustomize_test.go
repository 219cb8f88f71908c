package render_test

import (
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/render"
)

// What kustomize makes of the tree is what the stream carries, byte for byte.
func TestKustomizeBuildsTheStream(t *testing.T) {
	eachScenario(t, func(t *testing.T, s scenario) {
		files := trees(t, s.Input)
		disk := filesys.MakeFsInMemory()
		for name, text := range files {
			if err := disk.WriteFile("/"+name, text); err != nil {
				t.Fatal(err)
			}
		}
		checkBuilds(t, s.Input, func(t *testing.T, dir string) []byte { return build(t, disk, "/"+dir) })
	})
}

// The reviewed tree builds where nothing that git ignores is present.
func TestKustomizeBuildsTheReviewedTreeAlone(t *testing.T) {
	eachScenario(t, func(t *testing.T, s scenario) {
		disk := filesys.MakeFsInMemory()
		in := s.Input
		in.Credentials = nil
		for _, file := range deploy(t, in).Files {
			if err := disk.WriteFile(path.Join("/deploy", file.Path), file.Content); err != nil {
				t.Fatal(err)
			}
		}
		for _, cluster := range s.clusters() {
			got := build(t, disk, path.Join("/deploy/overlays", cluster))
			checkStream(t, cluster, yamlOf(t, compile(t, in, cluster, render.Options{})), got)
		}
	})
}

// The same with the kubectl of this machine, whatever its kustomize.
func TestKubectlBuildsTheStream(t *testing.T) {
	kubectl, err := exec.LookPath("kubectl")
	if err != nil {
		t.Skip("no kubectl on the PATH")
	}
	if testing.Short() {
		t.Skip("starts kubectl some eighty times")
	}
	eachScenario(t, func(t *testing.T, s scenario) {
		root := t.TempDir()
		writeFolder(t, root, trees(t, s.Input))
		checkBuilds(t, s.Input, func(t *testing.T, dir string) []byte {
			return run(t, kubectl, "kustomize", filepath.Join(root, filepath.FromSlash(dir)))
		})
	})
}

// checkBuilds builds both overlays of every cluster, and compares with the streams.
func checkBuilds(t *testing.T, in render.Input, build func(*testing.T, string) []byte) {
	t.Helper()
	for _, cluster := range in.Graph.Names() {
		reviewed := yamlOf(t, compile(t, in, cluster, render.Options{}))
		checkStream(t, cluster+" --secrets=skip", reviewed, build(t, path.Join("deploy/overlays", cluster)))
		whole := yamlOf(t, compile(t, in, cluster, render.Options{Secrets: true}))
		checkStream(t, cluster+" --secrets=include", whole, build(t, path.Join("credentials/overlays", cluster)))
	}
}

func checkStream(t *testing.T, what string, ours, theirs []byte) {
	t.Helper()
	if diff := cmp.Diff(string(ours), string(theirs)); diff != "" {
		t.Errorf("%s: kustomize prints another stream (-ours +theirs):\n%s", what, diff)
	}
}

// build does what `kubectl kustomize` does: nothing is said about the order, so it is the
// legacy one (kustomize v5 commands/build, HonorKustomizeFlags).
func build(t testing.TB, disk filesys.FileSystem, dir string) []byte {
	t.Helper()
	opts := krusty.MakeDefaultOptions()
	opts.Reorder = krusty.ReorderOptionUnspecified
	resources, err := krusty.MakeKustomizer(opts).Run(disk, dir)
	if err != nil {
		t.Fatalf("build %s: %v", dir, err)
	}
	text, err := resources.AsYaml()
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// run starts a program with as little of this machine around it as can be.
func run(t *testing.T, program string, args ...string) []byte {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), program, args...)
	cmd.Env = append(os.Environ(), "HOME="+t.TempDir(), "KUBECONFIG="+os.DevNull)
	var stderr strings.Builder
	cmd.Stderr = &stderr
	text, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", program, strings.Join(args, " "), err, stderr.String())
	}
	return text
}
