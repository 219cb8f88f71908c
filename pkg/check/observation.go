package check

import (
	"github.com/kubectl-mesh/kubectl-mesh/pkg/cluster"
)

// Observation is what was observed in a cluster. It contains no credential.
type Observation struct {
	// Unreachable explains why nothing was observed, and Remedy what to do; all else is then empty.
	Unreachable, Remedy string
	// UID of the cluster, and whether its API server is the one declared in mesh.yaml.
	UID    string
	Proven bool
	// Foreign is set if this is not the declared cluster: nothing else was queried.
	Foreign bool
	// Reported is what the cluster reports; Notes explain what it does not report.
	Reported cluster.Facts
	Notes    []cluster.Note
	// Secrets are the remote secrets that istiod reads there.
	Secrets Reading[[]Secret]
	// Certificates are those in istiod's Secret, and those that workloads use.
	Certificates Reading[cluster.Certificates]
	// Accounts in Istio's namespace, with their token Secrets.
	Accounts Reading[[]cluster.Account]
	// Copies are Secrets of the mesh with a copy of their values in an annotation.
	Copies Reading[[]string]
	// Access is the result of using each remote secret, by cluster ID.
	Access     map[string]cluster.Access
	EastWest   Reading[[]cluster.EastWest]
	Peers      Reading[[]cluster.Peer]
	GatewayAPI Reading[cluster.GatewayAPI]
	// HandshakeService is the cluster's state of the service for handshakes.
	HandshakeService Reading[cluster.ServiceState]
	// Served is how a cluster without a control plane finds the one that serves it; Routes lead such clusters to the
	// control plane here.
	Served Reading[cluster.Served]
	Routes Reading[[]cluster.TLSRoute]
	// Istiod is what the control plane reports.
	Istiod Istiod
	// Sample is the result of calling the sample; nil if it was not called.
	Sample *Sample
}

// Reading is a value, or why it could not be read.
type Reading[T any] struct {
	Value T
	Why   string
}

// Secret is the printable part of a remote secret.
type Secret struct {
	Name string
	// Ours is set if it has the mesh's labels; Google if Google's managed mesh created it.
	Ours, Google bool
	Remotes      []RemoteKubeconfig
}

// RemoteKubeconfig is a kubeconfig in a remote secret.
type RemoteKubeconfig struct {
	ClusterID string
	// Refused explains why istiod does not load it.
	Refused string
	// Differs lists differences from mesh.yaml, for a target.
	Differs []string
	// Life is the credential's validity, if known.
	Life Validity
	// Credential distinguishes generations: the Secret that a token comes from, or the user of a certificate. Empty if
	// unknown.
	Credential string
}

// hidden reports whether the cluster could not be observed, or is not the declared one.
func (f *Observation) hidden() bool { return f.Unreachable != "" || f.Foreign }

// find returns a cluster's kubeconfig in our Secret, or otherwise in any Secret.
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

// why returns the note that explains a missing value.
func (f *Observation) why(what, otherwise string) string {
	for _, note := range f.Notes {
		if note.What == what {
			return note.Why
		}
	}
	return otherwise
}
