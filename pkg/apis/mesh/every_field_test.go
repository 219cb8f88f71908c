package mesh_test

import (
	"os"
	"slices"
	"testing"

	"sigs.k8s.io/yaml"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
)

// TestEveryFieldIsShown: the scenario of that name is where people look up what can be said.
func TestEveryFieldIsShown(t *testing.T) {
	text, err := os.ReadFile("../../../testdata/scenarios/every-field/mesh.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var doc map[string]any
	if err := yaml.UnmarshalStrict(text, &doc); err != nil {
		t.Fatal(err)
	}
	root, err := v1alpha1.Explain(v1alpha1.KindMesh, nil)
	if err != nil {
		t.Fatal(err)
	}
	elsewhere := []string{
		".spec.waivers", // a scenario has nothing to waive
		".spec.sealing.sealedSecrets.certificateData",                                                                                 // instead of a path
		".spec.clusters.api.certificateAuthorityData",                                                                                 // instead of a path
		".spec.clusters.uid", ".spec.clusters.kubernetesVersion", ".spec.clusters.api.serviceAccountJWKS", ".spec.clusters.installed", // what collect finds
	}
	for _, missing := range unsaid("", root, []any{doc}) {
		if !slices.Contains(elsewhere, missing) {
			t.Errorf("testdata/scenarios/every-field/mesh.yaml does not show %s", missing)
		}
	}
}

// unsaid lists the fields below parent that none of the objects has; what is the same in the
// mesh and in a cluster is said once.
func unsaid(path string, parent v1alpha1.Field, objects []any) []string {
	var missing []string
	for _, field := range parent.Fields {
		var values []any
		for _, object := range objects {
			fields, _ := object.(map[string]any)
			switch value, declared := fields[field.Name]; list := value.(type) {
			case []any:
				values = append(values, list...)
				if len(list) == 0 {
					values = append(values, nil)
				}
			default:
				if declared {
					values = append(values, value)
				}
			}
		}
		at := path + "." + field.Name
		switch inherited := at == ".spec.clusters.istio" || at == ".spec.clusters.reader" || at == ".spec.clusters.sealing"; {
		case len(values) == 0:
			missing = append(missing, at)
		case !inherited:
			missing = append(missing, unsaid(at, field, values)...)
		}
	}
	return missing
}
