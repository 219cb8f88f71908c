package gitops

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"text/template"

	kustomizev1 "github.com/fluxcd/kustomize-controller/api/v1"
	sourcev1 "github.com/fluxcd/source-controller/api/v1"
	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/pruning"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/validation"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/api/resmap"
	"sigs.k8s.io/kustomize/kyaml/filesys"
	"sigs.k8s.io/yaml"
)

// The repository, seen from here.
const (
	page      = "../../docs/gitops.md"
	scenarios = "../../testdata/scenarios"
)

// manifest is the only one of its kind in the page.
func manifest(t *testing.T, kind string) string {
	t.Helper()
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for i, block := range strings.Split(string(text), "\n```") {
		body, isYAML := strings.CutPrefix(block, "yaml\n")
		if i%2 == 0 || !isYAML {
			continue
		}
		for _, one := range strings.Split(body, "\n---\n") {
			if strings.Contains(one, "\nkind: "+kind+"\n") {
				found = append(found, one)
			}
		}
	}
	if len(found) != 1 {
		t.Fatalf("the page has %d manifests of kind %s", len(found), kind)
	}
	return found[0]
}

// TestFlux: the manifests have the types of Flux, refer to each other, and decrypt what kubectl mesh seals.
func TestFlux(t *testing.T) {
	var source sourcev1.GitRepository
	var kustomization kustomizev1.Kustomization
	for kind, into := range map[string]any{"GitRepository": &source, "Kustomization": &kustomization} {
		if err := yaml.UnmarshalStrict([]byte(manifest(t, kind)), into); err != nil {
			t.Errorf("%s: %v", kind, err)
		}
	}
	if got, want := source.APIVersion, sourcev1.GroupVersion.String(); got != want {
		t.Errorf("GitRepository: %s, want %s", got, want)
	}
	if got, want := kustomization.APIVersion, kustomizev1.GroupVersion.String(); got != want {
		t.Errorf("Kustomization: %s, want %s", got, want)
	}
	spec := kustomization.Spec
	if spec.SourceRef.Kind != source.Kind || spec.SourceRef.Name != source.Name || kustomization.Namespace != source.Namespace {
		t.Errorf("the Kustomization does not refer to the GitRepository: %+v", spec.SourceRef)
	}
	if spec.Decryption == nil || spec.Decryption.Provider != "sops" || spec.Decryption.SecretRef == nil {
		t.Errorf("nothing is decrypted: %+v", spec.Decryption)
	}
	if !spec.Prune || spec.DeletionPolicy != kustomizev1.DeletionPolicyOrphan {
		t.Errorf("prune %t, deletion policy %q", spec.Prune, spec.DeletionPolicy)
	}
	wantBuilds(t, spec.Path, "east")
}

// TestArgoCD: the ApplicationSet passes the schema of Argo CD, and so does each Application that it generates.
func TestArgoCD(t *testing.T) {
	var set struct {
		Spec struct {
			Generators []struct {
				List struct{ Elements []map[string]string }
			}
			Template map[string]any
		}
	}
	text := manifest(t, "ApplicationSet")
	wantValid(t, "applicationset", text)
	if err := yaml.Unmarshal([]byte(text), &set); err != nil {
		t.Fatal(err)
	}
	var clusters []string
	for _, values := range set.Spec.Generators[0].List.Elements {
		application := generate(t, set.Spec.Template, values)
		wantValid(t, "application", application)
		var one struct {
			Spec struct {
				Source      struct{ Path string }
				Destination struct{ Name string }
			}
		}
		if err := yaml.Unmarshal([]byte(application), &one); err != nil {
			t.Fatal(err)
		}
		wantBuilds(t, one.Spec.Source.Path, one.Spec.Destination.Name)
		clusters = append(clusters, one.Spec.Destination.Name)
	}
	if !slices.Equal(clusters, []string{"east", "west"}) {
		t.Errorf("applications for %v", clusters)
	}
}

// generate makes an Application as the controller does with goTemplate: true.
func generate(t *testing.T, from map[string]any, values map[string]string) string {
	t.Helper()
	text, err := yaml.Marshal(from)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := template.New("").Option("missingkey=error").Parse(string(text))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := parsed.Execute(&out, values); err != nil {
		t.Fatal(err)
	}
	return "apiVersion: argoproj.io/v1alpha1\nkind: Application\n" + out.String()
}

// wantValid validates an object as an API server with the CRD of Argo CD does, and finds fields that it would drop.
func wantValid(t *testing.T, crd, text string) {
	t.Helper()
	list := exec.CommandContext(t.Context(), "go", "list", "-m", "-f", "{{.Dir}}", "github.com/argoproj/argo-cd/v3")
	dir, err := list.Output()
	if err != nil {
		t.Fatal(err)
	}
	source, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(dir)), "manifests", "crds", crd+"-crd.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var declared apiextensionsv1.CustomResourceDefinition
	if err := yaml.Unmarshal(source, &declared); err != nil {
		t.Fatal(err)
	}
	var props apiextensions.JSONSchemaProps
	if err := apiextensionsv1.Convert_v1_JSONSchemaProps_To_apiextensions_JSONSchemaProps(declared.Spec.Versions[0].Schema.OpenAPIV3Schema, &props, nil); err != nil {
		t.Fatal(err)
	}
	validator, _, err := validation.NewSchemaValidator(&props)
	if err != nil {
		t.Fatal(err)
	}
	var object map[string]any
	if err := yaml.Unmarshal([]byte(text), &object); err != nil {
		t.Fatal(err)
	}
	for _, problem := range validation.ValidateCustomResource(nil, object, validator) {
		t.Errorf("%s: %v", crd, problem)
	}
	structural, err := schema.NewStructural(&props)
	if err != nil {
		t.Fatal(err)
	}
	options := schema.UnknownFieldPathOptions{TrackUnknownFieldPaths: true}
	for _, unknown := range pruning.PruneWithOptions(object, structural, true, options) {
		t.Errorf("%s has no field %s", crd, unknown)
	}
}

// wantBuilds builds what a controller is pointed at, as it does: the overlay of that cluster in a whole repository.
func wantBuilds(t *testing.T, path, cluster string) {
	t.Helper()
	built := build(t, "two-clusters", path)
	if built.Size() < 5 {
		t.Errorf("%s: %d objects", path, built.Size())
	}
	kinds := map[string]int{}
	for _, object := range built.Resources() {
		kinds[object.GetKind()]++
	}
	if cluster == "east" {
		wantShown(t, kinds)
	}
}

func build(t *testing.T, scenario, path string) resmap.ResMap {
	t.Helper()
	dir := filepath.Join(scenarios, scenario, "want", filepath.FromSlash(path))
	built, err := krusty.MakeKustomizer(krusty.MakeDefaultOptions()).Run(filesys.MakeFsOnDisk(), dir)
	if err != nil {
		t.Fatalf("%s: %v", dir, err)
	}
	return built
}

// wantShown compares the objects with those that the page shows.
func wantShown(t *testing.T, kinds map[string]int) {
	t.Helper()
	var lines []string
	for kind, count := range kinds {
		lines = append(lines, fmt.Sprintf("%7d kind: %s\n", count, kind))
	}
	slices.SortFunc(lines, func(a, b string) int { return strings.Compare(a[8:], b[8:]) })
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	if want := "uniq -c\n" + strings.Join(lines, "") + "```\n"; !strings.Contains(string(text), want) {
		t.Errorf("the page does not show what is applied:\n%s", want)
	}
}

// TestSealedOverlays: kustomize leaves ciphertext alone, for Flux and the controller of Sealed Secrets to decrypt.
func TestSealedOverlays(t *testing.T) {
	for cluster, is := range map[string]func(name, text string) bool{
		"flux": func(name, text string) bool {
			return strings.HasPrefix(name, "istio-remote-secret-") && strings.Contains(text, "\nsops:\n") && strings.Contains(text, "ENC[AES256_GCM,")
		},
		"argo": func(_, text string) bool { return strings.Contains(text, "kind: SealedSecret\n") },
	} {
		count := 0
		for _, object := range build(t, "sealed", "deploy/overlays/"+cluster).Resources() {
			text, err := object.AsYAML()
			if err != nil {
				t.Fatal(err)
			}
			if is(object.GetName(), string(text)) {
				count++
			}
		}
		if count != 2 {
			t.Errorf("%s: %d sealed remote secrets, want 2", cluster, count)
		}
	}
}
