package check

import (
	"bytes"
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/render"
)

const (
	// maxCounters bounds a proxy's counter page, which has some 30 lines per endpoint of the mesh; maxLine bounds a line,
	// and maxHosts the hosts that are kept.
	maxCounters = 256 << 20
	maxLine     = 4 << 10
	maxHosts    = 10_000
)

// Hop is a host to which a proxy sent requests for the sample: a pod or a gateway.
type Hop struct {
	Address string `json:"address"`
	Calls   uint64 `json:"calls"`
	Way     Way    `json:"way"`
}

// counters parses the page /clusters of Envoy's administration interface, and counts the requests to each host of the
// sample. A line is CLUSTER::ADDRESS::COUNTER::VALUE (envoy source/server/admin/clusters_handler.cc).
type counters struct {
	prefix   string
	requests map[netip.AddrPort]uint64
	// connections, failed and timeouts, by host: connections that were opened, that failed, including in TLS, and requests
	// that timed out.
	connections, failed, timeouts map[netip.AddrPort]uint64
	line                          []byte
	long                          bool // the line is longer than any relevant one
}

func newCounters(host string) *counters {
	return &counters{
		prefix:      fmt.Sprintf("outbound|%d||%s::", render.SamplePort, host),
		requests:    map[netip.AddrPort]uint64{},
		connections: map[netip.AddrPort]uint64{},
		failed:      map[netip.AddrPort]uint64{},
		timeouts:    map[netip.AddrPort]uint64{},
	}
}

// Write accepts the page in pieces of any size.
func (c *counters) Write(p []byte) (int, error) {
	for rest := p; len(rest) > 0; {
		part, after, ended := bytes.Cut(rest, []byte("\n"))
		if c.long = c.long || len(c.line)+len(part) > maxLine; !c.long {
			c.line = append(c.line, part...)
		}
		if ended {
			c.take()
		}
		rest = after
	}
	return len(p), nil
}

// take parses a complete line. IPv6 addresses contain colons, so it is parsed from the right.
func (c *counters) take() {
	line, long := string(c.line), c.long
	c.line, c.long = c.line[:0], false
	rest, ours := strings.CutPrefix(line, c.prefix)
	if long || !ours {
		return
	}
	rest, value := cutLast(rest)
	host, name := cutLast(rest)
	counted := map[string]map[netip.AddrPort]uint64{
		"rq_total":        c.requests,
		"cx_total":        c.connections,
		"cx_connect_fail": c.failed,
		"rq_timeout":      c.timeouts,
	}[name]
	if counted == nil {
		return
	}
	address, err := hostPort(host)
	count, invalid := strconv.ParseUint(strings.TrimSuffix(value, "\r"), 10, 64)
	// A zone can be any text, and no host of a mesh has one.
	if err == nil && invalid == nil && address.Addr().Zone() == "" && len(counted) < maxHosts {
		counted[address] = count
	}
}

// Lost are requests that a proxy could not deliver to a host.
type Lost struct {
	Address string `json:"address"`
	// Failed connections were refused, closed, or failed in TLS; TimedOut counts connections and requests without a
	// response.
	Failed   uint64 `json:"failed,omitempty"`
	TimedOut uint64 `json:"timedOut,omitempty"`
}

// lost returns the failures between two readings, by host. A connection that was opened, did not fail and carried no
// request was still pending when its caller gave up.
func lost(before, after Reading[counters]) []Lost {
	if before.Why != "" || after.Why != "" {
		return nil
	}
	var hosts []Lost
	for address := range after.Value.requests {
		counted := func(of func(counters) map[netip.AddrPort]uint64) uint64 {
			first, last := of(before.Value)[address], of(after.Value)[address]
			return last - min(first, last)
		}
		failed := counted(func(c counters) map[netip.AddrPort]uint64 { return c.failed })
		timeouts := counted(func(c counters) map[netip.AddrPort]uint64 { return c.timeouts })
		begun := counted(func(c counters) map[netip.AddrPort]uint64 { return c.connections })
		used := failed + counted(func(c counters) map[netip.AddrPort]uint64 { return c.requests })
		if waiting := begun - min(begun, used); failed+timeouts+waiting > 0 {
			hosts = append(hosts, Lost{Address: address.String(), Failed: failed, TimedOut: timeouts + waiting})
		}
	}
	slices.SortFunc(hosts, func(a, b Lost) int { return strings.Compare(a.Address, b.Address) })
	return hosts
}

// cutLast cuts at the last pair of colons.
func cutLast(text string) (before, after string) {
	i := strings.LastIndex(text, "::")
	if i < 0 {
		return text, ""
	}
	return text[:i], text[i+2:]
}

// hostPort parses an address, also behind an internal listener of the proxy for a tunnel:
// envoy://connect_originate/10.0.0.1:5000.
func hostPort(text string) (netip.AddrPort, error) {
	if tunnel, ok := strings.CutPrefix(text, "envoy://"); ok {
		_, text, _ = strings.Cut(tunnel, "/")
	}
	return netip.ParseAddrPort(text)
}

// difference returns the counts between two readings; unknown if the proxy was restarted, which resets its counters.
func difference(before, after Reading[counters]) Reading[[]Hop] {
	if why := cmp.Or(before.Why, after.Why); why != "" {
		return Reading[[]Hop]{Why: why}
	}
	var hops []Hop
	for address, count := range after.Value.requests {
		first := before.Value.requests[address]
		if count < first {
			return Reading[[]Hop]{Why: "the proxy reset its counters"}
		}
		if count > first {
			hops = append(hops, Hop{Address: address.String(), Calls: count - first, Way: wayTo(address)})
		}
	}
	if hops == nil {
		return Reading[[]Hop]{Why: "the proxy counted no calls"}
	}
	slices.SortFunc(hops, func(a, b Hop) int { return strings.Compare(a.Address, b.Address) })
	return Reading[[]Hop]{Value: hops}
}

// wayTo: pods listen on the sample's port, gateways on others.
func wayTo(address netip.AddrPort) Way {
	if address.Port() == render.SamplePort {
		return WayDirect
	}
	return WayGateway
}
