package topology_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/topology"
)

// networked makes a mesh with its defaults. A cluster is words: its name or remote@primary, its
// network or - for none, and any of ambient, gateway (one is declared) and peer (with a peer
// Gateway).
func networked(discovery v1alpha1.Discovery, links []v1alpha1.Link, clusters ...string) *v1alpha1.Mesh {
	var names []string
	for _, text := range clusters {
		names = append(names, strings.Fields(text)[0])
	}
	mesh := meshOf(links, names...)
	mesh.Spec.Discovery = discovery
	for i, text := range clusters {
		cluster, words := &mesh.Spec.Clusters[i], strings.Fields(text)[1:]
		cluster.Network = strings.TrimPrefix(words[0], "-")
		if slices.Contains(words, "ambient") {
			cluster.Istio.DataPlane = v1alpha1.DataPlaneAmbient
		}
		if peer := slices.Contains(words, "peer"); peer || slices.Contains(words, "gateway") {
			cluster.Gateway = &v1alpha1.Gateway{PeerGateway: peer}
		}
	}
	return mesh
}

// exposed says in words what a gateway is for.
func exposed(e topology.Exposure) string {
	var words []string
	for word, is := range map[string]bool{"workloads": e.Workloads, "peers": e.Peers, "remotes": e.Remotes} {
		if is {
			words = append(words, word)
		}
	}
	slices.Sort(words)
	return strings.Join(words, " ")
}

// exposuresOf lists the clusters whose gateways are for something.
func exposuresOf(g *topology.Graph) map[string]string {
	all := map[string]string{}
	for _, name := range g.Names() {
		if e := g.Exposure(name); e.Any() {
			all[name] = exposed(e)
		}
	}
	return all
}

// peersOf lists peer Gateways as "where>of", in the order in which the graph has them.
func peersOf(g *topology.Graph) []string {
	var peers []string
	for _, name := range g.Names() {
		for peer := range g.Peers(name) {
			peers = append(peers, name+">"+peer.Name)
		}
	}
	return peers
}

func TestExposureAndPeers(t *testing.T) {
	none := []v1alpha1.Link{}
	tests := map[string]struct {
		discovery v1alpha1.Discovery // remoteSecret when left out
		links     []v1alpha1.Link
		clusters  []string
		exposed   map[string]string
		peers     []string
	}{
		"sidecars of two networks":          {clusters: list("a x", "b z"), exposed: map[string]string{"a": "workloads", "b": "workloads"}},
		"sidecars of one network":           {clusters: list("a x gateway", "b x peer")},
		"networks without a name":           {clusters: list("a -", "b - peer")},
		"a network without a name":          {clusters: list("a -", "b x gateway", "c z"), exposed: map[string]string{"b": "workloads", "c": "workloads"}},
		"two sidecar clusters of a network": {clusters: list("a x", "b x gateway", "c z"), exposed: map[string]string{"a": "workloads", "b": "workloads", "c": "workloads"}},
		"one way":                           {links: []v1alpha1.Link{oneWay(list("a"), list("b"))}, clusters: list("a x gateway", "b z"), exposed: map[string]string{"b": "workloads"}},
		"a hub and spokes in networks": {
			links:    []v1alpha1.Link{oneWay(list("*"), list("hub"))},
			clusters: list("hub x", "s y", "t z"), exposed: map[string]string{"hub": "workloads"},
		},
		"not linked": {links: none, clusters: list("a x gateway", "b z gateway")},

		"ambient, none declared": {
			clusters: list("a x ambient", "b x ambient", "c z ambient"),
			exposed:  map[string]string{"a": "workloads", "b": "workloads", "c": "workloads"},
		},
		"ambient, one declared": {
			clusters: list("a x ambient", "b x ambient gateway", "c z ambient"),
			exposed:  map[string]string{"b": "workloads", "c": "workloads"},
		},
		"ambient, the first declared": {
			clusters: list("a x ambient gateway", "b x ambient", "c z ambient"),
			exposed:  map[string]string{"a": "workloads", "c": "workloads"},
		},
		"ambient, a sidecar cluster declares its own": {
			clusters: list("a x ambient", "s x gateway", "c z"),
			exposed:  map[string]string{"a": "workloads", "c": "workloads", "s": "workloads"},
		},
		"ambient, two declared": {
			clusters: list("a x ambient gateway", "b x ambient gateway", "c z ambient"),
			exposed:  map[string]string{"a": "workloads", "b": "workloads", "c": "workloads"},
		},
		"ambient, the declared one stands for a called one": {
			links:    []v1alpha1.Link{oneWay(list("c"), list("a"))},
			clusters: list("a x ambient", "b x ambient gateway", "c z ambient gateway"),
			exposed:  map[string]string{"b": "workloads"},
		},
		"ambient, declared in a network that nobody calls": {
			links:    []v1alpha1.Link{between("a", "b")},
			clusters: list("a x ambient gateway", "b x ambient"),
		},
		"ambient beside sidecars in one network": {
			links:    []v1alpha1.Link{oneWay(list("c"), list("a", "s"))},
			clusters: list("a x ambient", "b x ambient gateway", "s x", "t x gateway", "c z"),
			exposed:  map[string]string{"b": "workloads", "s": "workloads"},
		},

		"a primary and its remote in one network": {
			links: none, clusters: list("p x", "r@p x"), exposed: map[string]string{"p": "remotes"},
		},
		"a primary and its remote in two networks": {
			clusters: list("p x", "r@p z"), exposed: map[string]string{"p": "remotes workloads", "r": "workloads"},
		},
		"a remote that calls another primary": {
			links:    []v1alpha1.Link{oneWay(list("r"), list("q"))},
			clusters: list("p x", "q y peer", "r@p z"),
			exposed:  map[string]string{"p": "remotes", "q": "workloads"},
			peers:    list("p>q"),
		},
		"remotes of two primaries call each other": {
			links:    []v1alpha1.Link{between("r", "s")},
			clusters: list("p x", "q x", "r@p y peer", "s@q z peer"),
			exposed:  map[string]string{"p": "remotes", "q": "remotes", "r": "workloads", "s": "workloads"},
			peers:    list("p>s", "q>r"),
		},

		"a peer Gateway that is asked for": {
			clusters: list("a x", "b z peer", "c z"),
			exposed:  map[string]string{"a": "workloads", "b": "workloads", "c": "workloads"},
			peers:    list("a>b"),
		},
		"a peer Gateway one way": {
			links:    []v1alpha1.Link{oneWay(list("a"), list("b"))},
			clusters: list("a x peer", "b z peer"),
			exposed:  map[string]string{"b": "workloads"},
			peers:    list("a>b"),
		},
		"a peer Gateway from a remote to its own primary, which knows itself": {
			links:    []v1alpha1.Link{oneWay(list("r"), list("p"))},
			clusters: list("p x peer", "r@p z"),
			exposed:  map[string]string{"p": "remotes workloads"},
		},
		"a peer Gateway of a remote, for its primary": {
			links:    []v1alpha1.Link{oneWay(list("p"), list("r"))},
			clusters: list("p x", "r@p z peer"),
			exposed:  map[string]string{"p": "remotes", "r": "workloads"},
			peers:    list("p>r"),
		},
		"a peer Gateway of a cluster without a network": {clusters: list("a x", "b - peer")},

		"peering": {
			discovery: v1alpha1.DiscoveryPeering, clusters: list("a x ambient", "b z ambient"),
			exposed: map[string]string{"a": "peers workloads", "b": "peers workloads"}, peers: list("a>b", "b>a"),
		},
		"peering one way": {
			discovery: v1alpha1.DiscoveryPeering, links: []v1alpha1.Link{oneWay(list("a"), list("b"))},
			clusters: list("a x gateway", "b z"), exposed: map[string]string{"b": "peers workloads"}, peers: list("a>b"),
		},
		"peering, hub and spokes": {
			discovery: v1alpha1.DiscoveryPeering, links: []v1alpha1.Link{between("hub", "s"), between("hub", "t")},
			clusters: list("hub x", "s y", "t y"),
			exposed:  map[string]string{"hub": "peers workloads", "s": "peers workloads", "t": "peers workloads"},
			peers:    list("hub>s", "hub>t", "s>hub", "t>hub"),
		},
		"peering in a flat network": {
			discovery: v1alpha1.DiscoveryPeering, clusters: list("a x", "b x"),
			exposed: map[string]string{"a": "peers", "b": "peers"}, peers: list("a>b", "b>a"),
		},
		"peering, a network of two ambient clusters: each has its own": {
			discovery: v1alpha1.DiscoveryPeering, clusters: list("a x ambient", "b x ambient gateway", "c z ambient"),
			exposed: map[string]string{"a": "peers workloads", "b": "peers workloads", "c": "peers workloads"},
			peers:   list("a>b", "a>c", "b>a", "b>c", "c>a", "c>b"),
		},
		"peering opens istiod to no remote": {
			discovery: v1alpha1.DiscoveryPeering, links: none, clusters: list("p x", "r@p x"),
		},
		"peering without links": {discovery: v1alpha1.DiscoveryPeering, links: none, clusters: list("a x gateway", "b z gateway")},

		"a fleet": {discovery: v1alpha1.DiscoveryFleet, clusters: list("a x gateway", "b z peer", "r@a z")},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if test.discovery == "" {
				test.discovery = v1alpha1.DiscoveryRemoteSecret
			}
			if test.exposed == nil {
				test.exposed = map[string]string{}
			}
			g := topology.New(networked(test.discovery, test.links, test.clusters...))
			if diff := cmp.Diff(test.exposed, exposuresOf(g)); diff != "" {
				t.Errorf("exposures (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(test.peers, peersOf(g)); diff != "" {
				t.Errorf("peers (-want +got):\n%s", diff)
			}
			checkPeeredBy(t, g)
		})
	}
}

// checkPeeredBy: PeeredBy is the inverse of Peers.
func checkPeeredBy(t *testing.T, g *topology.Graph) {
	t.Helper()
	inverse := map[string][]string{}
	for _, name := range g.Names() {
		for peer := range g.Peers(name) {
			inverse[peer.Name] = append(inverse[peer.Name], name)
		}
	}
	for _, name := range g.Names() {
		if got := namesOf(g.PeeredBy(name)); !slices.Equal(got, inverse[name]) {
			t.Errorf("PeeredBy(%s) = %v, want %v", name, got, inverse[name])
		}
	}
}

func TestServed(t *testing.T) {
	g := topology.New(meshOf([]v1alpha1.Link{}, "s@p", "p", "q@q", "r@p", "t@q"))
	for name, want := range map[string][]string{"p": list("r", "s"), "q": list("t"), "r": nil, "t": nil, "nobody": nil} {
		if got := namesOf(g.Served(name)); !slices.Equal(got, want) {
			t.Errorf("Served(%s) = %v, want %v", name, got, want)
		}
	}
	for range g.Served("p") {
		break // as a caller may
	}
}

func TestCrossNetwork(t *testing.T) {
	g := topology.New(networked(v1alpha1.DiscoveryRemoteSecret, nil, "a x", "b x", "c z", "d -", "e -"))
	for pair, want := range map[[2]string]bool{
		{"a", "c"}: true, {"c", "b"}: true, {"a", "b"}: false, {"a", "a"}: false,
		{"a", "d"}: false, {"d", "c"}: false, {"d", "e"}: false, // no network: Istio goes straight
		{"a", "nobody"}: false, {"nobody", "a"}: false,
	} {
		if got := g.CrossNetwork(pair[0], pair[1]); got != want {
			t.Errorf("Apart(%s, %s) = %t", pair[0], pair[1], got)
		}
	}
}

func TestUnknownGateway(t *testing.T) {
	g := topology.New(networked(v1alpha1.DiscoveryPeering, nil, "a x", "b z"))
	if e := g.Exposure("nobody"); e.Any() {
		t.Errorf("the gateway of a cluster that does not exist is for %s", exposed(e))
	}
	if got := append(namesOf(g.Peers("nobody")), namesOf(g.PeeredBy("nobody"))...); got != nil {
		t.Errorf("a cluster that does not exist has the peers %v", got)
	}
}

// TestOneWayAddsNothingBackwards: one link more, from a to b, opens b's network, has a's control
// plane read and find b, and changes nothing else.
func TestOneWayAddsNothingBackwards(t *testing.T) {
	eachRandom(t, func(t *testing.T, mesh *v1alpha1.Mesh, random *rand.Rand) {
		if len(mesh.Spec.Clusters) > 65 {
			return // the words of a relation are the business of others
		}
		scatter(mesh, random)
		before := topology.New(mesh)
		from, to := mesh.Spec.Clusters[0], mesh.Spec.Clusters[len(mesh.Spec.Clusters)-1]
		mesh.Spec.Links = append(mesh.Spec.Links, oneWay(list(from.Name), list(to.Name)))
		after := topology.New(mesh)

		plane := from.ControlPlane
		checkMore(t, "reads", readsOf(before), readsOf(after), plane+">"+to.Name)
		if mesh.Spec.Discovery == v1alpha1.DiscoveryPeering {
			plane = from.Name
		}
		checkMore(t, "peers", peersOf(before), peersOf(after), plane+">"+to.Name)
		for cluster := range after.Clusters() {
			was, is := before.Exposure(cluster.Name), after.Exposure(cluster.Name)
			near := cluster.Network == to.Network && cluster.Network != ""
			switch {
			case was == is || cluster.Name == to.Name:
			case near && is == (topology.Exposure{Workloads: true, Peers: was.Peers, Remotes: was.Remotes}):
			default:
				t.Errorf("%s>%s: the gateway of %s was for %q and is for %q", from.Name, to.Name, cluster.Name, exposed(was), exposed(is))
			}
		}
	})
}

// scatter gives a mesh links, some networks, data planes and gateways, and a discovery.
func scatter(mesh *v1alpha1.Mesh, random *rand.Rand) {
	if mesh.Spec.Links == nil {
		mesh.Spec.Links = []v1alpha1.Link{}
	}
	if random.IntN(2) == 0 {
		mesh.Spec.Discovery = v1alpha1.DiscoveryPeering
	}
	for i := range mesh.Spec.Clusters {
		cluster := &mesh.Spec.Clusters[i]
		cluster.Network = []string{"", "x", "y", "z"}[random.IntN(4)]
		cluster.Istio.DataPlane = []v1alpha1.DataPlane{v1alpha1.DataPlaneSidecar, v1alpha1.DataPlaneAmbient}[random.IntN(2)]
		if random.IntN(3) == 0 {
			cluster.Gateway = &v1alpha1.Gateway{PeerGateway: random.IntN(2) == 0}
		}
	}
}

// checkMore: nothing went, and at most one came.
func checkMore(t *testing.T, what string, before, after []string, may string) {
	t.Helper()
	after = slices.DeleteFunc(slices.Clone(after), func(pair string) bool { return pair == may && !slices.Contains(before, may) })
	if !slices.Equal(before, after) {
		t.Errorf("%s changed by more than %s (-before +after):\n%s", what, may, cmp.Diff(before, after))
	}
}
