package mesh

import (
	"encoding/json"
	"maps"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
)

// overlay decodes into cluster what facts and mesh.yaml say together: mesh.yaml wins field
// by field, a list or a value as a whole.
func overlay(cluster *v1alpha1.Cluster, facts, said json.RawMessage) error {
	var below, above map[string]any
	if err := json.Unmarshal(facts, &below); err != nil {
		return err
	}
	if err := json.Unmarshal(said, &above); err != nil {
		return err
	}
	dropAuthority(below, above)
	merged, err := json.Marshal(mergeInto(below, above))
	if err != nil {
		return err
	}
	*cluster = v1alpha1.Cluster{}
	return json.Unmarshal(merged, cluster)
}

// dropAuthority: a path and data are two ways to say one thing, so either of mesh.yaml's
// replaces either of the facts'.
func dropAuthority(below, above map[string]any) {
	api, _ := below["api"].(map[string]any)
	said, _ := above["api"].(map[string]any)
	for _, field := range []string{"certificateAuthority", "certificateAuthorityData"} {
		if value := said[field]; value != nil && value != "" {
			delete(api, "certificateAuthority")
			delete(api, "certificateAuthorityData")
		}
	}
}

// mergeInto returns below with everything in above laid over it. A null says nothing.
func mergeInto(below, above map[string]any) map[string]any {
	merged := maps.Clone(below)
	if merged == nil {
		merged = map[string]any{}
	}
	for key, value := range above {
		over, ok := value.(map[string]any)
		under, both := merged[key].(map[string]any)
		switch {
		case value == nil:
		case ok && both:
			merged[key] = mergeInto(under, over)
		default:
			merged[key] = value
		}
	}
	return merged
}
