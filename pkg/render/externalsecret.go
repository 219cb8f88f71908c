package render

import "github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"

// The fields of external-secrets.io/v1 ExternalSecret that are needed to refer to a store's entry. External Secrets' Go
// types would add a controller's dependencies.

const externalSecretVersion = "external-secrets.io/v1"

type externalSecret struct {
	customObject `json:",inline"`
	Spec         externalSecretSpec `json:"spec"`
}

type externalSecretSpec struct {
	Data            []externalData `json:"data"`
	RefreshInterval string         `json:"refreshInterval"`
	SecretStoreRef  externalStore  `json:"secretStoreRef"`
	Target          externalTarget `json:"target"`
}

type externalData struct {
	RemoteRef externalRef `json:"remoteRef"`
	SecretKey string      `json:"secretKey"`
}

type externalRef struct {
	Key      string `json:"key"`
	Property string `json:"property"`
}

type externalStore struct {
	Kind string `json:"kind"`
	Name string `json:"name"`
}

type externalTarget struct {
	CreationPolicy string `json:"creationPolicy"`
	DeletionPolicy string `json:"deletionPolicy"`
	Name           string `json:"name"`
	// Template of the Secret; if nil, it gets the data unchanged.
	Template *externalTemplate `json:"template,omitempty"`
}

type externalTemplate struct {
	Data          map[string]string `json:"data"`
	EngineVersion string            `json:"engineVersion"`
	Metadata      externalMetadata  `json:"metadata"`
}

type externalMetadata struct {
	Annotations map[string]string `json:"annotations"`
	Labels      map[string]string `json:"labels"`
}

// externalSecret creates a Secret from properties of a store's entry. The Secret is retained if the store loses the
// entry or is unreachable, so that the mesh keeps working.
func (c compiler) externalSecret(
	name string, store v1alpha1.SecretStoreRef, entry string, properties ...string,
) *externalSecret {
	spec := externalSecretSpec{
		RefreshInterval: "1h0m0s",
		SecretStoreRef:  externalStore{Kind: string(store.Kind), Name: store.Name},
		Target:          externalTarget{CreationPolicy: "Owner", DeletionPolicy: "Retain", Name: name},
	}
	for _, property := range properties {
		spec.Data = append(spec.Data, externalData{
			RemoteRef: externalRef{Key: entry, Property: property},
			SecretKey: property,
		})
	}
	return &externalSecret{
		customObject: newCustomObject(externalSecretVersion, "ExternalSecret", name, c.cluster.Istio.Namespace, c.labels),
		Spec:         spec,
	}
}
