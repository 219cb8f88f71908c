package layout

import (
	"crypto/sha256"
	"encoding/hex"
	"path"
	"slices"
	"strings"
)

// The directories of a rendered tree.
const (
	Base           = "base"     // objects that clusters can have in common
	Overlays       = "overlays" // a kustomize overlay for each cluster
	Helm           = "helm"     // values of charts, a directory for each cluster
	Authentication = "authentication"
	Gcloud         = "gcloud"   // scripts for Google Cloud
	Firewall       = "firewall" // rules of firewalls in other forms than scripts
	Redacted       = "redacted" // what overlays leave out, for review
)

// Files of a rendered tree that are there once.
const (
	Kustomization  = "kustomization.yaml"
	Lock           = "mesh.lock"
	Install        = "INSTALL.md"
	Readme         = "README.md" // what the mesh means
	TeardownScript = Gcloud + "/teardown.sh"
	ScriptLibrary  = Gcloud + "/lib.sh"        // functions of the other scripts
	AccessData     = Gcloud + "/api-access.sh" // what each AccessScript has to allow
	FirewallCSV    = Firewall + "/firewall.csv"
	FirewallTable  = Firewall + "/firewall.md"
)

// Names of files in an overlay.
const (
	Namespace = "namespace.yaml"
	// Readers has what depends on other clusters: who reads this one, and how it reads and finds them.
	Readers = "readers.yaml"
	// Peers has the Gateways of peers where clusters find each other by peering and read nothing.
	Peers   = "peers.yaml"
	CACerts = "cacerts.yaml"
)

// RemoteSecret names the file of a remote secret that holds a credential, in clear or sealed.
func RemoteSecret(target string) string { return "remote-secret-" + target + ".yaml" }

// BaseDir has the objects of one file that clusters can have in common. It is named after what is in it, as
// kustomize names a generated ConfigMap: where the objects change, so does every overlay that builds on them.
func BaseDir(file string, content []byte) string {
	sum := sha256.Sum256(content)
	return path.Join(Base, strings.TrimSuffix(file, ".yaml")+"-"+hex.EncodeToString(sum[:5]))
}

// Overlay is the directory of a cluster's overlay.
func Overlay(cluster string) string { return path.Join(Overlays, cluster) }

// OverlayFile is a file of a cluster's overlay.
func OverlayFile(cluster, name string) string { return path.Join(Overlays, cluster, name) }

// RedactedFile is what the overlay of a cluster leaves out, with each credential replaced by what it is.
func RedactedFile(cluster string) string { return path.Join(Redacted, cluster+".yaml") }

// HelmValues are the values of one chart for a cluster.
func HelmValues(cluster, chart string) string { return path.Join(Helm, cluster, chart+".yaml") }

// HelmDir has the values of all charts of a cluster.
func HelmDir(cluster string) string { return path.Join(Helm, cluster) }

// AsmcliOverlay is the options of asmcli for a cluster.
func AsmcliOverlay(cluster string) string { return HelmValues(cluster, "asmcli") }

// AuthenticationFile is what the owner of a cluster's API server merges into its configuration.
func AuthenticationFile(cluster string) string { return path.Join(Authentication, cluster+".yaml") }

// IssuerDocuments is a directory with the public documents of a reader's issuer, for one API server; that
// of all its readers when consumer is empty.
func IssuerDocuments(target, consumer string) string {
	return path.Join(Authentication, target, consumer)
}

// FirewallScript opens what a VPC network has to let through. A project of a domain has a colon in its
// name, which not every system has in a path.
func FirewallScript(project, network string) string {
	return path.Join(Gcloud, strings.ReplaceAll(project, ":", "_"), "firewall-"+network+".sh")
}

// ConnectorRules are the rules of a VPC network for Config Connector.
func ConnectorRules(project, network string) string {
	return path.Join(Firewall, "config-connector", networkName(project, network)+".yaml")
}

// TerraformRules are the rules of a VPC network for Terraform.
func TerraformRules(project, network string) string {
	return path.Join(Firewall, "terraform", networkName(project, network)+".tf")
}

// networkName is a name for the files of a VPC network: neither a project nor a network has an
// underscore in its name.
func networkName(project, network string) string {
	return strings.ReplaceAll(project, ":", "_") + "_" + network
}

// WebhookScript lets the control plane of a private GKE cluster reach the webhook of istiod.
func WebhookScript(cluster string) string { return path.Join(Gcloud, cluster, "webhook-firewall.sh") }

// AccessScript sets who may reach the API server of a GKE cluster.
func AccessScript(cluster string) string { return path.Join(Gcloud, cluster, "access.sh") }

// FleetScript registers a GKE cluster with its fleet.
func FleetScript(cluster string) string { return path.Join(Gcloud, cluster, "fleet.sh") }

// Deployed is where a file of the reviewed tree is in a workspace, by convention.
func Deployed(file string) string { return path.Join(Deploy, file) }

// InGcloud reports whether a file of the tree is a script for Google Cloud.
func InGcloud(file string) bool { return strings.HasPrefix(file, Gcloud+"/") }

// LibraryFrom is the path of the functions that scripts share, from the directory of a script.
func LibraryFrom(script string) string {
	return strings.Repeat("../", strings.Count(script, "/")-strings.Count(ScriptLibrary, "/")) + path.Base(ScriptLibrary)
}

// InTree is the path in the tree of a file that Deployed has given.
func InTree(file string) string { return strings.TrimPrefix(file, Deploy+"/") }

// CloudScopes are what a rendering of any cluster speaks for: these files follow from all clusters together.
func CloudScopes() []string { return []string{Install, Readme, Gcloud + "/", Firewall + "/"} }

// File is one file of a rendered tree.
type File struct {
	// Path is relative to the root of the tree, with slashes.
	Path    string
	Content []byte
}

// Tree is what one directory holds after rendering: deploy/, or credentials/overlays/.
type Tree struct {
	// Files are sorted by path; no path occurs twice.
	Files []File
	// Scope limits what this rendering speaks for: a file of an earlier rendering that is
	// in scope and not among Files is stale. Each entry is a directory with a closing slash
	// ("overlays/east/"), or a file. Empty means the whole tree.
	Scope []string
	// Held are files that cannot be rendered yet: those that an earlier rendering wrote are not stale.
	Held []string
}

// InScope reports whether the rendering speaks for path.
func (t Tree) InScope(path string) bool {
	return len(t.Scope) == 0 || slices.ContainsFunc(t.Scope, func(dir string) bool {
		return strings.HasPrefix(path, dir)
	})
}

// Sort puts the files into the order of a tree.
func (t *Tree) Sort() {
	slices.SortFunc(t.Files, func(a, b File) int { return strings.Compare(a.Path, b.Path) })
}
