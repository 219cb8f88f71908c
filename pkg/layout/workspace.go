// Package layout knows where the files of a workspace and of a rendered tree lie.
//
// All paths have forward slashes. Those of a workspace are relative to the directory of mesh.yaml, those of
// a tree to its root, which is Deploy by convention.
package layout

import (
	"path"
	"strconv"
	"strings"
)

// The directories of a workspace.
const (
	Clusters    = "clusters"    // facts: public, committed
	Trust       = "trust"       // certificates and requests: public, committed
	Sealed      = "sealed"      // ciphertext, committed
	Deploy      = "deploy"      // the rendered tree, committed
	Credentials = "credentials" // the only one with secrets; never committed
)

// StateDir is what this program keeps for itself.
const StateDir = ".kubectl-mesh"

// State is what commands of the workspace's owner have recorded: committed, and written by this program
// alone.
func State() string { return path.Join(StateDir, "state.yaml") }

// WriterLock is the lock of the one command that changes a workspace. It is not committed.
func WriterLock() string { return path.Join(StateDir, "lock") }

// Staging has what that command needs to finish, or to take back, what it began. It is not committed.
func Staging() string { return path.Join(StateDir, "staging") }

// Written lists the directories in which commands write single files, with all below them.
func Written() []string { return []string{StateDir, Clusters, Trust, Sealed, Credentials} }

// Reviewed lists what a mesh means beside its mesh file: directories and files that are committed and not rendered.
func Reviewed() []string { return []string{Clusters, Trust, Sealed, State()} }

// Settings that a workspace has for other programs.
const (
	MeshFile         = "mesh.yaml"
	Ignore           = ".gitignore"
	GitleaksSettings = ".gitleaks.toml"
	SOPSSettings     = ".sops.yaml"
)

// Settings are the files that the workspace has for other programs.
func Settings() []string { return []string{Ignore, GitleaksSettings, SOPSSettings} }

// Facts is the file with the facts of a cluster.
func Facts(cluster string) string { return path.Join(Clusters, cluster+".yaml") }

// ClusterOfFacts is the name of the cluster that a facts file is for.
func ClusterOfFacts(file string) string {
	return strings.TrimSuffix(strings.TrimPrefix(file, Clusters+"/"), ".yaml")
}

// RootCertificate holds the roots of the mesh.
func RootCertificate() string { return path.Join(Trust, "root-cert.pem") }

// TrustDir has the certificates of a cluster, TrustFile is one of them.
func TrustDir(cluster string) string { return path.Join(Trust, cluster) }

// TrustFile is a file with a certificate of a cluster.
func TrustFile(cluster, name string) string { return path.Join(Trust, cluster, name) }

// SigningRequest is the request for a cluster's intermediate certificate.
func SigningRequest(cluster string) string { return TrustFile(cluster, "ca.csr") }

// AllowedSigners lists the SSH keys of sites whose exchange files are believed, as ssh-keygen reads it.
func AllowedSigners() string { return path.Join(Trust, "allowed_signers") }

// ExchangeIdentity is the age key of this site, which opens the tokens in exchange files.
func ExchangeIdentity() string { return path.Join(Credentials, "exchange.agekey") }

// SealedDir has the ciphertext of a cluster, with a closing slash; that of all clusters when it is empty.
func SealedDir(cluster string) string { return path.Join(Sealed, cluster) + "/" }

// SealedFile is the ciphertext of an object that a cluster gets; object is a name of a file in an overlay.
func SealedFile(cluster, object string) string { return path.Join(Sealed, cluster, object) }

// RootKey is a root's private key in clear, or encrypted under a passphrase.
func RootKey(name string, encrypted bool) string {
	if encrypted {
		name += ".age"
	}
	return path.Join(Credentials, name)
}

// SigningKey is the private key of a cluster's intermediate certificate.
func SigningKey(cluster string) string { return path.Join(Credentials, cluster, "ca-key.pem") }

// SourceKey is the key with which a workspace recognizes what it has sealed. It opens nothing.
func SourceKey() string { return path.Join(Credentials, "sealing.key") }

// CredentialsIgnore keeps everything in Credentials out of git; it is the one file there without a secret.
func CredentialsIgnore() string { return path.Join(Credentials, ".gitignore") }

// IsPrivate reports whether a file is below Credentials.
func IsPrivate(file string) bool { return strings.HasPrefix(file, Credentials+"/") }

// InCredentials is the path below Credentials of a file that lies there.
func InCredentials(file string) string { return strings.TrimPrefix(file, Credentials+"/") }

// CredentialDir has the credential with which the control plane of consumer reads target.
func CredentialDir(target, consumer string) string { return path.Join(Credentials, target, consumer) }

// Token is the reader token with which consumer reads target.
func Token(target, consumer string) string {
	return path.Join(CredentialDir(target, consumer), "token")
}

// ClientCertificate is one generation of the client certificate with which consumer reads target.
func ClientCertificate(target, consumer string, generation int32) string {
	return path.Join(CredentialDir(target, consumer), "client"+ordinal(generation)+".crt")
}

// ClientKey is the private key of one generation of a client certificate.
func ClientKey(target, consumer string, generation int32) string {
	return path.Join(CredentialDir(target, consumer), "client"+ordinal(generation)+".key")
}

// Baseline has the endpoints that the istiod of consumer knew of target before its credential was changed. It is not
// committed, and goes with the rotation.
func Baseline(target, consumer string) string {
	return path.Join(CredentialDir(target, consumer), "endpoints.json")
}

// IsCredential reports whether a file in a CredentialDir holds a credential, or a part of one.
func IsCredential(name string) bool { return name == "token" || strings.HasPrefix(name, "client") }

// ClientRequest is the request for a client certificate; it travels, and lies beside mesh.yaml.
func ClientRequest(target, consumer string) string { return consumer + "-" + target + ".csr" }

// PrivateTree holds overlays with the objects that hold credentials: Overlay without its first directory.
func PrivateTree() string { return path.Join(Credentials, Overlays) }

// ordinal is empty for the first generation.
func ordinal(generation int32) string {
	if generation == 1 {
		return ""
	}
	return "-" + strconv.Itoa(int(generation))
}
