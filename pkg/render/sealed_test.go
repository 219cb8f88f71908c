package render_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/render"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/sealing"
)

// What is rendered of a sealed file are the fields that were verified: the same bytes however it is written.
func TestSealedFilesAreRenderedAsVerified(t *testing.T) {
	honest := loadScenario(t, "sealed")
	for how, rewrite := range map[string]func(string) string{
		"JSON": func(text string) string {
			document, err := yaml.YAMLToJSON([]byte(text))
			if err != nil {
				t.Fatal(err)
			}
			return string(document)
		},
		"CRLF, a byte order mark and comments": func(text string) string {
			return "\ufeff---\r\n" + strings.ReplaceAll(strings.Replace(text, "metadata:\n", "metadata: # note\n  # SECRET\n", 1), "\n", "\r\n")
		},
		"key services of an older sops": func(text string) string {
			return strings.Replace(text, "\nsops:\n", "\nsops:\n  kms: []\n  pgp: []\n", 1)
		},
	} {
		rewritten := honest.Input
		rewritten.Sealed = map[string]*sealing.File{}
		for name := range honest.Sealed {
			file, err := sealing.Parse([]byte(rewrite(string(readFile(t, filepath.Join(honest.dir, filepath.FromSlash(name)))))))
			if err != nil {
				t.Fatalf("%s, %s: %v", name, how, err)
			}
			rewritten.Sealed[name] = file
		}
		for _, cluster := range honest.clusters() {
			want, got := compile(t, honest.Input, cluster, render.Options{}), compile(t, rewritten, cluster, render.Options{})
			for format, encode := range map[string]func(render.Overlay) ([]byte, error){"YAML": render.Overlay.YAML, "JSON": render.Overlay.JSON} {
				if diff := cmp.Diff(text(t, want, encode), text(t, got, encode)); diff != "" {
					t.Errorf("%s as %s, from %s (-honest +rewritten):\n%s", cluster, format, how, diff)
				}
			}
		}
	}
}

func text(t *testing.T, overlay render.Overlay, encode func(render.Overlay) ([]byte, error)) string {
	t.Helper()
	encoded, err := encode(overlay)
	if err != nil {
		t.Fatal(err)
	}
	return string(encoded)
}

// A file in the place of another is not rendered, whoever has read it.
func TestSealedFilesAreTheObjectsOfTheirNames(t *testing.T) {
	in := loadScenario(t, "sealed").Input
	in.Sealed["sealed/argo/remote-secret-bare.yaml"] = in.Sealed["sealed/argo/remote-secret-flux.yaml"]
	const want = "render sealed/argo/remote-secret-bare.yaml: it must be istio-system/istio-remote-secret-bare, but is another object"
	if _, err := render.Compile(in, "argo", render.Options{}); fmt.Sprint(err) != want {
		t.Errorf("got %v, want %s", err, want)
	}
	sealables, err := render.Sealables(in, "argo")
	if err != nil {
		t.Fatal(err)
	}
	for _, sealable := range sealables {
		file := in.Sealed["sealed/argo/remote-secret-flux.yaml"]
		file.Keys = append(file.Keys, "north")
		if err := sealable.Accepts(file); sealable.Name == file.Name && fmt.Sprint(err) != "it must have no other keys than flux" {
			t.Errorf("another key: %v", err)
		}
	}
}

// What is committed is what would be sealed today, and whatever differs in the open is to be sealed again.
func TestSealedFilesAreOutdatedByTheirLabels(t *testing.T) {
	in := loadScenario(t, "sealed").Input
	for _, cluster := range in.Graph.Names() {
		sealables, err := render.Sealables(in, cluster)
		if err != nil {
			t.Fatal(err)
		}
		for _, sealable := range sealables {
			name := sealable.SealedFile()
			text := string(readFile(t, filepath.Join(scenarioFolder, "sealed", filepath.FromSlash(name))))
			for what, change := range map[string]struct{ old, new, want string }{
				"as it is":             {"", "", ""},
				"another mesh":         {"kubectl-mesh.dev/mesh: shop", "kubectl-mesh.dev/mesh: other", "other labels or annotations"},
				"invisible for istiod": {"istio/multiCluster: \"true\"\n", "\n", "other labels or annotations"},
				"another cluster":      {"networking.istio.io/cluster: ", "networking.istio.io/cluster: x", "other labels or annotations"},
				"guarded":              {"networking.istio.io/cluster: ", "kustomize.toolkit.fluxcd.io/prune: disabled\n        networking.istio.io/cluster: ", "other labels or annotations"},
			} {
				if what == "guarded" && !strings.Contains(text, "SealedSecret") {
					continue // it is indented otherwise
				}
				at := max(strings.LastIndex(text, change.old), 0)
				file, err := sealing.Parse([]byte(text[:at] + strings.Replace(text[at:], change.old, change.new, 1)))
				if err != nil {
					t.Fatalf("%s, %s: %v", name, what, err)
				}
				if got := sealable.Outdated(file); got != change.want {
					t.Errorf("%s, %s: got %q, want %q", name, what, got, change.want)
				}
			}
		}
	}
}
