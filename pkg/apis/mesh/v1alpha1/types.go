package v1alpha1

// TypeMeta says which version of which kind a document is. It is spelled out here rather
// than imported, so that the API has no field that Kubernetes adds later.
type TypeMeta struct {
	// Version of this format: kubectl-mesh.dev/v1alpha1.
	// +required
	APIVersion string `json:"apiVersion"`
	// Kind of the document: Mesh or ClusterFacts.
	// +required
	Kind string `json:"kind"`
}

// Metadata names the document.
type Metadata struct {
	// Name. For a Mesh it is the mesh ID (global.meshID of Istio's charts); for
	// ClusterFacts it is the name of the cluster. A DNS-1123 label.
	// +required
	Name string `json:"name"`
}

// Mesh is the intent: which clusters form one mesh, and who may call whom. It is the one
// file that people write and review; everything else is rendered from it.
type Mesh struct {
	TypeMeta `json:",inline"`
	// Metadata holds the mesh ID.
	// +required
	Metadata Metadata `json:"metadata"`
	// Spec is what the mesh is made of.
	// +required
	Spec MeshSpec `json:"spec"`
}

// MeshSpec is what the mesh is made of.
type MeshSpec struct {
	// Istio says which Istio the clusters run; a cluster may differ.
	Istio Istio `json:"istio,omitempty"`
	// Discovery is how a control plane learns the endpoints of other clusters.
	// +default="remoteSecret"
	Discovery Discovery `json:"discovery,omitempty"`
	// Links define which clusters may call each other. Default: every cluster may call every other
	// cluster. An empty list: no calls between clusters.
	Links []Link `json:"links,omitzero"`
	// Trust is what the clusters believe of each other's certificates.
	Trust Trust `json:"trust,omitempty"`
	// Reader is how a control plane reads the API server of another cluster; a cluster may
	// differ in how it is read.
	Reader Reader `json:"reader,omitempty"`
	// Sealing is how credentials are encrypted for the repository; a cluster may differ.
	Sealing Sealing `json:"sealing,omitzero"`
	// Fleet of the clusters, for those on GKE.
	Fleet Fleet `json:"fleet,omitzero"`
	// AdmissionPolicy has the API server of each cluster with a control plane admit the remote
	// secrets of this mesh, and no others: a ValidatingAdmissionPolicy, which Kubernetes has from
	// 1.30 on. For discovery remoteSecret only.
	// +default=false
	AdmissionPolicy bool `json:"admissionPolicy,omitempty"`
	// Clusters are the members of the mesh, in any order.
	// +required
	Clusters []Cluster `json:"clusters"`
	// Sites are those that pass exchange files to each other because none of them reaches all
	// clusters. Left out: exchange files are not used.
	Sites []Site `json:"sites,omitempty"`
	// Firewall is what the firewalls between the clusters have to let through.
	Firewall Firewall `json:"firewall,omitempty"`
	// Sample is the workload that render --with-sample adds, for trying the mesh out.
	Sample Sample `json:"sample,omitempty"`
	// Waivers let findings of error level pass, each with a reason that a reviewer can judge.
	Waivers []Waiver `json:"waivers,omitempty"`
}

// Distribution is a build of Istio.
type Distribution string

// The distributions.
const (
	DistributionIstio Distribution = "istio"
	DistributionSolo  Distribution = "solo"
	DistributionCSM   Distribution = "csm"
)

// DataPlane is how a workload's traffic is captured.
type DataPlane string

// The data planes.
const (
	DataPlaneSidecar DataPlane = "sidecar"
	DataPlaneAmbient DataPlane = "ambient"
)

// Istio says which Istio a cluster runs.
type Istio struct {
	// Distribution: istio is the community's build, solo the one by Solo.io, csm Google's
	// Cloud Service Mesh.
	// +default="istio"
	Distribution Distribution `json:"distribution,omitempty"`
	// Version of the control plane, such as "1.31.1"; write it in quotes. It switches output
	// that depends on the version: docs/supported.md. Left out: a current one.
	Version string `json:"version,omitempty"`
	// Namespace of the control plane (global.istioNamespace). Remote secrets are read only
	// there.
	// +default="istio-system"
	Namespace string `json:"namespace,omitempty"`
	// Revision of the control plane (istio.io/rev). Left out: the default revision.
	Revision string `json:"revision,omitempty"`
	// DataPlane: sidecar or ambient.
	// +default="sidecar"
	DataPlane DataPlane `json:"dataPlane,omitempty"`
	// Managed says that the control plane runs at Google; for distribution csm only. Left out:
	// true with discovery fleet, else false.
	Managed *bool `json:"managed,omitempty"`
	// Hub is the registry of the images (global.hub). Left out: the chart's own, or Docker Hub
	// where that one is switched off; for distribution solo from 1.29 on Solo's public one. Older
	// images of solo are in a registry whose name only their support page tells.
	Hub string `json:"hub,omitempty"`
	// LicenseSecretRef names the Secret that holds the licence of distribution solo. The licence
	// itself is never written here.
	LicenseSecretRef *SecretRef `json:"licenseSecretRef,omitempty"`
	// MeshNetworks writes the networks of the mesh, with their gateways, into the values of
	// istiod (global.meshNetworks), instead of leaving the gateways to be discovered.
	// +default=false
	MeshNetworks *bool `json:"meshNetworks,omitempty"`
	// MulticlusterMode is for discovery fleet: connected, or manual for a cluster that leaves.
	// +default="connected"
	MulticlusterMode MulticlusterMode `json:"multiclusterMode,omitempty"`
}

// SecretRef names a Secret.
type SecretRef struct {
	// Name of the Secret.
	// +required
	Name string `json:"name"`
	// Namespace of the Secret. Left out: the namespace of Istio.
	Namespace string `json:"namespace,omitempty"`
}

// MulticlusterMode is whether a managed control plane finds the clusters of its fleet by itself.
type MulticlusterMode string

// The modes, as Google's ConfigMap asm-options has them.
const (
	MulticlusterConnected MulticlusterMode = "connected"
	MulticlusterManual    MulticlusterMode = "manual"
)

// Discovery is how a control plane learns the endpoints of other clusters.
type Discovery string

// The ways of discovery.
const (
	// DiscoveryRemoteSecret: Istio's own way. A control plane reads the API server of the
	// other cluster with a kubeconfig out of a labelled Secret.
	DiscoveryRemoteSecret Discovery = "remoteSecret"
	// DiscoveryPeering: control planes of distribution solo tell each other, through peer
	// Gateways.
	DiscoveryPeering Discovery = "peering"
	// DiscoveryFleet: a managed control plane of distribution csm reads all clusters of the
	// fleet.
	DiscoveryFleet Discovery = "fleet"
)

// Link says who may call whom: either between, or from and to.
type Link struct {
	// Between links each of these clusters with each other one, both ways. "*" stands for
	// all clusters.
	Between []string `json:"between,omitempty"`
	// From are the callers of a one-way link. "*" stands for all clusters.
	From []string `json:"from,omitempty"`
	// To are the clusters that the callers may call. "*" stands for all clusters.
	To []string `json:"to,omitempty"`
}

// Trust is what the clusters believe of each other's certificates.
type Trust struct {
	// Domain is the trust domain of the mesh (meshConfig.trustDomain); a cluster may differ. For
	// distribution csm the default is the identity pool of the fleet, FLEET.svc.id.goog.
	// +default="cluster.local"
	Domain string `json:"domain,omitempty"`
	// DomainAliases are further trust domains whose identities count as the mesh's own
	// (meshConfig.trustDomainAliases). Needed where the trust domains of clusters differ. Left out:
	// with the pool of a fleet its other name and the pools of the other projects of clusters.
	DomainAliases []string `json:"domainAliases,omitempty"`
	// CA says where the certificate authority of the clusters comes from.
	CA CA `json:"ca,omitempty"`
}

// CAProvider is where a cluster's signing certificate comes from.
type CAProvider string

// The providers of signing certificates.
const (
	CAProviderFiles       CAProvider = "files"
	CAProviderExternal    CAProvider = "external"
	CAProviderCertManager CAProvider = "certManager"
	CAProviderMeshCA      CAProvider = "meshCA"
	CAProviderNone        CAProvider = "none"
)

// CA says where the certificate authority of the clusters comes from.
type CA struct {
	// Provider: files are the certificates in trust/ with their keys in credentials/;
	// external is a secret store; certManager is a Certificate of cert-manager; meshCA is
	// Google's; none: something else provides cacerts.
	// +default="files"
	Provider CAProvider `json:"provider,omitempty"`
	// Keys says, for provider files, who has the signing keys: workspace keeps them in
	// credentials/ and they are applied with the certificates; cluster leaves each key in the
	// Secret cacerts of its cluster, and only the certificates are rendered.
	// +default="workspace"
	Keys CAKeys `json:"keys,omitempty"`
	// Roots pin the roots of the mesh: the SHA-256 of each root certificate in 64 lower-case
	// hexadecimal digits, as kubectl mesh ca status prints it. A root in trust/ that is not pinned
	// is an error, one that a cluster trusts (installed.rootSHA256) a warning. A mesh has one
	// root; during a rotation, and where two meshes were joined, it has two. Left out: no root is
	// pinned, and a warning asks for it.
	Roots []string `json:"roots,omitempty"`
	// MultiRoot has the Helm values start istiod with ISTIO_MULTIROOT_MESH, so that a running istiod takes a second root:
	// the first phase of a rotation needs no restart then. It costs a push of the whole configuration to every proxy when
	// the roots change, and nothing else. With false the values have it only while a root is rotated, and the rotation
	// begins with a restart of every istiod.
	// +default=true
	MultiRoot *bool `json:"multiRoot,omitempty"`
	// IssuerRef names the issuer of cert-manager, for provider certManager.
	IssuerRef *IssuerRef `json:"issuerRef,omitempty"`
	// External is for provider external: where the bundles are kept, under
	// <mesh>/<cluster>/cacerts, a property for each file.
	External *ExternalStore `json:"external,omitempty"`
}

// CAKeys is where the signing keys of the clusters are.
type CAKeys string

// The places of signing keys.
const (
	CAKeysWorkspace CAKeys = "workspace"
	CAKeysCluster   CAKeys = "cluster"
)

// IssuerKind is a kind of issuer of cert-manager.
type IssuerKind string

// The kinds of issuers.
const (
	IssuerNamespaced IssuerKind = "Issuer"
	IssuerCluster    IssuerKind = "ClusterIssuer"
)

// IssuerRef names an issuer of cert-manager.
type IssuerRef struct {
	// Kind of the issuer.
	// +default="ClusterIssuer"
	Kind IssuerKind `json:"kind,omitempty"`
	// Name of the issuer.
	// +required
	Name string `json:"name"`
}

// ReaderAuth is the kind of credential with which a control plane reads a cluster.
type ReaderAuth string

// The kinds of reader credentials.
const (
	ReaderAuthToken             ReaderAuth = "token"
	ReaderAuthClientCertificate ReaderAuth = "clientCertificate"
	ReaderAuthFederated         ReaderAuth = "federated"
	ReaderAuthExternal          ReaderAuth = "external"
)

// Reader is how a control plane reads the API server of another cluster.
type Reader struct {
	// Auth is the kind of credential: token is a service account's bearer token;
	// clientCertificate is a certificate that the cluster signs; federated needs no
	// credential, because the cluster trusts the other one's issuer; external leaves the
	// credential to a secret store.
	// +default="token"
	Auth ReaderAuth `json:"auth,omitempty"`
	// ServiceAccount is one account that all readers of the cluster share. Left out: one
	// account mesh-reader-<consumer> for each of them, so that each can be cut off alone.
	// istio-reader-service-account is the account that Istio's charts install; its RBAC is
	// then left to the charts.
	ServiceAccount string `json:"serviceAccount,omitempty"`
	// AllowNonExpiring allows reader tokens that never expire: those that an API server puts into
	// token Secrets. Without it a mesh that reads clusters with such tokens is an error.
	// +default=false
	AllowNonExpiring *bool `json:"allowNonExpiring,omitempty"`
	// External is for auth external: the store that keeps the token of each reader, as property
	// token of entry <mesh>/<cluster>/<account>.
	External *ExternalStore `json:"external,omitempty"`
	// DiscoveryURL is for auth federated: where the cluster finds the documents of the issuers of
	// its readers, as <discoveryURL>/<consumer>/openid-configuration. They are rendered, to be
	// served there, from the public keys in clusters/<consumer>.yaml. Left out: the cluster asks
	// the issuers themselves.
	DiscoveryURL string `json:"discoveryURL,omitempty"`
	// DiscoveryCertificateAuthorityData is the CA of the server of discoveryURL: base64 of PEM text.
	// Default: public CAs.
	DiscoveryCertificateAuthorityData []byte `json:"discoveryCertificateAuthorityData,omitempty"`
}

// ExternalStore is where External Secrets finds credentials.
type ExternalStore struct {
	// SecretStoreRef names the store, as in an ExternalSecret.
	// +required
	SecretStoreRef SecretStoreRef `json:"secretStoreRef"`
}

// StoreKind is a kind of secret store.
type StoreKind string

// The kinds of secret stores.
const (
	StoreKindNamespaced StoreKind = "SecretStore"
	StoreKindCluster    StoreKind = "ClusterSecretStore"
)

// SecretStoreRef names a secret store of External Secrets.
type SecretStoreRef struct {
	// Kind of the store.
	// +default="ClusterSecretStore"
	Kind StoreKind `json:"kind,omitempty"`
	// Name of the store.
	// +required
	Name string `json:"name"`
}

// Sample is a service that says where it runs, and a client that calls it.
type Sample struct {
	// Image of the service: Istio's helloworld, or one that answers as it does.
	// +default="docker.io/istio/examples-helloworld-v1:1.0"
	Image string `json:"image,omitempty"`
	// ClientImage of the client: it needs a shell's sleep and curl.
	// +default="docker.io/curlimages/curl:8.16.0"
	ClientImage string `json:"clientImage,omitempty"`
}

// Waiver lets findings of one rule pass.
type Waiver struct {
	// Rule is the ID of the rule, such as MESH006.
	// +required
	Rule string `json:"rule"`
	// Clusters limits the waiver to findings about these clusters: a finding passes when all
	// clusters that it is about are listed. Left out: all findings of the rule.
	Clusters []string `json:"clusters,omitempty"`
	// Reason why this is right here.
	// +required
	Reason string `json:"reason"`
}
