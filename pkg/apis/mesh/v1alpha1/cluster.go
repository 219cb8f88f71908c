package v1alpha1

// Cluster is a member of the mesh.
type Cluster struct {
	// Name of the cluster in this mesh, in files and in commands. It is also the cluster ID in
	// Istio, unless clusterID is set. A lower-case DNS-1123 label.
	// +required
	Name        string `json:"name"`
	ClusterSpec `json:",inline"`
}

// ClusterSpec is everything about a cluster except its name, from mesh.yaml and
// clusters/<name>.yaml.
type ClusterSpec struct {
	// Context is the kubeconfig context of the cluster, for commands that connect to it. Without
	// --cluster, render prints the cluster of the current context.
	Context string `json:"context,omitempty"`
	// ClusterID is the ID of the cluster in Istio: the key in remote secrets, the name in
	// kubeconfigs, and global.multiCluster.clusterName. Defaults to the name; for distribution csm
	// on GKE to cn-PROJECT-LOCATION-CLUSTER, the ID that asmcli sets.
	ClusterID string `json:"clusterID,omitempty"`
	// UID of the cluster's kube-system namespace. Before a command changes the cluster, it verifies
	// this UID.
	UID string `json:"uid,omitempty"`
	// KubernetesVersion reported by the API server, such as v1.36.3.
	KubernetesVersion string `json:"kubernetesVersion,omitempty"`
	// ControlPlane is the name of the cluster whose control plane serves this one, which is then a
	// remote cluster. By default, the cluster has its own control plane.
	ControlPlane string `json:"controlPlane,omitempty"`
	// Network of the cluster (topology.istio.io/network). Pods in the same network connect to each
	// other directly; calls to another network go through an east-west gateway. If no cluster sets
	// it, all clusters share one flat network and no label is rendered. For distribution csm on GKE
	// without discovery fleet, it defaults to PROJECT-VPC, where PROJECT owns the VPC network.
	Network string `json:"network,omitempty"`
	// PodCIDRs are the pod addresses as seen by other clusters in the same network.
	PodCIDRs []string `json:"podCIDRs,omitempty"`
	// EgressCIDRs are the source addresses of the cluster's calls where they are not pod addresses:
	// those of its NAT or its nodes. The firewalls of other clusters must allow them.
	EgressCIDRs []string `json:"egressCIDRs,omitempty"`
	// Locality of the cluster.
	Locality *Locality `json:"locality,omitempty"`
	// TrustDomain of the cluster. Defaults to spec.trust.domain, or if that is unset, to the trust
	// domain in the collected facts.
	TrustDomain string `json:"trustDomain,omitempty"`
	// Platform of the cluster. Defaults to plain Kubernetes.
	Platform Platform `json:"platform,omitempty"`
	// Istio overrides fields of spec.istio for this cluster. A version or revision that is set in
	// neither place defaults to the collected facts.
	Istio Istio `json:"istio,omitempty"`
	// API defines how control planes reach the API server of the cluster.
	API API `json:"api,omitempty"`
	// Reader overrides fields of spec.reader for access to this cluster.
	Reader Reader `json:"reader,omitempty"`
	// Sealing overrides fields of spec.sealing for the credentials that this cluster receives.
	// Recipients are added to those of spec.sealing.
	Sealing Sealing `json:"sealing,omitzero"`
	// ReaderGenerations lists the valid credential generations of each consumer, oldest first; two
	// during a rotation. Written by credentials rotate. Defaults to the first generation, [1].
	ReaderGenerations map[string][]int32 `json:"readerGenerations,omitempty"`
	// RevokedReaders is the last revoked credential generation of each consumer. A number is never
	// used again, because a token Secret with the same name could restore the same token. A
	// consumer without a newer generation has no access. Written by credentials revoke.
	RevokedReaders map[string]int32 `json:"revokedReaders,omitempty"`
	// Gateway is the cluster's east-west gateway.
	Gateway *Gateway `json:"gateway,omitempty"`
	// GKE describes the cluster on Google Kubernetes Engine: firewall, authorized networks, fleet.
	GKE *GKE `json:"gke,omitempty"`
	// Installed is what the control plane in the cluster reports. It is written by collect and
	// compared with the mesh; nothing is rendered from it.
	Installed *Installed `json:"installed,omitempty"`
}

// Locality is the location of a cluster.
type Locality struct {
	// Region, such as us-east1.
	Region string `json:"region,omitempty"`
	// Zone within the region.
	Zone string `json:"zone,omitempty"`
	// Subzone within the zone.
	Subzone string `json:"subzone,omitempty"`
}

// Platform is the Kubernetes platform of a cluster.
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

// API defines how control planes reach the API server of a cluster.
type API struct {
	// Server is the URL of the API server, such as https://10.0.0.2:6443. It must be reachable from
	// the control planes that read this cluster, not from your machine.
	Server string `json:"server,omitempty"`
	// CertificateAuthority is the path of the PEM file with the CA of the API server, relative to
	// the directory of mesh.yaml. If neither it nor certificateAuthorityData is set, a public CA
	// must have signed the API server's certificate.
	CertificateAuthority string `json:"certificateAuthority,omitempty"`
	// CertificateAuthorityData is the CA as base64 of PEM text, as in a kubeconfig.
	CertificateAuthorityData []byte `json:"certificateAuthorityData,omitempty"`
	// TLSServerName is the name expected in the API server's certificate. Defaults to the host of
	// server.
	TLSServerName string `json:"tlsServerName,omitempty"`
	// ProxyURL is the proxy that control planes use to reach the API server: http, https or socks5.
	ProxyURL string `json:"proxyURL,omitempty"`
	// ServiceAccountIssuer is the token issuer of the cluster, for readers with auth federated.
	ServiceAccountIssuer string `json:"serviceAccountIssuer,omitempty"`
	// ServiceAccountJWKS contains the public keys of that issuer: a JSON Web Key Set, as text.
	ServiceAccountJWKS string `json:"serviceAccountJWKS,omitempty"`
}

// ServiceType is how a gateway is exposed outside its cluster.
type ServiceType string

// The types of a gateway's Service.
const (
	ServiceLoadBalancer ServiceType = "LoadBalancer"
	ServiceNodePort     ServiceType = "NodePort"
)

// GatewayAPI is the API that defines a gateway.
type GatewayAPI string

// The APIs of gateways.
const (
	GatewayAPIKubernetes GatewayAPI = "gateway-api"
	GatewayAPIIstio      GatewayAPI = "istio"
)

// Gateway is the east-west gateway of a cluster.
type Gateway struct {
	// Addresses at which other networks reach the gateway: IP addresses or host names, without a
	// port. All callers use the same addresses.
	Addresses []string `json:"addresses,omitempty"`
	// AddressesOnly hides the Service of the gateway from the control planes of callers, so that
	// calls use only addresses. Set it for a gateway behind NAT whose Service has an address that
	// callers cannot reach; otherwise, callers use addresses in addition to those that they
	// discover. Each caller needs the addresses through peerGateway or its own istio.meshNetworks.
	// No effect with discovery peering.
	// +default=false
	AddressesOnly bool `json:"addressesOnly,omitempty"`
	// Service type of the gateway. With discovery peering it applies to calls only; control planes
	// always connect to addresses.
	// +default="LoadBalancer"
	Service ServiceType `json:"service,omitempty"`
	// Namespace of the gateway. Defaults to Istio's namespace, or to istio-eastwest for
	// distribution solo.
	Namespace string `json:"namespace,omitempty"`
	// Annotations of the generated Service, such as those for an internal load balancer.
	Annotations map[string]string `json:"annotations,omitempty"`
	// PeerGateway renders a Gateway of class istio-remote in each caller, also with discovery
	// remoteSecret. Use it if the callers' control planes cannot discover the gateway's address.
	// Requires addresses.
	// +default=false
	PeerGateway bool `json:"peerGateway,omitempty"`
	// API that defines the gateway: gateway-api renders a Gateway of gateway.networking.k8s.io,
	// which its control plane deploys; istio renders a Gateway of networking.istio.io, for a
	// gateway that Helm installs. A remote cluster always uses istio.
	// +default="gateway-api"
	API GatewayAPI `json:"api,omitempty"`
	// Workload is the gateway that Helm installs, with api istio: eastwestgateway listens on port
	// 15443; ingressgateway handles all ingress traffic and listens on port 443.
	// +default="eastwestgateway"
	Workload GatewayWorkload `json:"workload,omitempty"`
	// XDSPort is the port of addresses that forwards to port 15012 of the gateway, with discovery
	// peering. Set it to a node port in a cluster without load balancers.
	// +default=15012
	XDSPort int32 `json:"xdsPort,omitempty"`
	// NodePort is the port of addresses that forwards to port 15443 of the gateway, if it differs
	// from 15443, such as the node port with service NodePort. Callers that get the addresses
	// through peerGateway or istio.meshNetworks use it. For sidecars only.
	NodePort int32 `json:"nodePort,omitempty"`
}

// GatewayWorkload is a gateway that Helm installs: the value of its label istio.
type GatewayWorkload string

// The workloads.
const (
	WorkloadEastWest GatewayWorkload = "eastwestgateway"
	WorkloadIngress  GatewayWorkload = "ingressgateway"
)

// Endpoint is an endpoint of a GKE cluster's API server.
type Endpoint string

// The endpoints of a GKE cluster.
const (
	EndpointPublic  Endpoint = "public"
	EndpointPrivate Endpoint = "private"
	EndpointDNS     Endpoint = "dns"
)

// GKE describes a cluster on Google Kubernetes Engine.
type GKE struct {
	// Project of the cluster.
	// +required
	Project string `json:"project"`
	// Location of the cluster: a region or a zone.
	// +required
	Location string `json:"location"`
	// Cluster is the name of the cluster in GKE. Defaults to its name in the mesh.
	Cluster string `json:"cluster,omitempty"`
	// NetworkProject owns the VPC network: the host project of a Shared VPC. Defaults to project.
	NetworkProject string `json:"networkProject,omitempty"`
	// VPC network of the nodes.
	// +default="default"
	VPC string `json:"vpc,omitempty"`
	// Subnet of the nodes.
	Subnet string `json:"subnet,omitempty"`
	// NodeTags are the network tags of the nodes.
	NodeTags []string `json:"nodeTags,omitempty"`
	// Private indicates that the nodes have no public addresses.
	// +default=false
	Private bool `json:"private,omitempty"`
	// Autopilot indicates that Google manages the nodes.
	// +default=false
	Autopilot bool `json:"autopilot,omitempty"`
	// Endpoints are the enabled endpoints of the API server.
	Endpoints Endpoints `json:"endpoints,omitzero"`
	// Endpoint of the API server that control planes use: public, private or dns. By default, it is
	// chosen for each control plane that reads the cluster. api.server in mesh.yaml takes
	// precedence.
	Endpoint Endpoint `json:"endpoint,omitempty"`
	// GlobalAccess indicates that other regions can reach the private endpoint.
	// +default=false
	GlobalAccess bool `json:"globalAccess,omitempty"`
	// TokensViaDNS indicates that the DNS endpoint accepts service account tokens.
	// +default=false
	TokensViaDNS bool `json:"tokensViaDNS,omitempty"`
	// MasterCIDR is the address range of the control plane of a private cluster.
	MasterCIDR string `json:"masterCIDR,omitempty"`
	// AuthorizedNetworks are the networks that currently have access to the API server. The
	// rendered script keeps them.
	AuthorizedNetworks []string `json:"authorizedNetworks,omitempty"`
	// AuthorizedNetworksEnabled restricts access to authorizedNetworks. Defaults to true if
	// authorizedNetworks has entries.
	AuthorizedNetworksEnabled *bool `json:"authorizedNetworksEnabled,omitempty"`
	// AuthorizedNetworksOnPrivateEndpoint restricts access to the private endpoint to
	// authorizedNetworks as well. If unset, the setting is unknown and is not changed.
	AuthorizedNetworksOnPrivateEndpoint *bool `json:"authorizedNetworksOnPrivateEndpoint,omitempty"`
	// GoogleCloudAccess allows public addresses of Google Cloud to reach the API server, in
	// addition to authorizedNetworks. If unset, the setting is unknown and is not changed.
	GoogleCloudAccess *bool `json:"googleCloudAccess,omitempty"`
	// WorkloadPool is the workload identity pool of the cluster, PROJECT.svc.id.goog.
	WorkloadPool string `json:"workloadPool,omitempty"`
	// Membership of the cluster in a fleet.
	Membership *Membership `json:"membership,omitempty"`
}
