package check

import (
	"crypto/x509"
	"slices"
	"time"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/topology"
)

// Input is everything that a run depends on.
type Input struct {
	Mesh  *v1alpha1.Mesh
	Graph *topology.Graph
	// Problems of the files, and Tree what is not as it would be rendered; nil: there is none.
	Problems []mesh.Problem
	Tree     *[]string
	// Roots of the mesh in trust/, and Pins what mesh.yaml says of them.
	Roots []*x509.Certificate
	Pins  v1alpha1.Pins
	// Sealed are the files of ciphertext, as their annotations tell it.
	Sealed []Sealed
	// Observed are the clusters that were asked, by name. Of the others nothing is said.
	Observed map[string]*Observation
	// Dump of gcloud; nil: there is none.
	Dump *Dump
	// Handshakes with gateways; nil: none was made.
	Handshakes *Handshakes
	Now        time.Time
	// Commands are for remedies.
	Commands Commands
}

// Commands says how the user runs programs here.
type Commands struct {
	// Apply is the beginning of kubectl mesh render --apply.
	Apply string
	// Sample brings the sample to the clusters, and Check is the beginning of kubectl mesh check.
	Sample, Check string
	// Render writes the tree, and Trust takes another root from stdin.
	Render, Trust string
	// Kubectl is the beginning of a kubectl command for a cluster.
	Kubectl func(cluster string) string
}

// subject is what one check looks at once.
type subject struct {
	Input
	cluster, peer *v1alpha1.Cluster
	// facts of both; those of a peer that was not asked are nil.
	facts, peerFacts *Observation
	// reads says that the control plane of cluster reads the API server of peer.
	reads bool
}

// kubectlIstio is the beginning of a kubectl command in the namespace of a cluster's control plane.
func (s subject) kubectlIstio(cluster *v1alpha1.Cluster) string {
	return s.Commands.Kubectl(cluster.Name) + " -n " + cluster.Istio.Namespace
}

// Run makes every check of everything that it applies to. Results are ordered by what they are
// about: the mesh, each cluster, each link, each gateway, and then by check.
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

// gateways are looked at from here, whether their clusters were asked or not.
func gateways(in Input) []Result {
	if in.Handshakes == nil {
		return nil
	}
	var results []Result
	for cluster := range in.Graph.Clusters() {
		if _, shaken := in.Handshakes.Results[cluster.Name]; shaken {
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

// runScope makes the checks of a scope of one subject, in order.
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

// Failed tells whether anything has failed.
func Failed(results []Result) bool {
	for _, result := range results {
		if result.Status == StatusFailed {
			return true
		}
	}
	return false
}

// Verified tells whether everything could be seen.
func Verified(results []Result) bool {
	return !slices.ContainsFunc(results, func(result Result) bool { return result.Status == StatusUnknown })
}
