package check

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/topology"
)

// Way is how a call has reached a pod.
type Way string

// The ways.
const (
	WayDirect  Way = "direct"
	WayGateway Way = "gateway"
)

// Caller is what came of the calls from one cluster.
type Caller struct {
	Cluster string `json:"cluster"`
	Pod     string `json:"pod"`
	// Calls is how many were made; those without an answer of the sample are Unanswered.
	Calls      int      `json:"calls"`
	Unanswered int      `json:"unanswered"`
	Answers    []Answer `json:"answers"`
	// Hops is what the proxy of the client has counted, Unmeasured why it does not tell the ways.
	Hops       []Hop  `json:"hops,omitempty"`
	Lost       []Lost `json:"lost,omitempty"`
	Unmeasured string `json:"unmeasured,omitempty"`
}

// Answer is how often a cluster has answered, and by which way. A way that was not measured is
// the one that the networks in mesh.yaml imply.
type Answer struct {
	Cluster  string `json:"cluster"`
	Count    int    `json:"count"`
	Linked   bool   `json:"linked"`
	Way      Way    `json:"way,omitempty"`
	Measured bool   `json:"measured"`
}

// NewCallers sums up the calls, in the order of the clusters. Of a cluster that did not call
// nothing is said.
func NewCallers(graph *topology.Graph, facts map[string]*Observation) []Caller {
	var callers []Caller
	for _, name := range graph.Names() {
		if f := facts[name]; f != nil && f.Sample.called() {
			callers = append(callers, newCaller(graph, name, f.Sample))
		}
	}
	return callers
}

// called tells whether calls were made.
func (s *Sample) called() bool { return s != nil && s.Why == "" && s.Made > 0 }

// newCaller has an answer for every cluster that may be called, or has answered.
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

// measure compares what the proxy has counted with the answers. It counts by host, and a
// gateway is one host for all clusters behind it: so the counters tell the way of an answer
// when there is one way only, or when the numbers of both are those that the networks imply.
// A call that was tried again is counted twice.
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

// went notes that all answers came by a way, or, without one, by those that were implied.
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

// answer of a cluster; zero when it has not answered.
func (c Caller) answer(name string) Answer {
	for _, answer := range c.Answers {
		if answer.Cluster == name {
			return answer
		}
	}
	return Answer{}
}

// describe says how a cluster has answered. Who else is behind its gateways is said too: the
// proxy sees a gateway, and not what is behind it.
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

// gateways are those that were measured: the ones that are declared for the network of a
// cluster, or all of them where none of those is among them.
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

// sharing are the others that have answered through gateways of the same network.
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
