package check

import (
	"crypto/x509"
	"slices"
	"time"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/topology"
)

// Input of a run.
type Input struct {
	Mesh  *v1alpha1.Mesh
	Graph *topology.Graph
	// Problems of the workspace, and Tree the differences from what would be rendered; nil if there is no tree.
	Problems []mesh.Problem
	Tree     *[]string
	// Roots in trust/, and Pins of mesh.yaml.
	Roots []*x509.Certificate
	Pins  v1alpha1.Pins
	// Sealed files, as their annotations describe them.
	Sealed []Sealed
	// Observed clusters, by name. Other clusters have no results.
	Observed map[string]*Observation
	// Dump of gcloud; nil if there is none.
	Dump *Dump
	// Handshakes with gateways; nil if none were made.
	Handshakes *Handshakes
	Now        time.Time
	// Commands in remedies.
	Commands Commands
}

// Commands are the command lines of this user.
type Commands struct {
	// Apply is the start of kubectl mesh render --apply.
	Apply string
	// Sample deploys the sample, and Check is the start of kubectl mesh check.
	Sample, Check string
	// Render writes the tree, and Trust adds a root from stdin.
	Render, Trust string
	// Kubectl is the start of a kubectl command for a cluster.
	Kubectl func(cluster string) string
}

// subject is the input of one check.
type subject struct {
	Input
	cluster, peer *v1alpha1.Cluster
	// facts of both; those of a peer that was not observed are nil.
	facts, peerFacts *Observation
	// reads is set if cluster's control plane reads peer's API server.
	reads bool
}

// kubectlIstio is the start of a kubectl command in the namespace of a cluster's control plane.
func (s subject) kubectlIstio(cluster *v1alpha1.Cluster) string {
	return s.Commands.Kubectl(cluster.Name) + " -n " + cluster.Istio.Namespace
}

// Run runs all applicable checks. Results are ordered by subject: the mesh, each cluster, each link, each gateway; then
// by check.
func Run(in Input) []Result {
	results := runScope(ScopeMesh, subject{Input: in})
	for cluster := range in.Graph.Clusters() {
		if facts := in.Observed[cluster.Name]; facts != nil {
			results = append(results, runScope(ScopeCluster, subject{Input: in, cluster: cluster, facts: facts})...)
		}
	}
	for cluster := range in.Graph.Clusters() {
		if facts := in.Observed[cluster.Name]; facts != nil {
			results = append(results, links(in, cluster, facts)...)
		}
	}
	return append(results, gateways(in)...)
}

// gateways are checked from this machine, whether or not their clusters were queried
func gateways(in Input) []Result {
	if in.Handshakes == nil {
		return nil
	}
	var results []Result
	for cluster := range in.Graph.Clusters() {
		if _, dialed := in.Handshakes.Results[cluster.Name]; dialed {
			results = append(results, runScope(ScopeGateway, subject{
				Input:   in,
				cluster: cluster,
				facts:   in.Observed[cluster.Name],
			})...)
		}
	}
	return results
}

func links(in Input, cluster *v1alpha1.Cluster, facts *Observation) []Result {
	reads := map[string]bool{}
	for peer := range in.Graph.Targets(cluster.Name) {
		reads[peer.Name] = true
	}
	var results []Result
	for peer := range in.Graph.Clusters() {
		if reads[peer.Name] || in.Graph.Linked(cluster.Name, peer.Name) {
			results = append(results, runScope(ScopeLink, subject{Input: in, cluster: cluster, facts: facts,
				peer: peer, peerFacts: in.Observed[peer.Name], reads: reads[peer.Name]})...)
		}
	}
	return results
}

// runScope runs the checks of a scope for one subject, in order.
func runScope(scope Scope, s subject) []Result {
	var results []Result
	passed := map[string]bool{"": true}
	for _, check := range All() {
		if check.Scope != scope || !passed[check.After] {
			continue
		}
		for i, outcome := range check.run(s) {
			result := check.result(s, outcome)
			results = append(results, result)
			passed[check.ID] = (i == 0 || passed[check.ID]) && (result.Status == StatusOK || result.Status == StatusWarning)
		}
	}
	return results
}

// Failed reports whether any check failed.
func Failed(results []Result) bool {
	for _, result := range results {
		if result.Status == StatusFailed {
			return true
		}
	}
	return false
}

// Verified reports whether no result is unknown.
func Verified(results []Result) bool {
	return !slices.ContainsFunc(results, func(result Result) bool { return result.Status == StatusUnknown })
}
