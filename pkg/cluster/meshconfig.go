package cluster

import (
	"cmp"
	"errors"
	"fmt"

	"sigs.k8s.io/yaml"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/strict"
)

// meshConfig reads the mesh configuration of a revision.
func (r *reader) meshConfig(revision string) error {
	name := revisioned(meshConfigName, revision)
	what := "the mesh configuration of Istio"
	config, err := r.kube.configMap(r.ctx, r.ask.Namespace, name)
	if err != nil {
		absent := fmt.Sprintf("no ConfigMap %s in namespace %s", name, r.ask.Namespace)
		if r.ask.Served {
			absent = "" // the istiod chart of a remote cluster creates none (istio profile-remote.yaml, configMap: false)
		}
		if err := r.excuse(err, what, absent); err != nil {
			return fmt.Errorf("read configmap %s/%s: %w", r.ask.Namespace, name, err)
		}
		return nil
	}
	if err := parseMeshConfig(config.Data[meshConfigKey], &r.facts.Istio); err != nil {
		r.note(what, fmt.Sprintf("key %s of ConfigMap %s is not a mesh configuration", meshConfigKey, name))
	}
	return nil
}

// meshConfig has the fields that are read. istiod accepts each by its JSON name or its name in the proto file, in
// exactly that letter case (Istio pkg/util/protomarshal/protomarshal.go, ApplyYAML).
type meshConfig struct {
	TrustDomain        string      `json:"trustDomain"`
	TrustDomainProto   string      `json:"trust_domain"`
	DefaultConfig      proxyConfig `json:"defaultConfig"`
	DefaultConfigProto proxyConfig `json:"default_config"`
}

type proxyConfig struct {
	MeshID      string `json:"meshId"`
	MeshIDProto string `json:"mesh_id"`
}

// parseMeshConfig returns the fields that are set; only istiod knows the defaults of others.
func parseMeshConfig(text string, istio *Istio) error {
	document, err := yaml.YAMLToJSON([]byte(text)) // as istiod
	if err != nil {
		return errors.New("parse mesh configuration: not YAML")
	}
	var config meshConfig
	if err := strict.JSON(document, &config, strict.AllowUnknownFields); err != nil {
		return fmt.Errorf("parse mesh configuration: %w", err)
	}
	istio.TrustDomain = cmp.Or(config.TrustDomain, config.TrustDomainProto)
	istio.MeshID = cmp.Or(config.DefaultConfig.MeshID, config.DefaultConfig.MeshIDProto,
		config.DefaultConfigProto.MeshID, config.DefaultConfigProto.MeshIDProto)
	return nil
}
