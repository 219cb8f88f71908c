package v1alpha1

// ClusterFacts are the facts of one cluster, in clusters/<name>.yaml: public, committed, read from
// the cluster or written by hand, and maybe by another site. They fill in what mesh.yaml leaves
// open; where both speak, mesh.yaml wins.
type ClusterFacts struct {
	TypeMeta `json:",inline"`
	// Metadata names the cluster; the file is called the same.
	// +required
	Metadata Metadata `json:"metadata"`
	// Spec is what a cluster or its platform reports of itself.
	Spec FactsSpec `json:"spec,omitempty"`
}

// FactsSpec is what a cluster or its platform reports of itself: a part of what mesh.yaml can say of
// it. Which clusters and accounts there are, how one is reached from here and proves its identity,
// and which credentials count, is not for a cluster to say.
type FactsSpec struct {
	// KubernetesVersion of the cluster, as its API server reports it: v1.36.3.
	KubernetesVersion string `json:"kubernetesVersion,omitempty"`
	// Network (topology.istio.io/network) of the cluster.
	Network string `json:"network,omitempty"`
	// PodCIDRs are the addresses of the pods as other clusters of the same network see them.
	PodCIDRs []string `json:"podCIDRs,omitempty"`
	// EgressCIDRs are the addresses from which calls of the cluster arrive where its pods are not
	// seen by their own.
	EgressCIDRs []string `json:"egressCIDRs,omitempty"`
	// Locality is where the cluster runs.
	Locality *Locality `json:"locality,omitempty"`
	// TrustDomain that the installed control plane has.
	TrustDomain string `json:"trustDomain,omitempty"`
	// Platform is the make of the cluster. Left out: plain Kubernetes.
	Platform Platform `json:"platform,omitempty"`
	// Istio is the installed version.
	Istio FoundIstio `json:"istio,omitempty"`
	// API is how peers reach the API server of the cluster.
	API API `json:"api,omitempty"`
	// Gateway is where other networks reach the cluster's east-west gateway.
	Gateway *FoundGateway `json:"gateway,omitempty"`
	// GKE is what Google reports of the cluster whose project, location and name are in mesh.yaml.
	GKE *GKE `json:"gke,omitempty"`
	// Installed is what the control plane in the cluster reports of itself.
	Installed *Installed `json:"installed,omitempty"`
}

// FoundIstio is the Istio that was found in a cluster.
type FoundIstio struct {
	// Version, such as 1.30.2.
	Version string `json:"version,omitempty"`
	// Revision of the control plane.
	Revision string `json:"revision,omitempty"`
}

// FoundGateway is the east-west gateway that was found in a cluster.
type FoundGateway struct {
	// Addresses at which other networks reach the gateway: IP addresses or host names,
	// without port.
	Addresses []string `json:"addresses,omitempty"`
}

// cluster is the same as mesh.yaml would say it.
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
