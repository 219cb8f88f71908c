package mesh

import (
	"encoding/json"
	"maps"
	"slices"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
)

// overlay decodes facts and mesh.yaml into cluster. mesh.yaml takes precedence field by field; a list or a value is
// replaced as a whole. Its values for all clusters take precedence too, and facts that contradict them are returned.
func overlay(cluster *v1alpha1.Cluster, facts, declared json.RawMessage, wide map[string]any) ([]Override, error) {
	var below, above map[string]any
	if err := json.Unmarshal(facts, &below); err != nil {
		return nil, err
	}
	if err := json.Unmarshal(declared, &above); err != nil {
		return nil, err
	}
	dropAuthority(below, above)
	dropEndpoint(below, above)
	overridden := dropOverridden("", below, above, wide)
	for i := range overridden {
		overridden[i].Cluster = cluster.Name
	}
	merged, err := json.Marshal(mergeInto(below, above))
	if err != nil {
		return nil, err
	}
	*cluster = v1alpha1.Cluster{}
	return overridden, json.Unmarshal(merged, cluster)
}

// Override is a fact that differs from the value in mesh.yaml for all clusters.
type Override struct {
	// Field of the cluster: istio.version.
	Cluster, Field string
	// Reported by the cluster or its platform, and Declared in mesh.yaml, which takes precedence.
	Reported, Declared any
}

// dropOverridden removes facts that mesh.yaml sets for all clusters, so that every cluster gets that value as a
// default. A value for this cluster in mesh.yaml is not a contradiction.
func dropOverridden(path string, facts, declared, wide map[string]any) []Override {
	var found []Override
	for _, key := range slices.Sorted(maps.Keys(wide)) {
		value, fact := wide[key], facts[key]
		if over, deep := value.(map[string]any); deep {
			under, _ := fact.(map[string]any)
			own, _ := declared[key].(map[string]any)
			found = append(found, dropOverridden(path+key+".", under, own, over)...)
			continue
		}
		if value == nil || value == "" {
			continue
		}
		delete(facts, key)
		if fact != nil && fact != "" && fact != value && declared[key] == nil {
			found = append(found, Override{Field: path + key, Reported: fact, Declared: value})
		}
	}
	return found
}

// agreement lists the fields in which mesh.yaml and a cluster must agree for the mesh to work. Addresses are not
// among them, because they can differ by location.
type agreement struct {
	Istio struct {
		Revision string `json:"revision"`
		Version  string `json:"version"`
	} `json:"istio"`
	Network     string `json:"network"`
	TrustDomain string `json:"trustDomain"`
}

// contradicted lists the facts for which mesh.yaml sets another value in the cluster itself.
func contradicted(cluster string, facts, declared json.RawMessage) []Override {
	var found, set agreement
	if json.Unmarshal(facts, &found) != nil || json.Unmarshal(declared, &set) != nil {
		return nil // reported by overlay
	}
	var differ []Override
	for _, one := range []struct{ field, found, set string }{
		{field: "istio.revision", found: found.Istio.Revision, set: set.Istio.Revision},
		{field: "istio.version", found: found.Istio.Version, set: set.Istio.Version},
		{field: "network", found: found.Network, set: set.Network},
		{field: "trustDomain", found: found.TrustDomain, set: set.TrustDomain},
	} {
		if one.found != "" && one.set != "" && one.found != one.set {
			differ = append(differ, Override{Cluster: cluster, Field: one.field, Reported: one.found, Declared: one.set})
		}
	}
	return differ
}

// rerouted returns a gateway's collected addresses if mesh.yaml declares others.
func rerouted(cluster string, facts, declared json.RawMessage) []Override {
	var found, set struct {
		Gateway struct {
			Addresses []string `json:"addresses"`
		} `json:"gateway"`
	}
	if json.Unmarshal(facts, &found) != nil || json.Unmarshal(declared, &set) != nil {
		return nil // reported by overlay
	}
	if len(found.Gateway.Addresses) == 0 || len(set.Gateway.Addresses) == 0 {
		return nil
	}
	return []Override{{
		Cluster:  cluster,
		Field:    "gateway.addresses",
		Reported: found.Gateway.Addresses,
		Declared: set.Gateway.Addresses,
	}}
}

// dropAuthority: path and data set the same thing, so either of them in mesh.yaml replaces either of them in the
// facts.
func dropAuthority(below, above map[string]any) {
	api, _ := below["api"].(map[string]any)
	declared, _ := above["api"].(map[string]any)
	for _, field := range []string{"certificateAuthority", "certificateAuthorityData"} {
		if value := declared[field]; value != nil && value != "" {
			delete(api, "certificateAuthority")
			delete(api, "certificateAuthorityData")
		}
	}
}

// dropEndpoint: an address in the facts that is a GKE endpoint comes from someone's kubeconfig, and does not show
// which endpoint a consumer can reach. That is selected for each consumer.
func dropEndpoint(below, above map[string]any) {
	api, _ := below["api"].(map[string]any)
	server, _ := api["server"].(string)
	declared, _ := above["api"].(map[string]any)
	merged := mergeInto(below, above)
	gke, _ := merged["gke"].(map[string]any)
	endpoints, _ := gke["endpoints"].(map[string]any)
	if server == "" || declared["server"] != nil && declared["server"] != "" {
		return
	}
	for _, endpoint := range endpoints {
		if host, _ := endpoint.(string); host != "" && (server == "https://"+host || server == "https://["+host+"]") {
			delete(api, "server")
		}
	}
}

// mergeInto returns below, overridden by above. Null sets nothing.
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
