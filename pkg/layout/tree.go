package layout

import (
	"crypto/sha256"
	"encoding/hex"
	"path"
	"slices"
	"strings"
)

// Directories of a rendered tree.
const (
	Base           = "base"     // objects that clusters can share
	Overlays       = "overlays" // a kustomize overlay for each cluster
	Helm           = "helm"     // Helm values, a directory for each cluster
	Authentication = "authentication"
	Gcloud         = "gcloud"   // scripts for Google Cloud
	Firewall       = "firewall" // firewall rules in other formats
	Redacted       = "redacted" // what overlays omit, for review
)

// Files that exist once in a rendered tree.
const (
	Kustomization  = "kustomization.yaml"
	Lock           = "mesh.lock"
	Install        = "INSTALL.md"
	Readme         = "README.md"             // the summary of the mesh
	FirewallScript = Gcloud + "/firewall.sh" // opens a VPC network
	AccessScript   = Gcloud + "/access.sh"   // sets who may reach the API server of a GKE cluster
	FleetScript    = Gcloud + "/fleet.sh"    // registers a GKE cluster with its fleet
	TeardownScript = Gcloud + "/teardown.sh" // reverts them
	ScriptLibrary  = Gcloud + "/lib.sh"      // their functions
	ScriptData     = Gcloud + "/mesh.sh"     // what the scripts do
	FirewallCSV    = Firewall + "/firewall.csv"
	FirewallTable  = Firewall + "/firewall.md"
)

// Names of files in an overlay.
const (
	Namespace = "namespace.yaml"
	// Readers contains what depends on other clusters: the readers of this one, and how it reads and finds others.
	Readers = "readers.yaml"
	// Peers contains the Gateways of peers if clusters discover each other by peering and read nothing.
	Peers   = "peers.yaml"
	CACerts = "cacerts.yaml"
)

// RemoteSecret returns the file of a remote secret with a credential, in clear or sealed.
func RemoteSecret(target string) string { return "remote-secret-" + target + ".yaml" }

// BaseDir returns the directory of a file's shared objects. It contains a digest, like the names of ConfigMaps that
// kustomize generates: if the objects change, so does every overlay that refers to them.
func BaseDir(file string, content []byte) string {
	sum := sha256.Sum256(content)
	return path.Join(Base, strings.TrimSuffix(file, ".yaml")+"-"+hex.EncodeToString(sum[:5]))
}

// Overlay is the directory of a cluster's overlay.
func Overlay(cluster string) string { return path.Join(Overlays, cluster) }

// OverlayFile is a file of a cluster's overlay.
func OverlayFile(cluster, name string) string { return path.Join(Overlays, cluster, name) }

// RedactedFile is what a cluster's overlay omits, with a description in place of each credential.
func RedactedFile(cluster string) string { return path.Join(Redacted, cluster+".yaml") }

// HelmValues are the values of a chart for a cluster.
func HelmValues(cluster, chart string) string { return path.Join(Helm, cluster, chart+".yaml") }

// HelmDir has the values of all charts of a cluster.
func HelmDir(cluster string) string { return path.Join(Helm, cluster) }

// AsmcliOverlay contains the options of asmcli for a cluster.
func AsmcliOverlay(cluster string) string { return HelmValues(cluster, "asmcli") }

// AuthenticationFile is for the owner of a cluster's API server, to merge into its configuration.
func AuthenticationFile(cluster string) string { return path.Join(Authentication, cluster+".yaml") }

// IssuerDocuments is the directory with the public documents of a reader's issuer, for one API server; that of all its
// readers if consumer is empty.
func IssuerDocuments(target, consumer string) string {
	return path.Join(Authentication, target, consumer)
}

// ConnectorRules are the rules of a VPC network for Config Connector.
func ConnectorRules(project, network string) string {
	return path.Join(Firewall, "config-connector", networkName(project, network)+".yaml")
}

// TerraformRules are the rules of a VPC network for Terraform.
func TerraformRules(project, network string) string {
	return path.Join(Firewall, "terraform", networkName(project, network)+".tf")
}

// networkName names the files of a VPC network: neither projects nor networks contain underscores. The name of a
// domain-scoped project contains a colon, which not every system allows in a path.
func networkName(project, network string) string {
	return strings.ReplaceAll(project, ":", "_") + "_" + network
}

// Deployed is the conventional path of the reviewed tree's file in a workspace.
func Deployed(file string) string { return path.Join(Deploy, file) }

// CloudScopes are covered by every rendering: these files depend on all clusters.
func CloudScopes() []string { return []string{Install, Readme, Gcloud + "/", Firewall + "/"} }

// File is one file of a rendered tree.
type File struct {
	// Path is relative to the root of the tree, with slashes.
	Path    string
	Content []byte
}

// Tree is the content of a directory after rendering: deploy/, or credentials/overlays/.
type Tree struct {
	// Files are sorted by path, without duplicates.
	Files []File
	// Scope limits what this rendering covers: a file of an earlier rendering that is in scope and not among Files is
	// stale. Each entry is a directory with a trailing slash ("overlays/east/"), or a file. Empty means the whole tree.
	Scope []string
	// Held are files that cannot be rendered yet: those of an earlier rendering are not stale.
	Held []string
}

// InScope reports whether the rendering covers path.
func (t Tree) InScope(path string) bool {
	return len(t.Scope) == 0 || slices.ContainsFunc(t.Scope, func(dir string) bool {
		return strings.HasPrefix(path, dir)
	})
}

// Sort sorts the files of a tree.
func (t *Tree) Sort() {
	slices.SortFunc(t.Files, func(a, b File) int { return strings.Compare(a.Path, b.Path) })
}
