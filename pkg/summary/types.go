package summary

// Summary is what a mesh means. It follows from files alone and holds no secret; lists are sorted, and the same mesh
// has the same summary. Each item has an ID that stays the same while its details change.
type Summary struct {
	// APIVersion of this format: kubectl-mesh.dev/v1alpha1.
	// +required
	APIVersion string `json:"apiVersion"`
	// Kind of the document: Summary.
	// +required
	Kind string `json:"kind"`
	// Mesh is the mesh ID.
	// +required
	Mesh string `json:"mesh"`
	// Discovery is how a control plane learns the endpoints of other clusters: remoteSecret, peering or fleet.
	// +required
	Discovery string `json:"discovery"`
	// Clusters of the mesh, by name.
	// +required
	Clusters []Cluster `json:"clusters"`
	// Links between two clusters, both directions in one.
	// +required
	Links []Link `json:"links"`
	// RemoteAccess is who reads which API server, by target and consumer.
	// +required
	RemoteAccess []RemoteAccess `json:"remoteAccess"`
	// Trust is which certificates are believed.
	// +required
	Trust Trust `json:"trust"`
	// Openings are what firewalls between the clusters have to allow, by target, kind and caller.
	// +required
	Openings []Opening `json:"openings"`
	// Admission is the policy for remote secrets; left out where mesh.yaml sets none.
	Admission *Admission `json:"admission,omitempty"`
	// Waivers of rules, by rule and clusters.
	// +required
	Waivers []Waiver `json:"waivers"`
	// Held are the files that cannot be rendered yet.
	// +required
	Held []Held `json:"held"`
}

// Place is where something is written, as far as it is known.
type Place struct {
	// File relative to the directory of mesh.yaml.
	File string `json:"file,omitempty"`
	// Line in the file, from 1.
	Line int32 `json:"line,omitempty"`
	// Field is the path of the field.
	Field string `json:"field,omitempty"`
}

// Cluster is a member of the mesh.
type Cluster struct {
	// ID of the item: cluster/NAME.
	// +required
	ID string `json:"id"`
	// At is where it is declared.
	At Place `json:"at,omitzero"`
	// Name in the mesh.
	// +required
	Name string `json:"name"`
	// ClusterID is its ID in Istio.
	// +required
	ClusterID string `json:"clusterID"`
	// ControlPlane names the cluster whose control plane serves it.
	// +required
	ControlPlane string `json:"controlPlane"`
	// Istio that it runs.
	// +required
	Istio Istio `json:"istio"`
	// Network in Istio; left out in a flat network without a name.
	Network string `json:"network,omitempty"`
	// TrustDomain of its workloads.
	// +required
	TrustDomain string `json:"trustDomain"`
	// Locality as region/zone/subzone.
	Locality string `json:"locality,omitempty"`
	// Platform, where it is more than plain Kubernetes.
	Platform string `json:"platform,omitempty"`
	// KubernetesVersion, where it is known.
	KubernetesVersion string `json:"kubernetesVersion,omitempty"`
	// PodCIDRs are the addresses of its pods.
	PodCIDRs []string `json:"podCIDRs,omitempty"`
	// EgressCIDRs are the addresses of its NAT or nodes.
	EgressCIDRs []string `json:"egressCIDRs,omitempty"`
	// Endpoints of its API server, with who uses each.
	// +required
	Endpoints []Endpoint `json:"endpoints"`
	// Gateway is its east-west gateway; left out where it needs none.
	Gateway *Gateway `json:"gateway,omitempty"`
	// Roles that readers of this cluster can have.
	Roles []Role `json:"roles,omitempty"`
}

// Istio is the control plane that serves a cluster.
type Istio struct {
	// At is where the version is set.
	At Place `json:"at,omitzero"`
	// Distribution: istio, solo or csm.
	// +required
	Distribution string `json:"distribution"`
	// Version; left out where none is set.
	Version string `json:"version,omitempty"`
	// Revision; left out for the default one.
	Revision string `json:"revision,omitempty"`
	// Namespace of the control plane.
	// +required
	Namespace string `json:"namespace"`
	// DataPlane: sidecar or ambient.
	// +required
	DataPlane string `json:"dataPlane"`
	// Managed says that the control plane runs at Google.
	Managed bool `json:"managed,omitempty"`
}

// Endpoint is an address of an API server as control planes use it.
type Endpoint struct {
	// ID of the item: endpoint/CLUSTER/SERVER.
	// +required
	ID string `json:"id"`
	// At is where the address is written.
	At Place `json:"at,omitzero"`
	// Server is its URL; left out where none is set.
	Server string `json:"server,omitempty"`
	// Kind is the endpoint of GKE: public, private or dns.
	Kind string `json:"kind,omitempty"`
	// TLSServerName is the name expected in its certificate, where it is not the host of server.
	TLSServerName string `json:"tlsServerName,omitempty"`
	// Proxy through which it is reached.
	Proxy string `json:"proxy,omitempty"`
	// CAs verify the server; left out where a public authority does.
	CAs []Certificate `json:"cas,omitempty"`
	// CAsAt is where they are set.
	CAsAt Place `json:"casAt,omitzero"`
	// Consumers are the clusters whose control planes use this address.
	// +required
	Consumers []string `json:"consumers"`
}

// Certificate is a certificate of an authority.
type Certificate struct {
	// Subject of the certificate.
	Subject string `json:"subject"`
	// SHA256 of the certificate in lower-case hexadecimal digits.
	SHA256 string `json:"sha256"`
	// Expires is the last moment at which it is valid, RFC 3339.
	Expires string `json:"expires"`
}

// Gateway is an east-west gateway.
type Gateway struct {
	// ID of the item: gateway/CLUSTER.
	// +required
	ID string `json:"id"`
	// At is where it is declared.
	At Place `json:"at,omitzero"`
	// Addresses at which other networks reach it; left out where they are discovered.
	Addresses []string `json:"addresses,omitempty"`
	// Service is the type of its Service.
	// +required
	Service string `json:"service"`
	// Namespace of the gateway.
	// +required
	Namespace string `json:"namespace"`
	// Port of addresses at which calls arrive.
	// +required
	Port int32 `json:"port"`
	// Opens says for what: workloads, peers, remotes.
	// +required
	Opens []Exposure `json:"opens"`
	// Annotations of its Service.
	Annotations map[string]string `json:"annotations,omitempty"`
}

// Exposure is what an east-west gateway opens.
type Exposure string

// The exposures.
const (
	// ExposesWorkloads to clusters of other networks.
	ExposesWorkloads Exposure = "workloads"
	// ExposesPeers: control planes of callers connect to the one here.
	ExposesPeers Exposure = "peers"
	// ExposesRemotes: clusters without a control plane connect to the one here.
	ExposesRemotes Exposure = "remotes"
)

// Role is a set of permissions that readers of a cluster have.
type Role struct {
	// Name of the ClusterRole and the Role.
	// +required
	Name string `json:"name"`
	// Permissions that it grants.
	// +required
	Permissions []Permission `json:"permissions"`
}

// Permission is what a role grants.
type Permission struct {
	// Namespace in which it counts; left out where it counts everywhere.
	Namespace string `json:"namespace,omitempty"`
	// APIGroup of the resource; left out for the core group.
	APIGroup string `json:"apiGroup,omitempty"`
	// Resource that it is about.
	// +required
	Resource string `json:"resource"`
	// Names to which it is limited; left out where it is not.
	Names []string `json:"names,omitempty"`
	// Verbs that it allows.
	// +required
	Verbs []string `json:"verbs"`
}

// Link says who calls whom, and how a call gets there.
type Link struct {
	// ID of the item: link/A/B, sorted.
	// +required
	ID string `json:"id"`
	// At is the first entry of links that makes it.
	At Place `json:"at,omitzero"`
	// From is the caller; of a link in both directions the first by name.
	// +required
	From string `json:"from"`
	// To is the cluster that is called.
	// +required
	To string `json:"to"`
	// Both says that to calls from, too.
	Both bool `json:"both,omitempty"`
	// Gateway says that calls go through an east-west gateway.
	Gateway bool `json:"gateway,omitempty"`
	// Federated are the clusters of the link that are read without a stored credential.
	Federated []string `json:"federated,omitempty"`
}

// RemoteAccess is a control plane that reads the API server of another cluster.
type RemoteAccess struct {
	// ID of the item: remoteAccess/CONSUMER/TARGET.
	// +required
	ID string `json:"id"`
	// At is the entry of links, or the controlPlane, that makes it.
	At Place `json:"at,omitzero"`
	// Consumer is the cluster whose control plane reads.
	// +required
	Consumer string `json:"consumer"`
	// Target is the cluster that is read.
	// +required
	Target string `json:"target"`
	// Credential with which it is read.
	// +required
	Credential Credential `json:"credential"`
	// Roles of the target that the reader has (clusters.roles).
	Roles []string `json:"roles,omitempty"`
	// GrantedBy is who else gives permissions: Istio's charts, for their account.
	GrantedBy string `json:"grantedBy,omitempty"`
	// EverySecret says that it can read every Secret of the target.
	EverySecret bool `json:"everySecret,omitempty"`
	// Revoked says that it would read the target, but no credential of it counts.
	Revoked bool `json:"revoked,omitempty"`
}

// Credential is with what a control plane reads.
type Credential struct {
	// At is where its kind is set.
	At Place `json:"at,omitzero"`
	// GenerationsAt is where its generations are recorded.
	GenerationsAt Place `json:"generationsAt,omitzero"`
	// Kind: token, clientCertificate, federated or external.
	// +required
	Kind string `json:"kind"`
	// Generations that count, oldest first; left out where a kind has none, or all are revoked.
	Generations []int32 `json:"generations,omitempty"`
	// Lifetime in words.
	// +required
	Lifetime string `json:"lifetime"`
	// Identities that the target knows the reader by.
	Identities []string `json:"identities,omitempty"`
	// Shared says that all readers of the target have the same account.
	Shared bool `json:"shared,omitempty"`
}

// Trust is which certificates are believed.
type Trust struct {
	// At is where the authority is declared.
	At Place `json:"at,omitzero"`
	// Provider of signing certificates: files, external, certManager, meshCA or none.
	// +required
	Provider string `json:"provider"`
	// Keys is who has the signing keys, for provider files: workspace or cluster.
	Keys string `json:"keys,omitempty"`
	// DomainAliases are trust domains whose identities count as the mesh's own.
	DomainAliases []string `json:"domainAliases,omitempty"`
	// Roots that are pinned or present, by SHA-256.
	// +required
	Roots []Root `json:"roots"`
	// Rotation of the root, as the certificates show it; left out where there are none.
	Rotation *Rotation `json:"rotation,omitempty"`
	// Intermediates with which istiod signs, by cluster.
	// +required
	Intermediates []Intermediate `json:"intermediates"`
}

// Root is a root that is pinned in mesh.yaml or present somewhere.
type Root struct {
	// ID of the item: root/SHA256.
	// +required
	ID string `json:"id"`
	// At is where it is pinned; otherwise the file that has it.
	At Place `json:"at,omitzero"`
	// SHA256 of the certificate in lower-case hexadecimal digits.
	// +required
	SHA256 string `json:"sha256"`
	// Subject, where the certificate is in trust/.
	Subject string `json:"subject,omitempty"`
	// Expires is the last moment at which it is valid, RFC 3339.
	Expires string `json:"expires,omitempty"`
	// Pinned by spec.trust.ca.roots.
	Pinned bool `json:"pinned,omitempty"`
	// Present in trust/root-cert.pem.
	Present bool `json:"present,omitempty"`
	// Signs are the clusters that sign under it.
	Signs []string `json:"signs,omitempty"`
	// TrustedBy are the clusters that report it (installed.rootSHA256).
	TrustedBy []string `json:"trustedBy,omitempty"`
}

// Rotation is how far a rotation of the root has come.
type Rotation struct {
	// ID of the item: rotation.
	// +required
	ID string `json:"id"`
	// Phase of the files: steady, trust or sign; left out where they show none.
	Phase string `json:"phase,omitempty"`
	// Old is the SHA-256 of the root of the steady phase, and of the first of two.
	Old string `json:"old,omitempty"`
	// New is the SHA-256 of the second root.
	New string `json:"new,omitempty"`
	// Behind are the clusters that sign under the old root while there is a new one.
	Behind []string `json:"behind,omitempty"`
	// Foreign are the clusters that sign under none of the roots.
	Foreign []string `json:"foreign,omitempty"`
	// Problem is why no phase can be read.
	Problem string `json:"problem,omitempty"`
	// Applied is the phase that was recorded for a cluster.
	Applied []AppliedPhase `json:"applied,omitempty"`
}

// AppliedPhase is the phase of a rotation that was applied to a cluster.
type AppliedPhase struct {
	// At is where it was recorded.
	At Place `json:"at,omitzero"`
	// Cluster that it was applied to.
	// +required
	Cluster string `json:"cluster"`
	// Phase: trust or sign.
	// +required
	Phase string `json:"phase"`
	// Root is the SHA-256 of the new root.
	// +required
	Root string `json:"root"`
}

// Intermediate is the certificate with which the istiod of a cluster signs.
type Intermediate struct {
	// ID of the item: intermediate/CLUSTER.
	// +required
	ID string `json:"id"`
	// At is the file that has it.
	At Place `json:"at,omitzero"`
	// Cluster that signs with it.
	// +required
	Cluster string `json:"cluster"`
	// Certificate itself.
	Certificate `json:",inline"`
	// Root is the SHA-256 of the root under which it signs; left out where it leads to none.
	Root string `json:"root,omitempty"`
	// Missing says that there is none yet.
	Missing bool `json:"missing,omitempty"`
	// Problem is why it cannot be read.
	Problem string `json:"problem,omitempty"`
}

// Opening is a way that firewalls between two clusters have to allow.
type Opening struct {
	// ID of the item: opening/KIND/FROM/TO.
	// +required
	ID string `json:"id"`
	// Kind of traffic.
	// +required
	Kind OpeningKind `json:"kind"`
	// From is the cluster that connects.
	// +required
	From string `json:"from"`
	// To is the cluster that is connected to.
	// +required
	To string `json:"to"`
	// Ports with their protocol, as tcp:443; a protocol alone stands for all of it.
	// +required
	Ports []string `json:"ports"`
	// NodePorts says that Kubernetes chooses node ports that lead to these.
	NodePorts bool `json:"nodePorts,omitempty"`
	// Sources are the ranges from which it connects; left out where they are not known.
	Sources []string `json:"sources,omitempty"`
	// Destinations are ranges, addresses or host names; left out where they are not known.
	Destinations []string `json:"destinations,omitempty"`
}

// OpeningKind is what goes through an opening.
type OpeningKind string

// The kinds of openings.
const (
	// OpensAPI: istiod reads an API server.
	OpensAPI OpeningKind = "api"
	// OpensGateways: calls enter at an east-west gateway.
	OpensGateways OpeningKind = "gateways"
	// OpensIstiod: control planes, or clusters without one, connect to istiod.
	OpensIstiod OpeningKind = "istiod"
	// OpensPods: pods call pods.
	OpensPods OpeningKind = "pods"
	// OpensWebhook: an API server calls the injection webhook.
	OpensWebhook OpeningKind = "webhook"
)

// Admission is the policy that has API servers admit only the remote secrets of this mesh.
type Admission struct {
	// ID of the item: admission.
	// +required
	ID string `json:"id"`
	// At is where it is set.
	At Place `json:"at,omitzero"`
	// Clusters that get the policy.
	// +required
	Clusters []string `json:"clusters"`
}

// Waiver lets findings of one rule pass.
type Waiver struct {
	// ID of the item: waiver/RULE, with the clusters to which it is limited.
	// +required
	ID string `json:"id"`
	// At is where it is written.
	At Place `json:"at,omitzero"`
	// Rule is the ID of the rule.
	// +required
	Rule string `json:"rule"`
	// Title of the rule.
	// +required
	Title string `json:"title"`
	// Clusters to which it is limited; left out where it is not.
	Clusters []string `json:"clusters,omitempty"`
	// Reason that it gives.
	// +required
	Reason string `json:"reason"`
}

// Held is a file of the rendered tree that cannot be rendered yet.
type Held struct {
	// ID of the item: held/FILE.
	// +required
	ID string `json:"id"`
	// Cluster that is to get it.
	Cluster string `json:"cluster,omitempty"`
	// File in the rendered tree.
	// +required
	File string `json:"file"`
	// Missing is what it waits for.
	Missing string `json:"missing,omitempty"`
	// Next is the command or the edit that helps.
	Next string `json:"next,omitempty"`
}
