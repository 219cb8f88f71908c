// Package check verifies the health of a mesh. A check is data: an ID, a severity, an explanation, and a pure function
// of what was gathered. Gathering is separate: it queries each cluster once and changes nothing.
//
// The package imports pkg/cluster for observations, pkg/topology for consumers and targets, pkg/render for rendered
// names, pkg/audit, pkg/firewall and pkg/gke for gcloud dumps, pkg/appliedcopy, and pkg/apis/mesh. Its texts become
// docs/checks.md and the output of `kubectl mesh explain CHECK003`. IDs are never reused.
package check

//go:generate go run ../../internal/checksdoc ../../docs/checks.md

import "github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"

// Scope of a check.
type Scope string

// Scopes: the whole mesh, each cluster, each pair of consumer and target, each gateway.
const (
	ScopeMesh    Scope = "mesh"
	ScopeCluster Scope = "cluster"
	ScopeLink    Scope = "link"
	// ScopeGateway is a cluster's east-west gateway as seen from this machine; the cluster is not queried.
	ScopeGateway Scope = "gateway"
)

// Check verifies one property.
type Check struct {
	ID string
	// Title states the property.
	Title    string
	Severity mesh.Severity
	Scope    Scope
	// Why it matters, and the remedy: a paragraph each, without Markdown syntax.
	Why, Remedy string
	// After is a prerequisite: the check is skipped unless that one is ok.
	After string

	run func(subject) []outcome
}

// All returns all checks, sorted by ID, each after its prerequisite.
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

// Find returns the check with an ID.
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
