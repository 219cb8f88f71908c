// Package rules finds what can be written in mesh.yaml but will not work, or is unwise. A
// rule is data: an ID, a severity, the text that explains it, and a function that finds it.
// Findings of error level stop a rendering unless a waiver in mesh.yaml lets them pass; those of level incomplete hold
// back what needs the missing input, and a waiver does not render it.
//
// The package is pure. It imports pkg/apis/mesh, pkg/firewall, pkg/topology, pkg/nearest, pkg/sealedsecret, pkg/shell
// and pkg/upstream. Its texts are docs/rules.md and what `kubectl mesh explain MESH006` prints; an ID is never given
// twice.
package rules

//go:generate go run ../../internal/rulesdoc ../../docs/rules.md

import (
	"time"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/firewall"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/topology"
)

// Rule is one thing to look for.
type Rule struct {
	ID       string
	Title    string
	Severity mesh.Severity
	// Firm rules cannot be waived: nothing could be rendered, or it is the waiver that is wrong.
	Firm bool
	// Why it matters, and what to do: a paragraph each, of plain words that mean nothing to
	// Markdown.
	Why, Remedy string

	// partial rules look at what a command has read, and not every command reads all of it:
	// what they do not find may still be there.
	partial bool
	find    func(Input) []finding
}

// Input is what the rules look at: a mesh with its defaults and its topology.
type Input struct {
	Mesh  *v1alpha1.Mesh
	Graph *topology.Graph
	// OrphanedFacts are facts files that belong to no cluster.
	OrphanedFacts []string
	// Overrides are facts that mesh.yaml contradicts for all clusters.
	Overrides []mesh.Override
	// Contradictions are facts that mesh.yaml contradicts for their cluster.
	Contradictions []mesh.Override
	// GatewayOverrides are addresses of gateways that were found, where mesh.yaml declares others.
	GatewayOverrides []mesh.Override
	// Credentials are those that have been read, if any.
	Credentials []Credential
	// Certificates are those of the clusters, if there are any.
	Certificates []Certificate
	// Roots are those in trust/, if there are any, each once.
	Roots []Root
	// PinsBelow is where mesh.yaml is to pin roots while it pins none (v1alpha1.Pins).
	PinsBelow string
	// Sealed is what was found of sealed files, if it was looked for.
	Sealed []Sealed
	// Now is the time; zero where nothing may depend on it.
	Now time.Time

	plan firewall.Plan // of the mesh
}

// finding is what a rule has found, before it is known whether it is waived.
type finding struct {
	// incomplete: what is missing is a fact that can still come, while other findings of the rule are errors.
	incomplete    bool
	clusters      []string
	field, file   string
	message, hint string
}

// All returns every rule, sorted by ID. MESH014 and MESH015 are not given again: they were
// for what was not rendered.
func All() []Rule {
	return []Rule{
		sharedServer(), isolated(), serverMissing(), overlappingPods(), gatewayMissing(),
		unreachableServer(), trustDomains(), oldVersion(), unnamedNetwork(), orphanedFacts(),
		publicAuthority(), privateServer(), idleWaiver(),
		foreignToken(), openCredential(), ambientGateway(), idleGateway(), undeployedGateway(), oneAddress(),
		peeringNetwork(), unservedRemote(), mixedDataPlanes(), soloCharts(), unmanagedFleet(), unreachedNodePort(),
		overruledFacts(), refusedCertificates(), missingCertificates(), expiringCertificates(), unnamedAuthority(),
		unfederated(), unsigned(), differingNamespaces(),
		endedController(), unsealed(), brokenSeal(), orphanedCiphertext(),
		endlessTokens(), revokedReaders(), endingCredentials(), unknownReaders(), inadmissible(),
		applicationPorts(), untaggedNodes(), unknownPods(), unknownPlane(), unknownEgress(), sharedTag(), overlappingVPC(),
		crowdedAccess(), openToAll(),
		sharedGKE(), tokensAtDNS(), certificateAtDNS(), distantServer(),
		foreignFleet(), dividedNetwork(), fleetDomain(), sharedID(), unknownFleet(),
		unpinnedRoot(), foreignRoot(), unpinnedMesh(), missingRoot(),
		sharedSigningKey(), unusedRoots(), expiringRoots(), youngCertificates(),
		severeFaults(), knownFaults(), unknownRelease(), retiredRegistry(),
		otherClusterID(), otherMeshID(), contradictedFacts(), replacedRoots(),
		unlabelledID(), unwritableID(), foreignFront(), pathProxy(), authorityOfPublicFront(), privateName(),
		misshapenCredential(), lonelyPlane(), undiscoveredNodePort(), unreadSecrets(), noRoot(), untrustedRoots(),
		secondAddress(), ambientNodePort(), unreachableGateway(), privateGatewayName(), sharedGateway(),
		defaultID(), unusedGatewayAddress(),
	}
}

// Find returns the rule with that ID.
func Find(id string) (Rule, bool) {
	for _, rule := range All() {
		if rule.ID == id {
			return rule, true
		}
	}
	return Rule{}, false
}

// IDs returns the IDs of all rules, sorted.
func IDs() []string {
	var ids []string
	for _, rule := range All() {
		ids = append(ids, rule.ID)
	}
	return ids
}
