package check

import (
	"fmt"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
)

func identity() Check {
	return Check{ID: "CHECK003", Severity: mesh.SeverityError, Scope: ScopeCluster,
		Title: "The context points at the cluster declared in mesh.yaml",
		Why: "A context is a local name, and may point at another cluster. The UID of namespace kube-system belongs to " +
			"exactly one cluster. If no UID is recorded, the API server is compared: its address and " +
			"its CA. An unreachable cluster is unknown, and no other check of it runs.",
		Remedy: "Correct context in mesh.yaml. If the cluster was re-created, remove its uid, and record the new one with " +
			"kubectl mesh render --apply --pin.",
		run: func(s subject) []outcome {
			switch f := s.facts; {
			case f.Unreachable != "":
				return unknown(f.Unreachable, f.Remedy)
			case f.Foreign:
				return bad(fmt.Sprintf("its UID is %s, but the UID of %s is %s", f.UID, s.cluster.Name, s.cluster.UID),
					"correct context in mesh.yaml; or, if the cluster was re-created, remove its uid from "+layout.State()+" "+
						"and run: "+s.Commands.Apply+" --pin")
			case s.duplicate() != "":
				return bad(fmt.Sprintf("its context points at the same cluster as %s's: the UID is %s", s.duplicate(), f.UID),
					"set the right context for each cluster")
			case s.cluster.UID == "" && !f.Proven:
				return []outcome{{
					status: StatusWarning,
					reason: "not verified: no UID is recorded, and its API server is not the one in mesh.yaml",
					remedy: "verify it: " + s.Commands.Kubectl(s.cluster.Name) + " cluster-info; " +
						"if it is the right cluster: " + s.Commands.Apply + " --pin",
				}}
			}
			return ok()
		}}
}

// duplicate returns another cluster with the same UID.
func (s subject) duplicate() string {
	for other := range s.Graph.Clusters() {
		if facts := s.Observed[other.Name]; facts != nil && other.Name != s.cluster.Name && facts.UID == s.facts.UID {
			return other.Name
		}
	}
	return ""
}

func clusterID() Check {
	return Check{
		ID:       "CHECK004",
		Severity: mesh.SeverityError,
		Scope:    ScopeCluster,
		After:    "CHECK003",
		Title:    "The control plane has the cluster ID from mesh.yaml",
		Why: "Istio identifies a cluster by its ID: the key of its remote secret in its peers, and CLUSTER_ID of its own " +
			"istiod. If they differ, peers store its endpoints under one ID and its proxies report another. istiod does not " +
			"verify this.",
		Remedy: "Set global.multiCluster.clusterName of chart istiod to the cluster's name, or to its clusterID.",
		run: func(s subject) []outcome {
			istio := s.facts.Reported.Istio
			if !istio.Found {
				if s.served() {
					return nil
				}
				why := s.facts.why("Istio", s.facts.why("Istio's control plane", "no istiod Deployment"))
				return unknown("no control plane was found: "+why,
					"install Istio: INSTALL.md in the rendered tree has the commands")
			}
			id := istio.ClusterID
			if id == "" {
				id = "Kubernetes"
			}
			if id == s.cluster.ID() {
				return ok()
			}
			return bad(fmt.Sprintf("its control plane has cluster ID %q, but its peers use %q", id, s.cluster.ID()),
				"set it in the values of the chart istiod: global.multiCluster.clusterName="+s.cluster.ID())
		},
	}
}

func (s subject) served() bool { return isServed(s.cluster) }

func networkLabel() Check {
	return Check{
		ID:       "CHECK005",
		Severity: mesh.SeverityError,
		Scope:    ScopeCluster,
		After:    "CHECK003",
		Title:    "Istio's namespace has the declared network label",
		Why: "The label topology.istio.io/network determines whether traffic goes from pod to pod or through an " +
			"east-west gateway. If it differs from mesh.yaml, peers use the wrong path.",
		Remedy: "Apply the cluster's overlay, which sets the label; or correct network in mesh.yaml.",
		run: func(s subject) []outcome {
			if s.facts.Reported.Network == s.cluster.Network {
				return ok()
			}
			if why := s.facts.why("Istio", ""); s.facts.Reported.Network == "" && why != "" {
				return unknown("the namespace "+s.cluster.Istio.Namespace+" could not be read: "+why, s.apply())
			}
			return bad(fmt.Sprintf("namespace %s has network %q, but mesh.yaml sets %q",
				s.cluster.Istio.Namespace, s.facts.Reported.Network, s.cluster.Network),
				s.networkRemedy())
		},
	}
}

// Rendering does not remove labels that it does not set.
func (s subject) networkRemedy() string {
	if s.cluster.Network == "" {
		return "set network: " + s.facts.Reported.Network + " in mesh.yaml, or: " +
			s.Commands.Kubectl(s.cluster.Name) + " label namespace " + s.cluster.Istio.Namespace + " topology.istio.io/network-"
	}
	return s.apply() + " --force-conflicts; or correct network in mesh.yaml"
}

// apply returns the command that applies a cluster's desired state.
func (s subject) apply() string { return s.Commands.Apply + " --cluster " + s.cluster.Name }

// usesGateways reports whether Gateway API objects are used in a cluster.
func (s subject) usesGateways() bool {
	gateway := s.cluster.Gateway
	declared := gateway != nil && gateway.API != v1alpha1.GatewayAPIIstio
	rendered := s.Graph.Exposure(s.cluster.Name).Any() && s.cluster.EastWest().API != v1alpha1.GatewayAPIIstio
	for range s.Graph.Peers(s.cluster.Name) {
		rendered = true
	}
	return s.cluster.Istio.DataPlane == v1alpha1.DataPlaneAmbient || declared || rendered
}
