package v1alpha1

// TypeMeta is the version and kind of a document. It is defined here rather than imported, so that
// the API does not gain a field whenever Kubernetes does.
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
	// Name of the mesh, which is its mesh ID (global.meshID in Istio's charts); in ClusterFacts the
	// name of the cluster. A DNS-1123 label.
	// +required
	Name string `json:"name"`
}

// Mesh declares the desired state: which clusters form a mesh, and which of them can call each
// other. It is the only file that people write and review; everything else is rendered from it.
type Mesh struct {
	TypeMeta `json:",inline"`
	// Metadata holds the mesh ID.
	// +required
	Metadata Metadata `json:"metadata"`
	// Spec is the desired state of the mesh.
	// +required
	Spec MeshSpec `json:"spec"`
}

// MeshSpec is the desired state of the mesh.
type MeshSpec struct {
	// Istio describes the Istio installation of the clusters. A cluster can override each field.
	Istio Istio `json:"istio,omitempty"`
	// Discovery is how control planes discover endpoints in other clusters.
	// +default="remoteSecret"
	Discovery Discovery `json:"discovery,omitempty"`
	// Links define which clusters can call each other. By default, every cluster can call every
	// other cluster. An empty list allows no calls between clusters.
	Links []Link `json:"links,omitzero"`
	// Trust defines which certificates the clusters trust.
	Trust Trust `json:"trust,omitempty"`
	// Reader defines how control planes read the API servers of remote clusters. A cluster can
	// override each field for access to its own API server.
	Reader Reader `json:"reader,omitempty"`
	// Sealing defines how credentials are encrypted so that they can be committed. A cluster can
	// override it.
	Sealing Sealing `json:"sealing,omitzero"`
	// Fleet of the GKE clusters.
	Fleet Fleet `json:"fleet,omitzero"`
	// AdmissionPolicy adds a ValidatingAdmissionPolicy to each cluster with a control plane. The
	// API server then rejects remote secrets that are not part of this mesh. Requires Kubernetes
	// 1.30 or later and discovery remoteSecret.
	// +default=false
	AdmissionPolicy bool `json:"admissionPolicy,omitempty"`
	// Clusters of the mesh, in any order.
	// +required
	Clusters []Cluster `json:"clusters"`
	// Sites exchange signed files because none of them can reach all clusters. By default, no
	// exchange files are used.
	Sites []Site `json:"sites,omitempty"`
	// Firewall defines the firewall rules that allow traffic between the clusters.
	Firewall Firewall `json:"firewall,omitempty"`
	// Sample is the workload that render --with-sample adds to test calls between clusters.
	Sample Sample `json:"sample,omitempty"`
	// Waivers accept findings, each with a reason for reviewers. Some errors cannot be waived.
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

// DataPlane is how the traffic of workloads is captured.
type DataPlane string

// The data planes.
const (
	DataPlaneSidecar DataPlane = "sidecar"
	DataPlaneAmbient DataPlane = "ambient"
)

// Istio describes the Istio installation of a cluster.
type Istio struct {
	// Distribution of Istio: istio is the community build, solo is Solo.io's build, and csm is
	// Google's Cloud Service Mesh.
	// +default="istio"
	Distribution Distribution `json:"distribution,omitempty"`
	// Version of the control plane, such as "1.31.1", in quotes. Output that depends on it is
	// listed in docs/supported.md. If unset, the newest supported version is assumed.
	Version string `json:"version,omitempty"`
	// Namespace of the control plane (global.istioNamespace). istiod reads remote secrets only in
	// this namespace.
	// +default="istio-system"
	Namespace string `json:"namespace,omitempty"`
	// Revision of the control plane (istio.io/rev). If unset, the default revision is used.
	Revision string `json:"revision,omitempty"`
	// DataPlane mode: sidecar or ambient.
	// +default="sidecar"
	DataPlane DataPlane `json:"dataPlane,omitempty"`
	// Managed indicates that Google runs the control plane. Only for distribution csm. Defaults to
	// true with discovery fleet, and to false otherwise.
	Managed *bool `json:"managed,omitempty"`
	// Hub is the image registry (global.hub). Defaults to the chart's registry, or to Docker Hub if
	// that one is shut down; for distribution solo 1.29 and later, to Solo's public registry. The
	// registry of earlier solo images is only listed on Solo's support page.
	Hub string `json:"hub,omitempty"`
	// LicenseSecretRef references the Secret with the license of distribution solo. The license
	// itself is never part of this file.
	LicenseSecretRef *SecretRef `json:"licenseSecretRef,omitempty"`
	// MeshNetworks lists the networks of the mesh and their gateway addresses in istiod's Helm
	// values (global.meshNetworks), in addition to the gateways that istiod discovers.
	// +default=false
	MeshNetworks *bool `json:"meshNetworks,omitempty"`
	// MulticlusterMode for discovery fleet: connected, or manual for a cluster that leaves the
	// fleet's endpoint discovery.
	// +default="connected"
	MulticlusterMode MulticlusterMode `json:"multiclusterMode,omitempty"`
}

// SecretRef references a Secret.
type SecretRef struct {
	// Name of the Secret.
	// +required
	Name string `json:"name"`
	// Namespace of the Secret. Defaults to Istio's namespace.
	Namespace string `json:"namespace,omitempty"`
}

// MulticlusterMode is whether a managed control plane discovers the clusters of its fleet.
type MulticlusterMode string

// The modes, as Google's ConfigMap asm-options has them.
const (
	MulticlusterConnected MulticlusterMode = "connected"
	MulticlusterManual    MulticlusterMode = "manual"
)

// Discovery is how control planes discover endpoints in other clusters.
type Discovery string

// The ways of discovery.
const (
	// DiscoveryRemoteSecret is Istio's own mode: a control plane reads the API server of another
	// cluster with the kubeconfig in a labeled Secret.
	DiscoveryRemoteSecret Discovery = "remoteSecret"
	// DiscoveryPeering: control planes of distribution solo exchange endpoints through peer
	// Gateways.
	DiscoveryPeering Discovery = "peering"
	// DiscoveryFleet: a managed control plane of distribution csm reads all clusters of the fleet.
	DiscoveryFleet Discovery = "fleet"
)

// Link allows calls between clusters. Set either between, or from and to.
type Link struct {
	// Between allows calls among these clusters in both directions. "*" matches all clusters.
	Between []string `json:"between,omitempty"`
	// From lists the callers of a one-way link. "*" matches all clusters.
	From []string `json:"from,omitempty"`
	// To lists the clusters that the callers can call. "*" matches all clusters.
	To []string `json:"to,omitempty"`
}

// Trust defines which certificates the clusters trust.
type Trust struct {
	// Domain is the trust domain of the mesh (meshConfig.trustDomain). A cluster can override it.
	// For distribution csm it defaults to the fleet's workload identity pool, FLEET.svc.id.goog.
	// +default="cluster.local"
	Domain string `json:"domain,omitempty"`
	// DomainAliases are additional trust domains whose identities are equivalent to those of the
	// mesh (meshConfig.trustDomainAliases). Required if the trust domains of clusters differ. If
	// the trust domain is a fleet's workload identity pool, they default to the pool's other name
	// (FLEET.hub.id.goog) and the pools of the clusters' other projects.
	DomainAliases []string `json:"domainAliases,omitempty"`
	// CA is the certificate authority of the clusters.
	CA CA `json:"ca,omitempty"`
}

// CAProvider is the source of a cluster's signing certificate.
type CAProvider string

// The providers of signing certificates.
const (
	CAProviderFiles       CAProvider = "files"
	CAProviderExternal    CAProvider = "external"
	CAProviderCertManager CAProvider = "certManager"
	CAProviderMeshCA      CAProvider = "meshCA"
	CAProviderNone        CAProvider = "none"
)

// CA is the certificate authority of the clusters.
type CA struct {
	// Provider of signing certificates: files uses the certificates in trust/ and the keys in
	// credentials/, external uses a secret store, certManager uses a cert-manager Certificate, and
	// meshCA uses Google's managed CA. With none, something else creates Secret cacerts.
	// +default="files"
	Provider CAProvider `json:"provider,omitempty"`
	// Keys is where signing keys are stored, for provider files: workspace stores them in
	// credentials/ and applies them with the certificates; cluster keeps each key only in Secret
	// cacerts of its cluster, and only certificates are rendered.
	// +default="workspace"
	Keys CAKeys `json:"keys,omitempty"`
	// Roots pin the roots of the mesh by the SHA-256 fingerprint of each root certificate: 64
	// lower-case hexadecimal digits, as printed by kubectl mesh ca status. A root in trust/ that is
	// not pinned is an error, and one that a cluster trusts (installed.rootSHA256) is a warning. A
	// mesh has one root, or two during a rotation and after two meshes were joined. If no root is
	// pinned, a warning is reported.
	Roots []string `json:"roots,omitempty"`
	// MultiRoot sets ISTIO_MULTIROOT_MESH in istiod's Helm values, so that a running istiod accepts
	// a second root, and the first phase of a root rotation requires no restart. When the roots
	// change, istiod pushes the whole configuration to every proxy once. If false, the variable is
	// set only while a root is rotated, and the rotation starts with a restart of every istiod.
	// +default=true
	MultiRoot *bool `json:"multiRoot,omitempty"`
	// IssuerRef references the cert-manager issuer, for provider certManager.
	IssuerRef *IssuerRef `json:"issuerRef,omitempty"`
	// External is the secret store that contains the certificates, for provider external: entry
	// <mesh>/<cluster>/cacerts, with a property for each file.
	External *ExternalStore `json:"external,omitempty"`
}

// CAKeys is where the signing keys of the clusters are stored.
type CAKeys string

// The places of signing keys.
const (
	CAKeysWorkspace CAKeys = "workspace"
	CAKeysCluster   CAKeys = "cluster"
)

// IssuerKind is a kind of cert-manager issuer.
type IssuerKind string

// The kinds of issuers.
const (
	IssuerNamespaced IssuerKind = "Issuer"
	IssuerCluster    IssuerKind = "ClusterIssuer"
)

// IssuerRef references a cert-manager issuer.
type IssuerRef struct {
	// Kind of the issuer.
	// +default="ClusterIssuer"
	Kind IssuerKind `json:"kind,omitempty"`
	// Name of the issuer.
	// +required
	Name string `json:"name"`
}

// ReaderAuth is the kind of credential that a control plane uses to read a remote cluster.
type ReaderAuth string

// The kinds of reader credentials.
const (
	ReaderAuthToken             ReaderAuth = "token"
	ReaderAuthClientCertificate ReaderAuth = "clientCertificate"
	ReaderAuthFederated         ReaderAuth = "federated"
	ReaderAuthExternal          ReaderAuth = "external"
)

// Reader defines how control planes read the API server of a remote cluster.
type Reader struct {
	// Auth is the kind of credential: token is a service account's bearer token, clientCertificate
	// is a certificate signed by the target, federated requires no credential because the target
	// trusts the consumer's token issuer, and external is a reference to a secret store.
	// +default="token"
	Auth ReaderAuth `json:"auth,omitempty"`
	// ServiceAccount is a single account that all readers of the cluster share. By default, each
	// reader has its own account, mesh-reader-<consumer>, and can be revoked separately. If it is
	// istio-reader-service-account, which Istio's charts install, its RBAC is left to the charts.
	ServiceAccount string `json:"serviceAccount,omitempty"`
	// AllowNonExpiring accepts reader tokens that never expire, such as those in token Secrets.
	// Otherwise, reading a cluster with such a token is an error.
	// +default=false
	AllowNonExpiring *bool `json:"allowNonExpiring,omitempty"`
	// External is the secret store that contains the readers' tokens, for auth external: property
	// token of entry <mesh>/<cluster>/<account>.
	External *ExternalStore `json:"external,omitempty"`
	// DiscoveryURL is the base URL at which the cluster finds the discovery documents of its
	// readers' token issuers, for auth federated: <discoveryURL>/<consumer>/openid-configuration.
	// The documents are rendered from the public keys in clusters/<consumer>.yaml; serve them at
	// this URL. By default, the cluster requests them from the issuers.
	DiscoveryURL string `json:"discoveryURL,omitempty"`
	// DiscoveryCertificateAuthorityData is the CA of the server at discoveryURL, as base64 of PEM
	// text. Defaults to public CAs.
	DiscoveryCertificateAuthorityData []byte `json:"discoveryCertificateAuthorityData,omitempty"`
}

// ExternalStore is the secret store from which External Secrets Operator reads credentials.
type ExternalStore struct {
	// SecretStoreRef references the store, as in an ExternalSecret.
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

// SecretStoreRef references a secret store of External Secrets Operator.
type SecretStoreRef struct {
	// Kind of the store.
	// +default="ClusterSecretStore"
	Kind StoreKind `json:"kind,omitempty"`
	// Name of the store.
	// +required
	Name string `json:"name"`
}

// Sample is a service whose responses name its cluster, and a client that calls it.
type Sample struct {
	// Image of the service: Istio's helloworld, or an image that responds in the same way.
	// +default="docker.io/istio/examples-helloworld-v1:1.0"
	Image string `json:"image,omitempty"`
	// ClientImage is the image of the client. It must contain /bin/sleep and curl.
	// +default="docker.io/curlimages/curl:8.16.0"
	ClientImage string `json:"clientImage,omitempty"`
}

// Waiver accepts findings of one rule.
type Waiver struct {
	// Rule is the ID of the rule, such as MESH006.
	// +required
	Rule string `json:"rule"`
	// Clusters limits the waiver to findings whose clusters are all listed. By default, it applies
	// to every finding of the rule.
	Clusters []string `json:"clusters,omitempty"`
	// Reason why the finding is acceptable here.
	// +required
	Reason string `json:"reason"`
}
