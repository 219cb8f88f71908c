// Package layout defines the paths of all files of a workspace and of a rendered tree.
//
// All paths have forward slashes. Those of a workspace are relative to the directory of mesh.yaml, those of a tree to
// its root, by convention Deploy.
package layout

import (
	"path"
	"strconv"
	"strings"
)

// Directories of a workspace.
const (
	Clusters    = "clusters"    // facts: public, committed
	Trust       = "trust"       // certificates and requests: public, committed
	Sealed      = "sealed"      // ciphertext, committed
	Deploy      = "deploy"      // the rendered tree, committed
	Credentials = "credentials" // the only directory with secrets; never committed
)

// StateDir is for this program's own files.
const StateDir = ".kubectl-mesh"

// State is what commands of the workspace's owner recorded: committed, and written only by this program.
func State() string { return path.Join(StateDir, "state.yaml") }

// WriterLock is the lock of the command that is changing the workspace. It is not committed.
func WriterLock() string { return path.Join(StateDir, "lock") }

// Staging contains what that command needs to complete or roll back its change. It is not committed.
func Staging() string { return path.Join(StateDir, "staging") }

// Written lists the directories in which commands write single files.
func Written() []string { return []string{StateDir, Clusters, Trust, Sealed, Credentials} }

// Reviewed lists what defines a mesh besides its mesh file: directories and files that are committed and not rendered.
func Reviewed() []string { return []string{Clusters, Trust, Sealed, State()} }

// Settings of other programs in a workspace.
const (
	MeshFile         = "mesh.yaml"
	Ignore           = ".gitignore"
	GitleaksSettings = ".gitleaks.toml"
	SOPSSettings     = ".sops.yaml"
)

// Settings returns the files in the workspace for other programs.
func Settings() []string { return []string{Ignore, GitleaksSettings, SOPSSettings} }

// Facts is the facts file of a cluster.
func Facts(cluster string) string { return path.Join(Clusters, cluster+".yaml") }

// ClusterOfFacts returns the cluster of a facts file.
func ClusterOfFacts(file string) string {
	return strings.TrimSuffix(strings.TrimPrefix(file, Clusters+"/"), ".yaml")
}

// RootCertificate contains the roots of the mesh.
func RootCertificate() string { return path.Join(Trust, "root-cert.pem") }

// TrustDir contains the certificates of a cluster.
func TrustDir(cluster string) string { return path.Join(Trust, cluster) }

// TrustFile is a file with a certificate of a cluster.
func TrustFile(cluster, name string) string { return path.Join(Trust, cluster, name) }

// SigningRequest is the request for a cluster's intermediate certificate.
func SigningRequest(cluster string) string { return TrustFile(cluster, "ca.csr") }

// AllowedSigners lists the SSH keys of sites whose exchange files are accepted, in ssh-keygen's format.
func AllowedSigners() string { return path.Join(Trust, "allowed_signers") }

// ExchangeIdentity is this site's age key, which decrypts the tokens in exchange files.
func ExchangeIdentity() string { return path.Join(Credentials, "exchange.agekey") }

// SealedDir contains the sealed files of a cluster, with a trailing slash; of all clusters if it is empty.
func SealedDir(cluster string) string { return path.Join(Sealed, cluster) + "/" }

// SealedFile is the sealed file of a cluster's object; object is the name of a file in an overlay.
func SealedFile(cluster, object string) string { return path.Join(Sealed, cluster, object) }

// RootKey is a root's private key, in clear or encrypted with a passphrase.
func RootKey(name string, encrypted bool) string {
	if encrypted {
		name += ".age"
	}
	return path.Join(Credentials, name)
}

// SigningKey is the private key of a cluster's intermediate certificate.
func SigningKey(cluster string) string { return path.Join(Credentials, cluster, "ca-key.pem") }

// SourceKey is the key with which a workspace recognizes what it has sealed. It decrypts nothing.
func SourceKey() string { return path.Join(Credentials, "sealing.key") }

// CredentialsIgnore keeps everything in Credentials out of Git; it is the only file there without a secret.
func CredentialsIgnore() string { return path.Join(Credentials, ".gitignore") }

// IsPrivate reports whether a file is below Credentials.
func IsPrivate(file string) bool { return strings.HasPrefix(file, Credentials+"/") }

// InCredentials is the path of a file relative to Credentials.
func InCredentials(file string) string { return strings.TrimPrefix(file, Credentials+"/") }

// CredentialDir contains consumer's credential for target.
func CredentialDir(target, consumer string) string { return path.Join(Credentials, target, consumer) }

// Token is consumer's reader token for target.
func Token(target, consumer string) string {
	return path.Join(CredentialDir(target, consumer), "token")
}

// ClientCertificate is one generation of consumer's client certificate for target.
func ClientCertificate(target, consumer string, generation int32) string {
	return path.Join(CredentialDir(target, consumer), "client"+ordinal(generation)+".crt")
}

// ClientKey is the private key of one generation of a client certificate.
func ClientKey(target, consumer string, generation int32) string {
	return path.Join(CredentialDir(target, consumer), "client"+ordinal(generation)+".key")
}

// Baseline contains the endpoints of target that consumer's istiod knew before its credential changed. It is not
// committed, and is deleted with the rotation.
func Baseline(target, consumer string) string {
	return path.Join(CredentialDir(target, consumer), "endpoints.json")
}

// IsCredential reports whether a file in a CredentialDir contains a credential, or part of one.
func IsCredential(name string) bool { return name == "token" || strings.HasPrefix(name, "client") }

// ClientRequest is the request for a client certificate, next to mesh.yaml because it is sent to another site.
func ClientRequest(target, consumer string) string { return consumer + "-" + target + ".csr" }

// PrivateTree contains overlays with the objects that contain credentials: Overlay without its first directory.
func PrivateTree() string { return path.Join(Credentials, Overlays) }

// ordinal is empty for the first generation.
func ordinal(generation int32) string {
	if generation == 1 {
		return ""
	}
	return "-" + strconv.Itoa(int(generation))
}
