package v1alpha1

// ClusterFacts are the facts about one cluster, in clusters/<name>.yaml. They are public and
// committed; they are collected from the cluster or written by hand, possibly at another site. They
// supply what mesh.yaml does not set.
type ClusterFacts struct {
	TypeMeta `json:",inline"`
	// Metadata names the cluster. The file has the same name.
	// +required
	Metadata Metadata `json:"metadata"`
	// Spec is what the cluster or its platform reports.
	Spec FactsSpec `json:"spec,omitempty"`
}

// FactsSpec is what a cluster or its platform reports: a subset of what mesh.yaml can set for it.
// Facts cannot decide which clusters and accounts exist, which context and UID identify a cluster,
// or which credentials are valid.
type FactsSpec struct {
	// KubernetesVersion reported by the API server, such as v1.36.3.
	KubernetesVersion string `json:"kubernetesVersion,omitempty"`
	// Network of the cluster (topology.istio.io/network).
	Network string `json:"network,omitempty"`
	// PodCIDRs are the pod addresses as seen by other clusters in the same network.
	PodCIDRs []string `json:"podCIDRs,omitempty"`
	// EgressCIDRs are the source addresses of the cluster's calls where they are not pod addresses.
	EgressCIDRs []string `json:"egressCIDRs,omitempty"`
	// Locality of the cluster.
	Locality *Locality `json:"locality,omitempty"`
	// TrustDomain of the installed control plane.
	TrustDomain string `json:"trustDomain,omitempty"`
	// Platform of the cluster. Defaults to plain Kubernetes.
	Platform Platform `json:"platform,omitempty"`
	// Istio installation found in the cluster.
	Istio FoundIstio `json:"istio,omitempty"`
	// API defines how control planes reach the API server of the cluster.
	API API `json:"api,omitempty"`
	// Gateway is the east-west gateway found in the cluster.
	Gateway *FoundGateway `json:"gateway,omitempty"`
	// GKE is what Google Cloud reports about the cluster. Its project, location and name are set in
	// mesh.yaml.
	GKE *GKE `json:"gke,omitempty"`
	// Installed is what the control plane in the cluster reports of itself.
	Installed *Installed `json:"installed,omitempty"`
}

// FoundIstio is the Istio installation found in a cluster.
type FoundIstio struct {
	// Version of the control plane, such as 1.30.2.
	Version string `json:"version,omitempty"`
	// Revision of the control plane.
	Revision string `json:"revision,omitempty"`
}

// FoundGateway is the east-west gateway found in a cluster.
type FoundGateway struct {
	// Addresses at which other networks reach the gateway: IP addresses or host names, without a
	// port.
	Addresses []string `json:"addresses,omitempty"`
}

// cluster converts the facts to the fields of mesh.yaml.
func (f FactsSpec) cluster() ClusterSpec {
	spec := ClusterSpec{
		KubernetesVersion: f.KubernetesVersion,
		Network:           f.Network,
		PodCIDRs:          f.PodCIDRs,
		EgressCIDRs:       f.EgressCIDRs,
		Locality:          f.Locality,
		TrustDomain:       f.TrustDomain,
		Platform:          f.Platform,
		API:               f.API,
		GKE:               f.GKE,
		Installed:         f.Installed,
		Istio:             Istio{Version: f.Istio.Version, Revision: f.Istio.Revision},
	}
	if f.Gateway != nil {
		spec.Gateway = &Gateway{Addresses: f.Gateway.Addresses}
	}
	return spec
}
