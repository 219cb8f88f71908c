package access

// Labels of all objects of a mesh.
const (
	LabelManagedBy = "app.kubernetes.io/managed-by"
	LabelMesh      = "kubectl-mesh.dev/mesh"
	ManagedBy      = "kubectl-mesh"
)

// Labels returns the labels of all objects of a mesh.
func Labels(mesh string) map[string]string {
	return map[string]string{LabelManagedBy: ManagedBy, LabelMesh: mesh}
}

// Names of objects that exist once per cluster.
const (
	// SigningSecret contains istiod's signing certificate.
	SigningSecret = "cacerts"
	// AdmissionPolicy admits only the remote secrets of this mesh.
	AdmissionPolicy = "mesh-remote-secrets"
	// FleetOptions is the ConfigMap with the options of Google's managed control plane.
	FleetOptions = "asm-options"
)

// RemoteSecretPrefix is the prefix of remote secrets, as in istioctl (istioctl/pkg/multicluster/remote_secret.go).
const RemoteSecretPrefix = "istio-remote-secret-"

// RemoteSecret returns the name of a cluster's remote secret.
func RemoteSecret(target string) string { return RemoteSecretPrefix + target }

// PeerGateway returns the name of a cluster's peer Gateway.
func PeerGateway(peer string) string { return "istio-remote-peer-" + peer }
