// Package rules finds configurations that mesh.yaml can express but that do not work or are unwise. A rule is data: an
// ID, a severity, an explanation, and a function that finds violations. Findings of level error stop rendering unless
// waived in mesh.yaml; those of level incomplete hold back what needs the missing input, and a waiver does not render
// it.
//
// The package is pure. It imports pkg/apis/mesh, pkg/firewall, pkg/topology, pkg/nearest, pkg/sealedsecret, pkg/shell
// and pkg/upstream. Its texts become docs/rules.md and the output of `kubectl mesh explain MESH006`. IDs are never
// reused.
package rules

//go:generate go run ../../internal/rulesdoc ../../docs/rules.md

import (
	"time"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/firewall"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/topology"
)

// Rule finds one kind of problem.
type Rule struct {
	ID       string
	Title    string
	Severity mesh.Severity
	// Firm rules cannot be waived: nothing could be rendered, or the waiver itself is wrong.
	Firm bool
	// Why it matters, and the remedy: a paragraph each, without Markdown syntax.
	Why, Remedy string

	// partial rules check input that not every command reads, so the absence of findings proves nothing. Only they get
	// Input.Read.
	partial bool
	find    func(Input) []finding
}

// Input of the rules: a mesh with its defaults and topology.
type Input struct {
	Mesh  *v1alpha1.Mesh
	Graph *topology.Graph
	// OrphanedFacts are facts files of unknown clusters.
	OrphanedFacts []string
	// Overrides are facts that mesh.yaml contradicts for all clusters.
	Overrides []mesh.Override
	// Contradictions are facts that mesh.yaml contradicts for their cluster.
	Contradictions []mesh.Override
	// GatewayOverrides are collected gateway addresses that mesh.yaml replaces.
	GatewayOverrides []mesh.Override
	// Certificates of the clusters, if any.
	Certificates []Certificate
	// Roots in trust/, if any, without duplicates.
	Roots []Root
	// PinsBelow is the field in which mesh.yaml should pin roots if it pins none (v1alpha1.Pins).
	PinsBelow string
	// Read is what was read in addition to the mesh.
	Read

	plan    firewall.Plan // of the mesh
	servers []apiServer   // of its clusters, by index
}

// Read is what a command reads after the mesh.
type Read struct {
	// Credentials that were read, if any.
	Credentials []Credential
	// Sealed describes sealed files, if they were read.
	Sealed []Sealed
	// Now is the time; zero if the result must not depend on it.
	Now time.Time
}

// finding is what a rule found, before waivers are applied.
type finding struct {
	// incomplete is set if a fact is missing that can still be collected, while other findings of the rule are errors.
	incomplete    bool
	clusters      []string
	field, file   string
	message, hint string
}

// All returns all rules, sorted by ID. MESH014 and MESH015 are retired: they reported what was not rendered.
func All() []Rule {
	return []Rule{
		sharedServer(), isolated(), serverMissing(), overlappingPods(), gatewayMissing(),
		unreachableServer(), trustDomains(), oldVersion(), unnamedNetwork(), orphanedFacts(),
		publicAuthority(), privateServer(), idleWaiver(),
		foreignToken(), openCredential(), ambientGateway(), idleGateway(), undeployedGateway(), oneAddress(),
		peeringNetwork(), unservedRemote(), mixedDataPlanes(), soloCharts(), unmanagedFleet(), unreachedNodePort(),
		overriddenFacts(), refusedCertificates(), missingCertificates(), expiringCertificates(), unnamedAuthority(),
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
		defaultID(), unusedGatewayAddress(), gatewayOfOtherFamily(),
	}
}

// Find returns the rule with an ID.
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
