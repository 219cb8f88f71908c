package v1alpha1

// Cluster is a member of the mesh.
type Cluster struct {
	// Name is the cluster's name in this mesh, in files and commands, and its ID in Istio unless
	// clusterID says otherwise. A lower-case DNS-1123 label.
	// +required
	Name        string `json:"name"`
	ClusterSpec `json:",inline"`
}

// ClusterSpec is everything that can be said of a cluster apart from its name, in mesh.yaml
// or in clusters/<name>.yaml.
type ClusterSpec struct {
	// Context is the kubeconfig context of the cluster: it picks the cluster that render
	// prints, and is where live commands go. It is never needed to render.
	Context string `json:"context,omitempty"`
	// ClusterID is the cluster's ID in Istio: the key in remote secrets, the names in kubeconfigs,
	// global.multiCluster.clusterName. Left out: the name; for distribution csm on GKE
	// cn-PROJECT-LOCATION-CLUSTER, which is what Google's installer gives.
	ClusterID string `json:"clusterID,omitempty"`
	// UID of the cluster's kube-system namespace: the identity that a change of the cluster
	// must prove.
	UID string `json:"uid,omitempty"`
	// KubernetesVersion of the cluster, as its API server tells it: v1.36.3.
	KubernetesVersion string `json:"kubernetesVersion,omitempty"`
	// ControlPlane names the cluster whose control plane serves this one, which is then a
	// remote of it. Left out: the cluster has its own.
	ControlPlane string `json:"controlPlane,omitempty"`
	// Network (topology.istio.io/network). Clusters of one network reach each other pod to
	// pod; others go through east-west gateways. Left out everywhere: one flat network,
	// and no label is rendered; for distribution csm on GKE, but for a fleet that Google joins,
	// PROJECT-VPC with the project that owns the VPC network.
	Network string `json:"network,omitempty"`
	// PodCIDRs are the addresses of the pods as other clusters of the same network see them.
	PodCIDRs []string `json:"podCIDRs,omitempty"`
	// EgressCIDRs are the addresses from which calls of the cluster arrive where its pods are not
	// seen by their own: of its NAT, or of its nodes. Firewalls elsewhere need them.
	EgressCIDRs []string `json:"egressCIDRs,omitempty"`
	// Locality is where the cluster runs.
	Locality *Locality `json:"locality,omitempty"`
	// TrustDomain of the cluster. Left out: the mesh's, spec.trust.domain; when that is left out
	// too, the one that was found.
	TrustDomain string `json:"trustDomain,omitempty"`
	// Platform is the make of the cluster. Left out: plain Kubernetes.
	Platform Platform `json:"platform,omitempty"`
	// Istio is what differs from spec.istio: a field that is left out is as it is there or, when
	// it is left out there too, as it was found.
	Istio Istio `json:"istio,omitempty"`
	// API is how peers reach the API server of the cluster.
	API API `json:"api,omitempty"`
	// Reader is what differs from spec.reader in how this cluster is read: a field that is left
	// out is as it is there.
	Reader Reader `json:"reader,omitempty"`
	// Sealing is what differs from spec.sealing in how the credentials that this cluster gets are
	// encrypted: a field that is left out is as it is there, and recipients are added to those.
	Sealing Sealing `json:"sealing,omitzero"`
	// ReaderGenerations are the generations of credentials that count here, oldest first, by the
	// name of the cluster whose control plane reads with them; two of them while a rotation goes on.
	// Written by credentials rotate. Left out: the first, [1].
	ReaderGenerations map[string][]int32 `json:"readerGenerations,omitempty"`
	// RevokedReaders are the last generations that were revoked, by the name of the cluster whose
	// control plane read with them: no number is given again, for a token Secret of the same name
	// would bring back the same token. A cluster that is here and has no generations beyond this one
	// is cut off. Written by credentials revoke.
	RevokedReaders map[string]int32 `json:"revokedReaders,omitempty"`
	// Gateway is the cluster's east-west gateway.
	Gateway *Gateway `json:"gateway,omitempty"`
	// GKE is for clusters on Google Kubernetes Engine: firewall, authorized networks, fleet.
	GKE *GKE `json:"gke,omitempty"`
	// Installed is what the control plane in the cluster says of itself. It is a fact, written
	// by collect: nothing is rendered from it, it is there to be compared with the mesh.
	Installed *Installed `json:"installed,omitempty"`
}

// Locality is where a cluster runs.
type Locality struct {
	// Region, such as us-east1.
	Region string `json:"region,omitempty"`
	// Zone within the region.
	Zone string `json:"zone,omitempty"`
	// Subzone within the zone.
	Subzone string `json:"subzone,omitempty"`
}

// Platform is the make of a cluster.
type Platform string

// The platforms whose differences matter.
const (
	PlatformPlain     Platform = ""
	PlatformGKE       Platform = "gke"
	PlatformEKS       Platform = "eks"
	PlatformAKS       Platform = "aks"
	PlatformOpenShift Platform = "openshift"
	PlatformK3s       Platform = "k3s"
)

// API is how peers reach the API server of a cluster.
type API struct {
	// Server is the URL that peers use, such as https://10.0.0.2:6443. It must be reachable
	// from the control planes that read this cluster, not from your desk.
	Server string `json:"server,omitempty"`
	// CertificateAuthority is the path of the PEM file that verifies the server, in the
	// directory of mesh.yaml. If neither it nor certificateAuthorityData is set, a public CA
	// signs the server's certificate.
	CertificateAuthority string `json:"certificateAuthority,omitempty"`
	// CertificateAuthorityData is the same as base64 of the PEM text, as in a kubeconfig.
	CertificateAuthorityData []byte `json:"certificateAuthorityData,omitempty"`
	// TLSServerName is the name to expect in the server's certificate. Left out: the host of
	// server.
	TLSServerName string `json:"tlsServerName,omitempty"`
	// ProxyURL is the proxy through which the control planes go: http, https or socks5.
	ProxyURL string `json:"proxyURL,omitempty"`
	// ServiceAccountIssuer of the cluster, for readers with auth federated.
	ServiceAccountIssuer string `json:"serviceAccountIssuer,omitempty"`
	// ServiceAccountJWKS are the public keys of that issuer: a JSON Web Key Set, as text.
	ServiceAccountJWKS string `json:"serviceAccountJWKS,omitempty"`
}

// ServiceType is how a gateway is reached from outside its cluster.
type ServiceType string

// The types of a gateway's Service.
const (
	ServiceLoadBalancer ServiceType = "LoadBalancer"
	ServiceNodePort     ServiceType = "NodePort"
)

// GatewayAPI is the API in which a gateway is written.
type GatewayAPI string

// The APIs of gateways.
const (
	GatewayAPIKubernetes GatewayAPI = "gateway-api"
	GatewayAPIIstio      GatewayAPI = "istio"
)

// Gateway is the east-west gateway of a cluster.
type Gateway struct {
	// Addresses at which other networks reach the gateway: IP addresses or host names,
	// without port. Every caller gets the same ones: an address per caller is not supported.
	Addresses []string `json:"addresses,omitempty"`
	// AddressesOnly hides the Service of the gateway from the control planes of callers, so that calls
	// go to addresses alone: for a gateway behind NAT, whose Service has an address that callers do not
	// reach. Left out, callers use what they discover beside what they are told. Every caller
	// must be told, by peerGateway or by its istio.meshNetworks. With discovery peering it changes nothing.
	// +default=false
	AddressesOnly bool `json:"addressesOnly,omitempty"`
	// Service type of the gateway. With discovery peering it is the way of the calls alone: control
	// planes always meet at addresses.
	// +default="LoadBalancer"
	Service ServiceType `json:"service,omitempty"`
	// Namespace of the gateway. Left out: the namespace of Istio; for distribution solo
	// istio-eastwest.
	Namespace string `json:"namespace,omitempty"`
	// Annotations for the generated Service, such as those of internal load balancers.
	Annotations map[string]string `json:"annotations,omitempty"`
	// PeerGateway asks for a Gateway of class istio-remote where this cluster is called
	// from, also with discovery remoteSecret: for control planes that cannot discover the
	// gateway's address. It takes addresses.
	// +default=false
	PeerGateway bool `json:"peerGateway,omitempty"`
	// API: gateway-api renders a Gateway of gateway.networking.k8s.io, which its control plane
	// deploys; istio renders one of networking.istio.io, for a gateway that Helm installs. A
	// cluster with a foreign control plane always has the latter.
	// +default="gateway-api"
	API GatewayAPI `json:"api,omitempty"`
	// Workload is the gateway that Helm installs, with api istio: eastwestgateway listens on port
	// 15443, ingressgateway is the gateway for everything and listens on port 443.
	// +default="eastwestgateway"
	Workload GatewayWorkload `json:"workload,omitempty"`
	// XDSPort is the port of addresses that leads to port 15012 of the gateway, with discovery
	// peering. A cluster without load balancers has a node port here.
	// +default=15012
	XDSPort int32 `json:"xdsPort,omitempty"`
	// NodePort is the port of addresses that leads to port 15443 of the gateway, where that is another
	// one: with service NodePort that of the nodes. Callers that are told addresses, by peerGateway or by
	// istio.meshNetworks, go there. For sidecars.
	NodePort int32 `json:"nodePort,omitempty"`
}

// GatewayWorkload is a gateway that Helm installs: the value of its label istio.
type GatewayWorkload string

// The workloads.
const (
	WorkloadEastWest GatewayWorkload = "eastwestgateway"
	WorkloadIngress  GatewayWorkload = "ingressgateway"
)

// Endpoint is which of a GKE cluster's API endpoints peers use.
type Endpoint string

// The endpoints of a GKE cluster.
const (
	EndpointPublic  Endpoint = "public"
	EndpointPrivate Endpoint = "private"
	EndpointDNS     Endpoint = "dns"
)

// GKE is what Google's side of a cluster is called.
type GKE struct {
	// Project of the cluster.
	// +required
	Project string `json:"project"`
	// Location: the region or zone of the cluster.
	// +required
	Location string `json:"location"`
	// Cluster is GKE's name of the cluster. Left out: the cluster's name here.
	Cluster string `json:"cluster,omitempty"`
	// NetworkProject owns the VPC: the host project of a Shared VPC. Left out: project.
	NetworkProject string `json:"networkProject,omitempty"`
	// VPC network of the nodes.
	// +default="default"
	VPC string `json:"vpc,omitempty"`
	// Subnet of the nodes.
	Subnet string `json:"subnet,omitempty"`
	// NodeTags are the network tags of the nodes.
	NodeTags []string `json:"nodeTags,omitempty"`
	// Private says that the nodes have no public addresses.
	// +default=false
	Private bool `json:"private,omitempty"`
	// Autopilot says that Google runs the nodes.
	// +default=false
	Autopilot bool `json:"autopilot,omitempty"`
	// Endpoints are the addresses of the API server, as far as they can be used.
	Endpoints Endpoints `json:"endpoints,omitzero"`
	// Endpoint of the API server that peers use: public, private or dns. Left out: chosen for each
	// control plane that reads the cluster; api.server in mesh.yaml wins in any case.
	Endpoint Endpoint `json:"endpoint,omitempty"`
	// GlobalAccess says that other regions reach the private endpoint.
	// +default=false
	GlobalAccess bool `json:"globalAccess,omitempty"`
	// TokensViaDNS says that the DNS endpoint accepts tokens of service accounts.
	// +default=false
	TokensViaDNS bool `json:"tokensViaDNS,omitempty"`
	// MasterCIDR is the range of the control plane of a private cluster.
	MasterCIDR string `json:"masterCIDR,omitempty"`
	// AuthorizedNetworks are those that may reach the API server today, to be kept.
	AuthorizedNetworks []string `json:"authorizedNetworks,omitempty"`
	// AuthorizedNetworksEnabled restricts access to authorizedNetworks. Default: true if
	// authorizedNetworks has entries.
	AuthorizedNetworksEnabled *bool `json:"authorizedNetworksEnabled,omitempty"`
	// AuthorizedNetworksOnPrivateEndpoint: whether they count at the private endpoint as well.
	// Left out: not known, and left as it is.
	AuthorizedNetworksOnPrivateEndpoint *bool `json:"authorizedNetworksOnPrivateEndpoint,omitempty"`
	// GoogleCloudAccess: whether public addresses of Google Cloud reach the API server beside
	// authorizedNetworks. Left out: not known, and left as it is.
	GoogleCloudAccess *bool `json:"googleCloudAccess,omitempty"`
	// WorkloadPool is the identity pool of the cluster, PROJECT.svc.id.goog.
	WorkloadPool string `json:"workloadPool,omitempty"`
	// Membership is the cluster's entry in a fleet.
	Membership *Membership `json:"membership,omitempty"`
}
