package v1alpha1

// Installed is what the control plane in a cluster reports and mesh.yaml does not set.
type Installed struct {
	// MeshID of the control plane (meshConfig.defaultConfig.meshId). It must match the name of the
	// mesh.
	MeshID string `json:"meshID,omitempty"`
	// ClusterID of the control plane (CLUSTER_ID of istiod). It must match the ID of the cluster.
	ClusterID string `json:"clusterID,omitempty"`
	// RootSHA256 are the fingerprints of the roots that workloads trust (ConfigMap
	// istio-ca-root-cert): the SHA-256 of each certificate in lower-case hexadecimal digits,
	// sorted. The clusters of a mesh must have a root in common.
	RootSHA256 []string `json:"rootSHA256,omitempty"`
}
