package v1alpha1

// Installed is what the control plane in a cluster says of itself and mesh.yaml does not
// decide.
type Installed struct {
	// MeshID of the control plane (meshConfig.defaultConfig.meshId). It must be the name of
	// the mesh.
	MeshID string `json:"meshID,omitempty"`
	// ClusterID of the control plane (CLUSTER_ID of istiod). It must be the name of the
	// cluster.
	ClusterID string `json:"clusterID,omitempty"`
	// RootSHA256 are the fingerprints of the roots that the workloads trust (ConfigMap
	// istio-ca-root-cert): the SHA-256 of each certificate in lower-case hexadecimal digits,
	// sorted. Clusters of one mesh must have one in common.
	RootSHA256 []string `json:"rootSHA256,omitempty"`
}
