package status

import (
	"slices"
	"time"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
)

// Kind of a report, as the JSON names it.
const Kind = "WorkspaceStatus"

// Report is the state of a workspace. Lists are never null in JSON.
type Report struct {
	APIVersion string   `json:"apiVersion"`
	Kind       string   `json:"kind"`
	Mesh       string   `json:"mesh,omitempty"`
	Findings   Findings `json:"findings"`
	Trust      *Trust   `json:"trust,omitempty"`
	// Sites of the mesh, where it names any.
	Sites    []Site    `json:"sites,omitempty"`
	Clusters []Cluster `json:"clusters"`
	Links    []Link    `json:"links"`
	Tree     Tree      `json:"tree"`
	// Next are the due steps, the first one first.
	Next []Step `json:"next"`

	hasSample bool // was just applied
}

// newReport is the report of an unknown mesh.
func newReport() Report {
	return Report{APIVersion: v1alpha1.APIVersion, Kind: Kind, Clusters: []Cluster{}, Links: []Link{}, Next: []Step{}}
}

// IsCompared reports whether clusters were queried, and all of them could be compared.
func (r Report) IsCompared() bool {
	asked := func(c Cluster) bool { return c.Live != nil }
	failed := func(c Cluster) bool { return asked(c) && c.Live.Error != "" }
	return slices.ContainsFunc(r.Clusters, asked) && !slices.ContainsFunc(r.Clusters, failed)
}

// IsElsewhere reports whether this site reaches no cluster of the mesh.
func (r Report) IsElsewhere() bool {
	return !slices.ContainsFunc(r.Clusters, func(c Cluster) bool { return c.Here })
}

// Site has access to some of the clusters.
type Site struct {
	Name     string   `json:"name"`
	Here     bool     `json:"here"`
	Clusters []string `json:"clusters"`
	// Imported is when the site's last imported exchange file was issued; nil if there is none.
	Imported *time.Time `json:"imported,omitempty"`
	// Due counts the site's steps.
	Due int `json:"due"`
}

// Findings counts the findings of validate, except waived ones.
type Findings struct {
	Errors int `json:"errors"`
	// Incomplete counts the inputs that do not exist yet.
	Incomplete int `json:"incomplete"`
	Warnings   int `json:"warnings"`
}

// Trust describes the roots if this workspace has them.
type Trust struct {
	State State `json:"state"`
	// Phase of a root rotation; empty if there is none.
	Phase  string `json:"phase,omitempty"`
	Roots  []Root `json:"roots"`
	Reason string `json:"reason,omitempty"`
	// HoldsRootKey is set if certificates can be issued and signed here.
	HoldsRootKey bool `json:"holdsRootKey"`
}

// Root is one root certificate.
type Root struct {
	SHA256  string    `json:"sha256"`
	State   State     `json:"state"`
	Expires time.Time `json:"expires"`
}

// Cluster is the known state of a cluster.
type Cluster struct {
	Name string `json:"name"`
	// Site that speaks for the cluster, where mesh.yaml names one.
	Site string `json:"site,omitempty"`
	// Here is set if this site reaches the cluster: the kubeconfig has its context.
	Here bool `json:"here"`
	// Facts is set if facts of the cluster are stored.
	Facts bool `json:"facts"`
	// Certificate of its control plane; nil if another provider issues it.
	Certificate *Certificate `json:"certificate,omitempty"`
	// Live is the result of querying the cluster; nil if it was not queried.
	Live *Live `json:"live,omitempty"`
}

// Certificate is the intermediate of a cluster.
type Certificate struct {
	State   State      `json:"state"`
	Expires *time.Time `json:"expires,omitempty"`
	Reason  string     `json:"reason,omitempty"`
	// Requested is set if a signing request waits for the root key.
	Requested bool `json:"requested,omitempty"`
}

// Live is how a cluster compares with the mesh.
type Live struct {
	// Pending is the number of objects that an apply would create, change or remove.
	Pending int `json:"pending"`
	// Error explains why the cluster could not be compared.
	Error string `json:"error,omitempty"`
}

// Link is the remote access of one control plane to one cluster.
type Link struct {
	Name     string     `json:"name"`
	Consumer string     `json:"consumer"`
	Target   string     `json:"target"`
	Kind     string     `json:"kind"`
	State    State      `json:"state"`
	Reason   string     `json:"reason,omitempty"`
	Expires  *time.Time `json:"expires,omitempty"`
	// Requested is set if a request for a certificate waits for the target's site.
	Requested bool `json:"requested,omitempty"`
	// Fetch is the command that gets a missing credential, and FetchAt the cluster whose site runs it.
	Fetch   string `json:"fetch,omitempty"`
	FetchAt string `json:"fetchAt,omitempty"`

	issued bool // by the target's API server, once it has the overlay
}

// Tree is the reviewed tree.
type Tree struct {
	Dir   string `json:"dir"`
	State State  `json:"state"`
	// Differences counts the files that differ from what would be rendered.
	Differences int `json:"differences,omitempty"`
	// HeldBack counts the files that cannot be rendered yet, because an input is missing.
	HeldBack int `json:"heldBack,omitempty"`
	// Committed is nil outside of a Git repository.
	Committed *bool `json:"committed,omitempty"`
	// Uncommitted are the files and directories of the workspace that differ from the last commit, settings included.
	Uncommitted []string `json:"uncommitted,omitempty"`
	Reason      string   `json:"reason,omitempty"`
}

// State of a certificate, a credential or a tree.
type State string

// States.
const (
	OK       State = "ok"
	Expiring State = "expiring"
	Expired  State = "expired"
	Missing  State = "missing"
	Refused  State = "refused"
	// Stale: the tree differs from what would be rendered.
	Stale State = "stale"
	// Unrendered: findings prevent rendering, so the state of the tree is unknown.
	Unrendered State = "unrendered"
	// InCluster: the credential is not stored here, and an apply transfers it between the clusters in memory.
	InCluster State = "inCluster"
	// Elsewhere: the credential is in a secret store, or sealed.
	Elsewhere State = "elsewhere"
	// Unknown: the credential is transferred between two sites, and this one reaches neither cluster.
	Unknown State = "unknown"
	Revoked State = "revoked"
	// Undeleted: revoked, and its token Secret still exists.
	Undeleted State = "undeleted"
)

// NeedsAttention reports whether action is required.
func (s State) NeedsAttention() bool {
	return slices.Contains([]State{Expiring, Expired, Missing, Refused, Stale, Undeleted}, s)
}

// Step is an action.
type Step struct {
	// Command to run, or the edit to make.
	Command string `json:"command"`
	Reason  string `json:"reason"`
	// Where is the site that has to act; if empty, this one.
	Where string `json:"where,omitempty"`
}
