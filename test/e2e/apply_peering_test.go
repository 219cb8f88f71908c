package e2e

import (
	"slices"
	"strings"
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/test/e2e/clusters"
)

const peering = `
  discovery: peering
  istio: {distribution: solo, version: "1.28.2", dataPlane: ambient}
  links:
  - between: [east, west]
`

const peeringEastWest = `  clusters:
  - {name: east, context: admin@east, network: east, gateway: {addresses: [198.51.100.1]}}
  - {name: west, context: admin@west, network: west, gateway: {addresses: [west.example.com]}}
`

// TestApplyPeering brings up a mesh whose control planes find each other at peer Gateways: east and west both ways, east
// and north one way.
func TestApplyPeering(t *testing.T) {
	all := clusters.Start(t, "east", "north", "west")
	clusters.InstallGatewayAPI(t, all...)
	w := newMesh(t, all, peering+"  - {from: [east], to: [north]}\n"+peeringEastWest+
		"  - {name: north, context: admin@north, network: north, gateway: {addresses: [198.51.100.3], service: NodePort}}\n")
	t.Run("brings up the gateways", func(t *testing.T) { testApplyPeering(t, w, all) })
	t.Run("changes nothing twice", func(t *testing.T) { w.wantUnchanged(t, all) })
	t.Run("forgets a cluster that is gone", func(t *testing.T) { testPeeringPrune(t, w, all) })
}

func testApplyPeering(t *testing.T, w workspace, all []*clusters.Cluster) {
	w.mustRun(t, "render", "--apply")
	for name, want := range map[string][]string{
		"east":  {"istio-eastwest", "istio-remote-peer-north", "istio-remote-peer-west"},
		"north": {"istio-eastwest"},
		"west":  {"istio-eastwest", "istio-remote-peer-east"},
	} {
		c := byName(t, all, name)
		var gateways []string
		for object := range appliedTo(t, c) {
			if gateway, ok := strings.CutPrefix(object, "Gateway istio-eastwest/"); ok {
				gateways = append(gateways, gateway)
			}
		}
		slices.Sort(gateways)
		if !slices.Equal(gateways, want) {
			t.Errorf("%s: gateways: got %v, want %v", name, gateways, want)
		}
		for _, gateway := range want {
			network := name
			if peer, ok := strings.CutPrefix(gateway, "istio-remote-peer-"); ok {
				network = peer
			}
			if got := networkOf(t, c, "istio-eastwest", gateway); got != network {
				t.Errorf("%s: network of %s: got %q, want %q", name, gateway, got, network)
			}
		}
		if len(secrets(t, c)) != 0 {
			t.Errorf("%s: peering needs no Secret: got %v", name, secrets(t, c))
		}
	}
}

func testPeeringPrune(t *testing.T, w workspace, all []*clusters.Cluster) {
	before := appliedToAll(t, all)
	w.writeSpec(t, peering+peeringEastWest)
	got := w.mustRun(t, "render", "--apply")
	got.wantSaid(t, "warning: east: Gateway istio-eastwest/istio-remote-peer-north is no longer in the mesh")
	wantSame(t, appliedTo(t, byName(t, all, "east")), before["east"])
	got = w.mustRun(t, "render", "--apply", "--prune")
	got.wantSaid(t, "east: deletes Gateway istio-eastwest/istio-remote-peer-north")
	wantWithout(t, appliedTo(t, byName(t, all, "east")), before["east"], "Gateway istio-eastwest/istio-remote-peer-north")
	wantSame(t, appliedTo(t, byName(t, all, "north")), before["north"])
	wantSame(t, appliedTo(t, byName(t, all, "west")), before["west"])
}
