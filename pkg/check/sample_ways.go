package check

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/topology"
)

// Way is how a call reached a pod.
type Way string

// Ways.
const (
	WayDirect  Way = "direct"
	WayGateway Way = "gateway"
)

// Caller summarizes the calls from one cluster.
type Caller struct {
	Cluster string `json:"cluster"`
	Pod     string `json:"pod"`
	// Calls is the number of calls; those without a response from the sample are Unanswered.
	Calls      int      `json:"calls"`
	Unanswered int      `json:"unanswered"`
	Answers    []Answer `json:"answers"`
	// Hops are what the client's proxy counted; Unmeasured explains why they do not determine the ways.
	Hops       []Hop  `json:"hops,omitempty"`
	Lost       []Lost `json:"lost,omitempty"`
	Unmeasured string `json:"unmeasured,omitempty"`
}

// Answer is how often and by which way a cluster answered. A way that was not measured is the one that mesh.yaml's
// networks imply.
type Answer struct {
	Cluster  string `json:"cluster"`
	Count    int    `json:"count"`
	Linked   bool   `json:"linked"`
	Way      Way    `json:"way,omitempty"`
	Measured bool   `json:"measured"`
}

// NewCallers summarizes the calls, in the order of the clusters, without clusters that made none.
func NewCallers(graph *topology.Graph, facts map[string]*Observation) []Caller {
	var callers []Caller
	for _, name := range graph.Names() {
		if f := facts[name]; f != nil && f.Sample.called() {
			callers = append(callers, newCaller(graph, name, f.Sample))
		}
	}
	return callers
}

// called reports whether calls were made.
func (s *Sample) called() bool { return s != nil && s.Why == "" && s.Made > 0 }

// newCaller has an answer for each cluster that may be called or that answered.
func newCaller(graph *topology.Graph, name string, s *Sample) Caller {
	caller := Caller{
		Cluster:    name,
		Pod:        s.Pod,
		Calls:      s.Made,
		Unanswered: s.Answers.Failed,
		Hops:       s.Hops.Value,
		Lost:       s.Lost,
		Unmeasured: s.Hops.Why,
	}
	for _, peer := range graph.Names() {
		answer := Answer{Cluster: peer, Count: s.Answers.By[peer], Linked: peer == name || graph.Linked(name, peer)}
		if answer.Count > 0 {
			answer.Way = impliedWay(graph, name, peer)
		}
		if answer.Linked || answer.Count > 0 {
			caller.Answers = append(caller.Answers, answer)
		}
	}
	caller.measure()
	return caller
}

func impliedWay(graph *topology.Graph, from, to string) Way {
	if graph.CrossNetwork(from, to) {
		return WayGateway
	}
	return WayDirect
}

// measure compares the proxy's counters with the responses. Counters are per host, and a gateway is one host for all
// clusters behind it, so they determine the way of a response only if there is a single way, or if both numbers match
// what the networks imply. Retried calls are counted twice.
func (c *Caller) measure() {
	counted, implied := map[Way]uint64{}, map[Way]uint64{}
	for _, hop := range c.Hops {
		counted[hop.Way] += hop.Calls
	}
	for _, answer := range c.Answers {
		implied[answer.Way] += uint64(answer.Count) //nolint:gosec // a count is not negative
	}
	direct, gateway := counted[WayDirect], counted[WayGateway]
	switch {
	case c.Unmeasured != "":
	case gateway == 0:
		c.went(WayDirect)
	case direct == 0:
		c.went(WayGateway)
	case direct == implied[WayDirect] && gateway == implied[WayGateway]:
		c.went("")
	default:
		c.Unmeasured = fmt.Sprintf("the proxy counted %d direct and %d through gateways, which does not show the path of "+
			"each response", direct, gateway)
	}
}

// went records that all responses came by one way, or by the implied ones.
func (c *Caller) went(way Way) {
	for i := range c.Answers {
		if answer := &c.Answers[i]; answer.Count > 0 {
			answer.Measured = true
			if way != "" {
				answer.Way = way
			}
		}
	}
}

// answer returns a cluster's answer; zero if it did not answer.
func (c Caller) answer(name string) Answer {
	for _, answer := range c.Answers {
		if answer.Cluster == name {
			return answer
		}
	}
	return Answer{}
}

// describe describes how a cluster answered, including the other clusters behind its gateways, which the proxy cannot
// distinguish.
func (c Caller) describe(graph *topology.Graph, name string) string {
	answer := c.answer(name)
	text := fmt.Sprintf("%d of %d calls, ", answer.Count, c.Calls)
	switch {
	case !answer.Measured && answer.Way == WayDirect:
		return text + "direct, implied by the networks (not measured: " + c.Unmeasured + ")"
	case !answer.Measured:
		return text + "through a gateway, implied by the networks (not measured: " + c.Unmeasured + ")"
	case answer.Way == WayDirect:
		return text + "direct"
	}
	cluster, known := graph.Cluster(name)
	if !known {
		return text + "through a gateway"
	}
	text += "through " + abridged(c.gateways(graph, cluster))
	if others := c.sharing(graph, cluster); others != nil {
		text += ", as " + strings.Join(others, ", ") + " of the same network"
	}
	return text
}

// gateways returns the measured gateways: those declared for a cluster's network, or all if none of those was measured.
func (c Caller) gateways(graph *topology.Graph, cluster *v1alpha1.Cluster) []string {
	var into, all []string
	for _, hop := range c.Hops {
		host, err := netip.ParseAddrPort(hop.Address)
		if hop.Way != WayGateway || err != nil {
			continue
		}
		all = append(all, hop.Address)
		for other := range graph.Clusters() {
			if other.Network != cluster.Network || other.Gateway == nil {
				continue
			}
			if slices.Contains(other.Gateway.Addresses, host.Addr().String()) {
				into = append(into, hop.Address)
				break
			}
		}
	}
	if into == nil {
		return all
	}
	return into
}

// sharing returns the other clusters that answered through gateways of the same network.
func (c Caller) sharing(graph *topology.Graph, cluster *v1alpha1.Cluster) []string {
	var others []string
	for _, answer := range c.Answers {
		other, known := graph.Cluster(answer.Cluster)
		if known && answer.Way == WayGateway && other.Network == cluster.Network && other.Name != cluster.Name {
			others = append(others, other.Name)
		}
	}
	return others
}
