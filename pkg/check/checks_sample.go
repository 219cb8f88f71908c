package check

import (
	"cmp"
	"fmt"
	"net/netip"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/handshake"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/render"
)

func sampleRuns() Check {
	return Check{
		ID:       "CHECK023",
		Severity: mesh.SeverityError,
		Scope:    ScopeCluster,
		After:    "CHECK003",
		Title:    "The sample client runs",
		Why: "With --sample the pod of Deployment curl in namespace sample calls service helloworld, which every cluster " +
			"has, through the API server, like kubectl exec. Without a running pod, as on an API server without nodes, no " +
			"call can be made, and the result is unknown.",
		Remedy: "Deploy the sample to every cluster: kubectl mesh render --with-sample --apply. This requires permission " +
			"to get and create pods/exec. A client without a sidecar was started before injection was enabled: restart its " +
			"Deployment.",
		run: func(s subject) []outcome {
			sample := s.facts.Sample
			switch {
			case sample == nil:
				return nil
			case sample.Why != "":
				remedy := "this must work first: " + s.inSample("exec "+sample.Pod+" -c "+render.SampleClient+" -- true")
				return unknown(sample.Why, cmp.Or(sample.Remedy, remedy))
			case sample.Client.Absent:
				return unknown("the sample is not deployed: "+sample.Client.Why, s.Commands.Sample)
			case len(sample.Client.Pods) == 0:
				return unknown("the sample client is not running: "+sample.Client.Why, s.inSample("get pods,deployments"))
			case !sample.Sidecar && s.cluster.Istio.DataPlane != v1alpha1.DataPlaneAmbient:
				return warn("pod "+sample.Pod+" has no sidecar, so it is not part of the mesh",
					s.inSample("rollout restart deployment "+render.SampleClient))
			}
			return fine("pod " + sample.Pod)
		},
	}
}

// inSample returns a kubectl command in the sample's namespace.
func (s subject) inSample(command string) string {
	return s.Commands.Kubectl(s.cluster.Name) + " -n " + render.SampleNamespace + " " + command
}

func sampleUnderstood() Check {
	return Check{
		ID:       "CHECK024",
		Severity: mesh.SeverityError,
		Scope:    ScopeCluster,
		After:    "CHECK023",
		Title:    "The sample responds to every call",
		Why: "A response of the sample names its cluster. Anything else, such as status 503 of a proxy or no response " +
			"within 3 seconds, is a failed call. If some calls fail, it is a warning: an endpoint of one cluster may be " +
			"unreachable. If all fail, nothing works. An unknown name comes from another helloworld in that namespace.",
		Remedy: "Hosts to which the sidecar's connections failed or timed out are listed: kubectl mesh check --handshake " +
			"shows why. Otherwise check the log of the client's sidecar: its response flags show what failed.",
		run: func(s subject) []outcome {
			sample := s.facts.Sample
			if !sample.called() {
				return nil
			}
			logs := s.inSample("logs deployment/" + render.SampleClient + " -c " + proxy + " --tail=20")
			lost := fmt.Sprintf("%d of %d calls failed: %s",
				sample.Answers.Failed, sample.Made, cmp.Or(sample.ClientError, sample.Answers.Example))
			switch unknown := s.unknownResponders(); {
			case sample.Lost != nil && sample.Answers.count() == 0:
				return bad(lost+"; "+s.lost(), s.Commands.Check+" --handshake; or: "+logs)
			case sample.Answers.count() == 0:
				return bad(lost, logs)
			case sample.Lost != nil && sample.Answers.Failed > 0:
				return warn(lost+"; "+s.lost(), s.Commands.Check+" --handshake; or: "+logs)
			case sample.Answers.Failed > 0:
				return warn(lost, logs)
			case sample.Lost != nil:
				return warn("every call was answered, but only because the proxy retried: "+s.lost(),
					s.Commands.Check+" --handshake")
			case unknown != nil:
				return warn("responses from unknown clusters: "+abridged(unknown),
					s.inSample("get pods -l app="+render.SampleService))
			}
			return fine(fmt.Sprintf("%d calls", sample.Made))
		},
	}
}

// lost lists the hosts at which calls were lost: 3 calls to 203.0.113.77:15443, gateway of west, timed out.
func (s subject) lost() string {
	var parts []string
	for _, host := range s.facts.Sample.Lost {
		at := host.Address
		if name := s.gatewayAt(host.Address); name != "" {
			at += ", gateway of " + name + ","
		}
		if host.TimedOut > 0 {
			parts = append(parts, fmt.Sprintf("%s to %s timed out", counted(host.TimedOut, "call"), at))
		}
		if host.Failed > 0 {
			parts = append(parts, fmt.Sprintf("%s to %s failed", counted(host.Failed, "connection"), at))
		}
	}
	return abridged(parts)
}

func counted[N int | uint64](n N, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// gatewayAt returns the cluster whose gateway has an address, according to mesh.yaml, the cluster, or the caller's
// istiod.
func (s subject) gatewayAt(host string) string {
	address, err := netip.ParseAddrPort(host)
	if err != nil || wayTo(address) == WayDirect {
		return ""
	}
	for cluster := range s.Graph.Clusters() {
		for _, target := range gatewayTargets(s.Input, cluster, handshake.Service{}) {
			if sameHost(target.Host, address.Addr().String()) {
				return cluster.Name
			}
		}
	}
	return ""
}

// unknownResponders returns names in responses that are not clusters.
func (s subject) unknownResponders() []string {
	var names []string
	for name := range s.facts.Sample.Answers.By {
		if _, known := s.Graph.Cluster(name); !known {
			names = append(names, name)
		}
	}
	return sortNames(names)
}

func sampleHere() Check {
	return Check{
		ID:       "CHECK025",
		Severity: mesh.SeverityError,
		Scope:    ScopeCluster,
		After:    "CHECK024",
		Title:    "The sample responds in its client's own cluster",
		Why: "The sample in the client's own cluster is nearest, and requires no link, gateway or common root. If it " +
			"does not respond and others do, the service selects no pods there, or the control plane does not know its own " +
			"cluster by this name.",
		Remedy: "Check the endpoints of service helloworld in namespace sample.",
		run: func(s subject) []outcome {
			return s.answered(s.cluster, s.facts, s.inSample("get pods,endpointslices"))
		},
	}
}

func sampleThere() Check {
	return Check{
		ID:       "CHECK026",
		Severity: mesh.SeverityError,
		Scope:    ScopeLink,
		Title:    "The peer's sample responds",
		Why: "A link allows calls from one cluster to another. One response is enough, because Istio may prefer near " +
			"endpoints. Calls stay local if a DestinationRule has outlier detection and locality load balancing is enabled. " +
			"The path of the responses is measured if the client has a sidecar: its proxy counts requests by host, and a " +
			"host whose port differs from that of the sample is a gateway. It sees the gateway, not the clusters behind it. " +
			"Without a sidecar the path is implied by the networks.",
		Remedy: "Fix the other checks of the link first. Then inspect the client's sidecar: istioctl proxy-config endpoints.",
		run: func(s subject) []outcome {
			if !s.Graph.Linked(s.cluster.Name, s.peer.Name) {
				return nil
			}
			return s.answered(s.peer, s.peerFacts,
				s.inSample(fmt.Sprintf("exec deploy/%s -c %s -- pilot-agent request GET clusters | grep '|%d||%s'",
					render.SampleClient, proxy, render.SamplePort, render.SampleService)))
		},
	}
}

// answered judges one cluster's responses.
func (s subject) answered(by *v1alpha1.Cluster, facts *Observation, remedy string) []outcome {
	sample := s.facts.Sample
	if !sample.called() {
		return nil
	}
	got, need := sample.Answers.count(), s.enough()
	switch silent := fmt.Sprintf("none of %d calls reached %s", sample.Made, by.Name); {
	case sample.Answers.By[by.Name] > 0:
		return fine(newCaller(s.Graph, s.cluster.Name, sample).describe(s.Graph, by.Name))
	case facts != nil && facts.hidden():
		return unknown(silent+", which could not be read", "")
	case facts != nil && facts.Sample != nil && facts.Sample.Server.Why != "":
		return unknown(silent+", where the sample is not running: "+facts.Sample.Server.Why,
			s.Commands.Kubectl(by.Name)+" -n "+render.SampleNamespace+" get pods")
	case got > 0 && got < need && sample.Answers.Failed == 0:
		return unknown(silent+", which may be too few calls", fmt.Sprintf("%s --sample --calls %d", s.Commands.Check, need))
	case sample.Lost != nil && by.Name != s.cluster.Name:
		return bad(silent+": "+s.lost(), s.Commands.Check+" --handshake; or: "+remedy)
	default:
		return bad(silent, remedy)
	}
}

// enough is the number of responses that omits one of several equally likely clusters by chance in less than 1 % of
// runs: with 5 calls per cluster, the probability is (1-1/n)^5n.
func (s subject) enough() int {
	const perCluster, most = 5, 1000
	clusters := 1
	for _, name := range s.Graph.Names() {
		if s.Graph.Linked(s.cluster.Name, name) {
			clusters++
		}
	}
	return min(perCluster*clusters, most)
}

func sampleUnlinked() Check {
	return Check{
		ID:       "CHECK027",
		Severity: mesh.SeverityWarning,
		Scope:    ScopeCluster,
		After:    "CHECK023",
		Title:    "Only linked clusters respond",
		Why: "Links determine whose endpoints a control plane discovers. A response of a cluster without a link means " +
			"that it has other endpoints: from a stale remote secret, or because it serves clusters with other links. Links " +
			"deny nothing: an AuthorizationPolicy does.",
		Remedy: "Declare the link, or remove its objects: kubectl mesh render --apply --prune.",
		run: func(s subject) []outcome {
			if !s.facts.Sample.called() {
				return nil
			}
			var found []outcome
			for _, answer := range newCaller(s.Graph, s.cluster.Name, s.facts.Sample).Answers {
				if !answer.Linked {
					found = append(found, bad(fmt.Sprintf("%s responds to %d of %d calls without a link",
						answer.Cluster, answer.Count, s.facts.Sample.Made),
						"declare the link in mesh.yaml, or: "+s.Commands.Apply+" --prune")...)
				}
			}
			if found == nil {
				return ok()
			}
			return found
		},
	}
}

func sampleWay() Check {
	return Check{
		ID:       "CHECK028",
		Severity: mesh.SeverityWarning,
		Scope:    ScopeLink,
		After:    "CHECK026",
		Title:    "Responses take the path that the networks imply",
		Why: "Clusters in one network call each other directly, others through an east-west gateway. If the measured " +
			"path differs, the pods or the control plane have other networks than mesh.yaml. It works today, but firewalls " +
			"and gateways are rendered for mesh.yaml.",
		Remedy: "Compare network in mesh.yaml with istiod's global.network and the pods' label topology.istio.io/network.",
		run: func(s subject) []outcome {
			if s.facts.Sample == nil {
				return nil
			}
			answer := newCaller(s.Graph, s.cluster.Name, s.facts.Sample).answer(s.peer.Name)
			implied := impliedWay(s.Graph, s.cluster.Name, s.peer.Name)
			switch {
			case !answer.Measured:
				return nil
			case answer.Way != implied:
				return bad(fmt.Sprintf("networks %q and %q imply path %s, but the responses took path %s",
					s.cluster.Network, s.peer.Network, implied, answer.Way),
					s.inSample("get pods --show-labels"))
			}
			return ok()
		},
	}
}
