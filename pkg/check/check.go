// Package check tells whether a mesh is healthy. A check is data: an ID, a severity, the text
// that explains it, and a function over what was gathered. Gathering is apart: it asks each
// cluster once, changes nothing, and leaves plain facts, so that a check is a pure function.
//
// The package imports pkg/cluster for what is read, pkg/topology for who reads whom, pkg/render
// for the names that were rendered, pkg/audit, pkg/firewall and pkg/gke for dumps of gcloud, pkg/appliedcopy, and
// pkg/apis/mesh. Its texts are docs/checks.md and what `kubectl mesh explain CHECK003` prints; an
// ID is never given twice.
package check

//go:generate go run ../../internal/checksdoc ../../docs/checks.md

import "github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"

// Scope is what a check is about.
type Scope string

// The scopes: the mesh as a whole, each cluster, each pair of a control plane and a cluster, each gateway.
const (
	ScopeMesh    Scope = "mesh"
	ScopeCluster Scope = "cluster"
	ScopeLink    Scope = "link"
	// ScopeGateway is the east-west gateway of a cluster, as it is seen from here; no cluster is asked for it.
	ScopeGateway Scope = "gateway"
)

// Check is one thing that has to be so.
type Check struct {
	ID string
	// Title says what has to be so.
	Title    string
	Severity mesh.Severity
	Scope    Scope
	// Why it matters, and what to do: a paragraph each, of plain words that mean nothing to
	// Markdown.
	Why, Remedy string
	// After is the check without which this one cannot be made: it is left out where that one
	// is not ok.
	After string

	run func(subject) []outcome
}

// All returns every check, sorted by ID, each after the one that it needs.
func All() []Check {
	return []Check{
		soundFiles(), currentTree(),
		identity(), clusterID(), networkLabel(), gatewayAPI(), gatewayProgrammed(), gatewayAddress(),
		unmanagedSecret(), stale(), doubled(),
		secretPresent(), secretAccepted(), secretDeclared(), serverTrusted(), tokenAccepted(), rightCluster(),
		tokenLife(), permissionsGranted(), sameRoot(), istiodSynced(), istiodGateway(),
		sampleRuns(), sampleUnderstood(), sampleHere(), sampleThere(), sampleUnlinked(), sampleWay(),
		peersConnected(), sealedLife(), newestCredential(),
		dumpComplete(), flowsPass(), rulesNarrow(), rangesDisjoint(),
		serversOpen(), serversNarrow(), listsShort(), factsCurrent(),
		noAppliedCopy(), noUndeclaredReader(), rootsPickedUp(),
		gatewayReached(), gatewayServesMesh(), gatewayTrusted(),
		remoteFindsIstiod(), remoteInjects(), remoteAdmits(), routesAttached(), istiodEndpoints(),
	}
}

// Find returns the check with that ID.
func Find(id string) (Check, bool) {
	for _, check := range All() {
		if check.ID == id {
			return check, true
		}
	}
	return Check{}, false
}

// IDs returns the IDs of all checks, sorted.
func IDs() []string {
	var ids []string
	for _, check := range All() {
		ids = append(ids, check.ID)
	}
	return ids
}
