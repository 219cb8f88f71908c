package access

// Labels that every object of a mesh carries.
const (
	LabelManagedBy = "app.kubernetes.io/managed-by"
	LabelMesh      = "kubectl-mesh.dev/mesh"
	ManagedBy      = "kubectl-mesh"
)

// Labels returns the labels that every object of a mesh carries.
func Labels(mesh string) map[string]string {
	return map[string]string{LabelManagedBy: ManagedBy, LabelMesh: mesh}
}

// Names of objects that a cluster has once.
const (
	// SigningSecret is the Secret in which istiod finds what it signs with.
	SigningSecret = "cacerts"
	// AdmissionPolicy admits the remote secrets of this mesh and no others.
	AdmissionPolicy = "mesh-remote-secrets"
	// FleetOptions is the ConfigMap in which Google's managed control plane reads its options.
	FleetOptions = "asm-options"
)

// RemoteSecretPrefix begins the names of remote secrets, as istioctl makes them
// (istioctl/pkg/multicluster/remote_secret.go).
const RemoteSecretPrefix = "istio-remote-secret-"

// RemoteSecret is the name of the remote secret of a cluster.
func RemoteSecret(target string) string { return RemoteSecretPrefix + target }

// PeerGateway is the name of the peer Gateway of a cluster.
func PeerGateway(peer string) string { return "istio-remote-peer-" + peer }
