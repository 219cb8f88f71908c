package schema_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
)

// TestDefaultsAreTrue compares every default that the comments promise with what SetDefaults
// fills in.
func TestDefaultsAreTrue(t *testing.T) {
	mesh := v1alpha1.Mesh{}
	mesh.Spec.Reader.External = &v1alpha1.ExternalStore{}
	mesh.Spec.Trust.CA = v1alpha1.CA{IssuerRef: &v1alpha1.IssuerRef{}, External: &v1alpha1.ExternalStore{}}
	mesh.Spec.Clusters = []v1alpha1.Cluster{{ClusterSpec: v1alpha1.ClusterSpec{
		Gateway: &v1alpha1.Gateway{},
		GKE:     &v1alpha1.GKE{},
	}}}
	v1alpha1.SetDefaults(&mesh)

	root, err := v1alpha1.Explain(v1alpha1.KindMesh, nil)
	if err != nil {
		t.Fatal(err)
	}
	if compared := compareDefaults(t, "", root, decoded(t, mesh)); compared == 0 {
		t.Error("compared no default at all")
	}
}

func decoded(t *testing.T, mesh v1alpha1.Mesh) any {
	t.Helper()
	text, err := json.Marshal(mesh)
	if err != nil {
		t.Fatal(err)
	}
	var doc any
	if err := json.Unmarshal(text, &doc); err != nil {
		t.Fatal(err)
	}
	return doc
}

// compareDefaults walks the fields below parent, and returns how many defaults it met.
func compareDefaults(t *testing.T, path string, parent v1alpha1.Field, value any) int {
	t.Helper()
	if list, ok := value.([]any); ok && len(list) > 0 {
		value = list[0]
	}
	object, _ := value.(map[string]any)
	compared := 0
	for _, field := range parent.Fields {
		at := path + "." + field.Name
		if field.Default != "" && object == nil {
			t.Errorf("%s: the mesh of this test has nothing there", path)
		} else if field.Default != "" {
			compareDefault(t, at, field.Default, object[field.Name])
			compared++
		}
		compared += compareDefaults(t, at, field, object[field.Name])
	}
	return compared
}

func compareDefault(t *testing.T, path, promised string, got any) {
	t.Helper()
	var want any
	if err := yaml.Unmarshal([]byte(promised), &want); err != nil {
		t.Fatalf("%s: default %s is no YAML: %v", path, promised, err)
	}
	if got == nil && want == false {
		return // encoding/json leaves out a false that has no pointer
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s: the comment promises a default that SetDefaults does not set (-comment +SetDefaults):\n%s", path, diff)
	}
}
