package check

import (
	"github.com/kubectl-mesh/kubectl-mesh/pkg/cluster"
)

// Observation is what was seen of one cluster. It holds no credential.
type Observation struct {
	// Unreachable says why nothing was seen, and Remedy what helps; then the rest is empty.
	Unreachable, Remedy string
	// UID of the cluster, and whether its API server is the one that mesh.yaml names.
	UID    string
	Proven bool
	// Foreign clusters are not the one that is meant: nothing else was asked.
	Foreign bool
	// Reported is what the cluster says of itself; Notes what it does not say, and why.
	Reported cluster.Facts
	Notes    []cluster.Note
	// Secrets are the remote secrets that istiod finds there.
	Secrets Reading[[]Secret]
	// Certificates are those that istiod is given, and those that the workloads go by.
	Certificates Reading[cluster.Certificates]
	// Accounts are those of the namespace of Istio, with their token Secrets.
	Accounts Reading[[]cluster.Account]
	// Copies are the Secrets of the mesh with their values in an annotation too.
	Copies Reading[[]string]
	// Access is what the remote secret of each cluster is good for, by cluster ID.
	Access     map[string]cluster.Access
	EastWest   Reading[[]cluster.EastWest]
	Peers      Reading[[]cluster.Peer]
	GatewayAPI Reading[cluster.GatewayAPI]
	// HandshakeService is what the cluster has of the service that gateways are asked for in handshakes.
	HandshakeService Reading[cluster.ServiceState]
	// Served is how a cluster without a control plane finds the one that serves it, and Routes lead such clusters to the
	// control plane here.
	Served Reading[cluster.Served]
	Routes Reading[[]cluster.TLSRoute]
	// Istiod is what the control plane itself says.
	Istiod Istiod
	// Sample is what came of calling the sample; nil: it was not called.
	Sample *Sample
}

// Reading is a value, or why it could not be seen.
type Reading[T any] struct {
	Value T
	Why   string
}

// Secret is a remote secret: what may be shown of it.
type Secret struct {
	Name string
	// Ours carries the labels of this mesh; Google was left by Google's managed mesh.
	Ours, Google bool
	Remotes      []RemoteKubeconfig
}

// RemoteKubeconfig is one kubeconfig in a remote secret.
type RemoteKubeconfig struct {
	ClusterID string
	// Refused says why istiod does not load it.
	Refused string
	// Differs lists what is not as mesh.yaml has it, for a cluster that is to be read.
	Differs []string
	// Life is when the credential ends, if it tells.
	Life Validity
	// Credential tells one generation from another: the Secret that a token came out of, or the user of a
	// certificate. Empty when it does not tell.
	Credential string
}

// hidden clusters tell nothing of themselves: they were not seen, or are not the ones that are meant.
func (f *Observation) hidden() bool { return f.Unreachable != "" || f.Foreign }

// find returns the kubeconfig of a cluster in ours, or else in any Secret.
func (f *Observation) find(id string) (Secret, RemoteKubeconfig, bool) {
	var found Secret
	var remote RemoteKubeconfig
	there := false
	for _, secret := range f.Secrets.Value {
		for _, r := range secret.Remotes {
			if r.ClusterID == id && (!there || secret.Ours && !found.Ours) {
				found, remote, there = secret, r, true
			}
		}
	}
	return found, remote, there
}

// why finds the note that says why something is missing.
func (f *Observation) why(what, otherwise string) string {
	for _, note := range f.Notes {
		if note.What == what {
			return note.Why
		}
	}
	return otherwise
}
