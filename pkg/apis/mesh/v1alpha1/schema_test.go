package v1alpha1

import (
	"encoding/json"
	"testing"
)

func TestSchema(t *testing.T) {
	for kind, id := range map[string]string{
		KindMesh:         "https://kubectl-mesh.dev/schemas/v1alpha1/mesh.json",
		KindClusterFacts: "https://kubectl-mesh.dev/schemas/v1alpha1/clusterfacts.json",
	} {
		var schema struct {
			ID string `json:"$id"`
		}
		if err := json.Unmarshal(Schema(kind), &schema); err != nil {
			t.Fatalf("%s: %v", kind, err)
		}
		if schema.ID != id {
			t.Errorf("%s: got $id %s, want %s", kind, schema.ID, id)
		}
	}
	for _, kind := range []string{"", "mesh", "Pod", "../Mesh"} {
		if got := Schema(kind); got != nil {
			t.Errorf("Schema(%q) is not nil", kind)
		}
	}
}
