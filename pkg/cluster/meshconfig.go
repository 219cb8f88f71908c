package cluster

import (
	"fmt"

	"sigs.k8s.io/yaml"
)

// meshConfig reads the mesh configuration of a revision.
func (r *reader) meshConfig(revision string) error {
	name := revisioned(meshConfigName, revision)
	what := "the mesh configuration of Istio"
	config, err := r.kube.configMap(r.ctx, r.ask.Namespace, name)
	if err != nil {
		if err := r.excuse(err, what, fmt.Sprintf("there is no ConfigMap %s in namespace %s", name, r.ask.Namespace)); err != nil {
			return fmt.Errorf("read configmap %s/%s: %w", r.ask.Namespace, name, err)
		}
		return nil
	}
	if err := parseMeshConfig(config.Data[meshConfigKey], &r.facts.Istio); err != nil {
		r.note(what, fmt.Sprintf("the key %s of ConfigMap %s is no mesh configuration", meshConfigKey, name))
	}
	return nil
}

// parseMeshConfig takes what is there; what is left out has a default that only istiod knows.
func parseMeshConfig(text string, istio *Istio) error {
	var config struct {
		TrustDomain   string `json:"trustDomain"`
		DefaultConfig struct {
			MeshID string `json:"meshId"`
		} `json:"defaultConfig"`
	}
	if err := yaml.Unmarshal([]byte(text), &config); err != nil {
		return fmt.Errorf("parse mesh configuration: %w", err)
	}
	istio.TrustDomain, istio.MeshID = config.TrustDomain, config.DefaultConfig.MeshID
	return nil
}
