package firewall_test

import (
	"maps"
	"net/netip"
	"os"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/firewall"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/topology"
)

// byHand is what the commands of a guide open: one rule, from every range to every tag, and the
// authorized networks and global access that they add.
type byHand struct {
	network        string
	sources, tags  []string
	authorized     map[string][]string
	global         []string
	onlyRendered   []string // rules beyond that of the guide
	needlesslyOpen []string // protocols that the guide opens and no mesh uses
}

// TestGuides: what is rendered for the scenarios of two guides lets the same calls through as the
// commands of the guides, over fewer protocols.
func TestGuides(t *testing.T) {
	others := []string{"ah", "esp", "icmp", "sctp", "udp"}
	for scenario, want := range map[string]byHand{
		// Google's guide: ALL_CLUSTER_CIDRS and ALL_CLUSTER_NETTAGS of both projects; then, for each
		// private cluster with authorized networks, the pod ranges of the clusters in other subnets;
		// and global access of private clusters with readers in other regions.
		"gke-mesh": {
			network: "fleet-project-id/gke-cluster-vpc",
			sources: []string{"10.8.0.0/14", "10.12.0.0/14", "10.16.0.0/14", "10.20.0.0/14"},
			tags: []string{"gke-cluster-name-1-0a1b2c3d-node", "gke-cluster-name-2-4e5f6a7b-node", "gke-cluster-name-3-8c9d0e1f-node",
				"gke-cluster-name-4-2a3b4c5d-node"},
			authorized: map[string][]string{
				"cluster-name-3": {"10.12.0.0/14", "10.20.0.0/14"},
				"cluster-name-4": {"10.8.0.0/14", "10.16.0.0/14"},
			},
			global: []string{"cluster-name-3", "cluster-name-4"},
			// of which the guide says nothing, and without which nothing is injected
			onlyRendered:   []string{"mesh-fleet-project-id-cluster-name-3-webhook", "mesh-fleet-project-id-cluster-name-4-webhook"},
			needlesslyOpen: others,
		},
		// The guide of 2019: every cluster of the project, in the network default.
		"gke-three-regions": {
			network:      "bookinfo-demo/default",
			sources:      []string{"10.8.0.0/14", "10.12.0.0/14", "10.16.0.0/14"},
			tags:         []string{"gke-central-0a1b2c3d-node", "gke-east-8c9d0e1f-node", "gke-west-4e5f6a7b-node"},
			onlyRendered: []string{"mesh-bookinfo-default-istiod"}, // the control plane of today is behind a gateway
			authorized:   map[string][]string{}, needlesslyOpen: others,
		},
	} {
		t.Run(scenario, func(t *testing.T) { checkGuide(t, scenarioPlan(t, scenario), want) })
	}
}

func scenarioPlan(t *testing.T, scenario string) firewall.Plan {
	t.Helper()
	dir := "../../testdata/scenarios/" + scenario
	text, err := os.ReadFile(dir + "/mesh.yaml")
	if err != nil {
		t.Fatal(err)
	}
	doc, problems := mesh.Load(mesh.Source{Name: "mesh.yaml", Text: text, Files: os.DirFS(dir)})
	if doc.Mesh == nil {
		t.Fatal(problems)
	}
	return firewall.New(doc.Mesh, topology.New(doc.Mesh))
}

func checkGuide(t *testing.T, plan firewall.Plan, want byHand) {
	t.Helper()
	if len(plan.Networks) != 1 || plan.Networks[0].Project+"/"+plan.Networks[0].Name != want.network {
		t.Fatalf("networks are %+v, want one, %s", plan.Networks, want.network)
	}
	type way struct{ from, to string }
	opened, wanted := map[way]bool{}, map[way]bool{}
	var more []string
	for _, rule := range plan.Networks[0].Rules {
		if rule.Kind != firewall.KindPods {
			more = append(more, rule.Name)
			continue
		}
		for _, source := range rule.Sources {
			for _, tag := range rule.Targets {
				opened[way{source.String(), tag}] = true
			}
		}
		for _, allow := range rule.Allow {
			if slices.Contains(want.needlesslyOpen, allow.Protocol) {
				t.Errorf("%s opens %s", rule.Name, allow.Protocol)
			}
		}
	}
	for _, source := range want.sources {
		for _, tag := range want.tags {
			wanted[way{source, tag}] = true
		}
	}
	if !maps.Equal(opened, wanted) || !slices.Equal(more, want.onlyRendered) {
		t.Errorf("opened are %v, want %v; further rules are %q, want %q", opened, wanted, more, want.onlyRendered)
	}
	checkAccesses(t, plan.Accesses, want)
}

func checkAccesses(t *testing.T, accesses []firewall.Access, want byHand) {
	t.Helper()
	authorized, global := map[string][]netip.Prefix{}, []string(nil)
	for _, access := range accesses {
		if len(access.Networks) > 0 {
			authorized[access.Cluster] = access.Networks
		}
		if access.GlobalAccess {
			global = append(global, access.Cluster)
		}
	}
	wanted := map[string][]netip.Prefix{}
	for cluster, networks := range want.authorized {
		wanted[cluster] = cidrs(networks...)
	}
	if diff := cmp.Diff(wanted, authorized, prefixes()); diff != "" || !slices.Equal(global, want.global) {
		t.Errorf("global access of %q, want %q; authorized networks (-want +got):\n%s", global, want.global, diff)
	}
}
