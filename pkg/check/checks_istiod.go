package check

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/endpoints"
)

func sameRoot() Check {
	return Check{
		ID:       "CHECK020",
		Severity: mesh.SeverityError,
		Scope:    ScopeLink,
		Title:    "Both clusters trust a common root",
		Why: "Workloads verify each other with the roots in ConfigMap istio-ca-root-cert. Two clusters without a common " +
			"root refuse every connection between them. During a rotation one common root is enough.",
		Remedy: "Use signing certificates of one root in both clusters: Secret cacerts. A self-signed istiod has a root " +
			"of its own: have the mesh trust it as well, with kubectl mesh ca trust, until every workload has a certificate " +
			"of the mesh. A running istiod does not load another root: restart it, and then the workloads.",
		run: func(s subject) []outcome {
			if s.peerFacts == nil || !s.Graph.Linked(s.cluster.Name, s.peer.Name) {
				return nil
			}
			if s.reads && s.facts.hidden() {
				return nil // CHECK012 reported it
			}
			for _, end := range []struct {
				name  string
				facts *Observation
			}{{name: s.cluster.Name, facts: s.facts}, {name: s.peer.Name, facts: s.peerFacts}} {
				switch {
				case end.facts.hidden():
					return unknown(fmt.Sprintf("%s could not be read, so the roots cannot be compared", end.name), "")
				case len(end.facts.Reported.RootSHA256) == 0:
					return unknown(fmt.Sprintf("the roots of %s are unknown: %s", end.name,
						end.facts.why("Istio's roots", "ConfigMap istio-ca-root-cert not found")), "")
				}
			}
			for _, root := range s.facts.Reported.RootSHA256 {
				if slices.Contains(s.peerFacts.Reported.RootSHA256, root) {
					return ok()
				}
			}
			return bad(fmt.Sprintf("no common root: %s has %s, %s has %s", s.cluster.Name, short(s.facts.Reported.RootSHA256),
				s.peer.Name, short(s.peerFacts.Reported.RootSHA256)),
				s.commonRoot(s.foreignEnd()))
		},
	}
}

// foreignEnd returns the end of a link that trusts no root of the mesh, and what it trusts; the peer if both are the
// same.
func (s subject) foreignEnd() (*v1alpha1.Cluster, []string) {
	if sharesAny(s.peerFacts.Reported.RootSHA256, s.rootsInFiles()) {
		return s.cluster, s.facts.Reported.RootSHA256
	}
	return s.peer, s.peerFacts.Reported.RootSHA256
}

// short fingerprints distinguish roots well enough
func short(sums []string) string {
	var parts []string
	for _, sum := range sums {
		parts = append(parts, "sha256:"+sum[:min(16, len(sum))])
	}
	return strings.Join(parts, ", ")
}

func istiodSynced() Check {
	return Check{
		ID:       "CHECK021",
		Severity: mesh.SeverityError,
		Scope:    ScopeLink,
		After:    "CHECK012",
		Title:    "istiod reports that it has synced the peer",
		Why: "istiod's own status is authoritative: it connects from its own network, with the credential that it " +
			"loaded. A peer that is not in its list was rejected, or has the ID of another one. Timeout means a problem " +
			"with the network, TLS or permissions. Synced means that it has read the peer once; CHECK016 verifies that the " +
			"credential still works, and CHECK052 that istiod still knows endpoints there. Every ready pod is asked.",
		Remedy: "Search istiod's log for the name of the peer.",
		run: func(s subject) []outcome {
			if s.facts.Istiod.Clusters.Why != "" {
				return unknown(fmt.Sprintf("%s's istiod could not be reached: %s", s.cluster.Name, s.facts.Istiod.Clusters.Why),
					"forward its port, and specify it: --istiod-debug "+s.cluster.Name+"=http://127.0.0.1:15014")
			}
			logs := s.kubectlIstio(s.cluster) + " logs -l app=istiod --tail=-1 | grep " + s.peer.ID()
			for _, state := range s.facts.Istiod.Clusters.Value {
				switch {
				case state.ID != s.peer.ID():
				case state.SyncStatus == endpoints.StatusSynced:
					return s.syncedEverywhere(logs)
				case state.SyncStatus == "syncing":
					return []outcome{{status: StatusWarning, reason: "istiod is still syncing", remedy: "check again in a minute"}}
				default:
					return bad(fmt.Sprintf("istiod reports %q", state.SyncStatus), logs)
				}
			}
			return bad("istiod does not know the peer: it rejected the remote secret, or has not seen it", logs)
		},
	}
}

// syncedEverywhere checks each istiod pod once the first has synced.
func (s subject) syncedEverywhere(logs string) []outcome {
	for _, pod := range s.facts.Istiod.Pods {
		if status, known := pod.Status.Value[s.peer.ID()]; pod.Status.Why == "" && status != endpoints.StatusSynced {
			if !known {
				return bad(fmt.Sprintf("istiod pod %s does not know the peer, and others have synced it", pod.Name), logs)
			}
			return bad(fmt.Sprintf("istiod pod %s reports %q, and others report %q", pod.Name, status, endpoints.StatusSynced),
				logs)
		}
	}
	return ok()
}

func istiodEndpoints() Check {
	return Check{
		ID:       "CHECK052",
		Severity: mesh.SeverityError,
		Scope:    ScopeLink,
		After:    "CHECK021",
		Title:    "Every istiod pod knows endpoints of the peer",
		Why: "An istiod that has synced a peer may know no endpoints of it: some releases lose all of them half a minute " +
			"after the peer's remote secret changes, and keep reporting synced (istio/istio issue 61043). The proxies of such " +
			"a pod no longer call the peer, and no call fails as long as another cluster also has the service.",
		Remedy: "Restart istiod, and upgrade it to a release without the fault: docs/supported.md lists known faults.",
		run: func(s subject) []outcome {
			istiod := s.facts.Istiod
			if istiod.PodsWhy != "" {
				return unknown("istiod's pods could not be asked: "+istiod.PodsWhy, "")
			}
			most := endpoints.Counts{}
			for _, pod := range istiod.Pods {
				if pod.Endpoints.Why != "" {
					return unknown(fmt.Sprintf("%s could not be asked for its endpoints: %s", podName(pod), pod.Endpoints.Why), "")
				}
				most = endpoints.Max(most, pod.Endpoints.Value[s.peer.ID()])
			}
			if most.Total() == 0 {
				return bad(fmt.Sprintf("%s's istiod has synced %s, but knows no endpoint there", s.cluster.Name, s.peer.Name),
					s.restartIstiodOf(s.cluster))
			}
			for _, pod := range istiod.Pods {
				known := pod.Endpoints.Value[s.peer.ID()]
				switch losses := endpoints.Losses(most, known); {
				case known.Total() == 0:
					return bad(fmt.Sprintf("%s knows no endpoint of %s, but another pod knows %d",
						podName(pod), s.peer.Name, most.Total()),
						s.restartIstiodOf(s.cluster))
				case losses != nil:
					return warn(fmt.Sprintf("%s knows fewer endpoints of %s than another pod: %s",
						podName(pod), s.peer.Name, losses[0]),
						"check again in a minute; if nothing has changed: "+s.restartIstiodOf(s.cluster))
				}
			}
			return fine(fmt.Sprintf("%d endpoints", most.Total()))
		},
	}
}

func podName(pod IstiodPod) string {
	if pod.Name == "" {
		return "istiod"
	}
	return "pod " + pod.Name
}

func istiodGateway() Check {
	return Check{
		ID:       "CHECK022",
		Severity: mesh.SeverityError,
		Scope:    ScopeLink,
		After:    "CHECK021",
		Title:    "istiod knows a gateway to the peer's network",
		Why: "Calls to another network go through its east-west gateway. If istiod knows none, it sends the pods' own " +
			"addresses to proxies, as if they were in its own network: calls to them time out. Only sidecars are checked: " +
			"ambient stores its gateways elsewhere.",
		Remedy: "Label the gateway's Service or Gateway with topology.istio.io/network, and give it an address.",
		run: func(s subject) []outcome {
			ambient := s.cluster.Istio.DataPlane == v1alpha1.DataPlaneAmbient
			if ambient || s.peer.Network == s.cluster.Network || !s.Graph.Linked(s.cluster.Name, s.peer.Name) {
				return nil
			}
			if s.facts.Istiod.Gateways.Why != "" {
				return unknown(fmt.Sprintf("%s's istiod could not be reached: %s", s.cluster.Name, s.facts.Istiod.Gateways.Why), "")
			}
			for _, gateway := range s.facts.Istiod.Gateways.Value {
				if gateway.Network == s.peer.Network && gateway.Addr != "" {
					return ok()
				}
			}
			return bad(fmt.Sprintf("istiod knows no gateway to network %q, so it sends pod IPs of %s, and calls to them "+
				"time out", s.peer.Network, s.peer.Name),
				s.Commands.Kubectl(s.peer.Name)+" get services,gateways -A -l topology.istio.io/network="+s.peer.Network)
		},
	}
}
