package helm

import (
	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
)

const (
	tokenVolume = "mesh-peers"
	tokenLife   = 3600 // seconds; the kubelet renews a token well before it expires
)

// The required fields of a pod's volumes (k8s.io/api core/v1).
type volume struct {
	Name      string    `json:"name"`
	Projected projected `json:"projected"`
}

type projected struct {
	Sources []projectedSource `json:"sources"`
}

type projectedSource struct {
	ServiceAccountToken projectedToken `json:"serviceAccountToken"`
}

type projectedToken struct {
	Audience          string `json:"audience"`
	ExpirationSeconds int    `json:"expirationSeconds"`
	Path              string `json:"path"`
}

type volumeMount struct {
	MountPath string `json:"mountPath"`
	Name      string `json:"name"`
	ReadOnly  bool   `json:"readOnly"`
}

// federated returns the clusters that the control plane here reads with tokens of its own cluster.
func (v values) federated() []*v1alpha1.Cluster {
	var targets []*v1alpha1.Cluster
	for target := range v.Graph.Targets(v.cluster.Name) {
		if access.KindOf(target).Traits().Issued {
			targets = append(targets, target)
		}
	}
	return targets
}

// tokenVolumes have the kubelet mount a token for each of them into istiod's pod.
func (v values) tokenVolumes() ([]volume, []volumeMount) {
	targets := v.federated()
	if len(targets) == 0 {
		return nil, nil
	}
	tokens := volume{Name: tokenVolume}
	for _, target := range targets {
		tokens.Projected.Sources = append(tokens.Projected.Sources, projectedSource{ServiceAccountToken: projectedToken{
			Audience:          access.Audience(v.Spec.Metadata.Name, v.cluster.Name, target.Name),
			ExpirationSeconds: tokenLife,
			Path:              target.Name + "/" + access.TokenFile,
		}})
	}
	return []volume{tokens}, []volumeMount{{MountPath: access.TokenDir, Name: tokenVolume, ReadOnly: true}}
}
