package firewall_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/firewall"
)

// many are clusters that all call each other, in one VPC network, with a tag and two ranges each.
func many(count int) string {
	var clusters []string
	for i := range count {
		clusters = append(clusters, fmt.Sprintf(`{name: c%03d, podCIDRs: [10.%d.%d.0/24, "2001:db8:%x::/48"], gke: {project: acme, location: us-east1, nodeTags: [t%03d]}}`,
			i, i/100, i%100*2, i+1, i))
	}
	return "{clusters: [" + strings.Join(clusters, ",\n") + "]}"
}

func TestShards(t *testing.T) {
	rules := rulesOf(t, many(300))
	type pair struct{ tag, source string }
	opened := map[pair]int{}
	for _, rule := range rules {
		if len(rule.Targets) > 70 || len(rule.Sources) > 256 {
			t.Errorf("%s has %d targets and %d sources", rule.Name, len(rule.Targets), len(rule.Sources))
		}
		for _, tag := range rule.Targets {
			for _, source := range rule.Sources {
				opened[pair{tag, source.String()}]++
			}
		}
	}
	for i := range 300 {
		for j := range 300 {
			tag := fmt.Sprintf("t%03d", i)
			for _, source := range []string{fmt.Sprintf("10.%d.%d.0/24", j/100, j%100*2), fmt.Sprintf("2001:db8:%x::/48", j+1)} {
				if opened[pair{tag, source}] != 1 {
					t.Fatalf("%s is opened to %s %d times, want once", tag, source, opened[pair{tag, source}])
				}
			}
		}
	}
	if want := 300 * 300 * 2; len(opened) != want {
		t.Errorf("%d pairs of a target and a source, want %d", len(opened), want)
	}
	var names []string
	for _, rule := range rules {
		names = append(names, strings.TrimPrefix(rule.Name, "mesh-shop-default-pods"))
	}
	want := []string{"", "-10", "-2", "-3", "-4", "-5", "-6", "-7", "-8", "-9", "-v6", "-v6-10", "-v6-2", "-v6-3", "-v6-4", "-v6-5", "-v6-6", "-v6-7", "-v6-8", "-v6-9"}
	if !slices.Equal(names, want) {
		t.Errorf("names end in %q, want %q", names, want)
	}
}

func TestNames(t *testing.T) {
	long := strings.Repeat("l", 60)
	valid := regexp.MustCompile(`^[a-z]([-a-z0-9]*[a-z0-9])?$`)
	for name, test := range map[string]struct {
		spec string
		want []string
	}{
		"long": {`{links: [{between: [a, b]}, {from: [c], to: [a]}], clusters: [
			{name: a, podCIDRs: ["2001:db8::/48", 10.1.0.0/16], gke: {project: acme, vpc: ` + long + `, location: us-east1, private: true, masterCIDR: 172.16.0.0/28, nodeTags: [ta]}},
			{name: b, podCIDRs: [10.2.0.0/16], gke: {project: acme, vpc: ` + long + `, location: us-east1, nodeTags: [tb]}},
			{name: c, podCIDRs: [10.3.0.0/16]}]}`,
			[]string{"mesh-shop-a-webhook", "mesh-shop-llllllllllllllllllllllllllllllllllllllll", "mesh-shop-llllllllllllllllllllllllllllllllllllllll", "mesh-shop-llllllllllllllllllllllllllllllllllllllll"}},
		// Two networks of one project whose rules would be called the same.
		"the same": {`{links: [{between: [a, c-pods]}, {from: [e], to: [c-pods]}, {from: [a], to: [d]}], clusters: [
			{name: a, podCIDRs: [10.1.0.0/16], gke: {project: acme, vpc: x, location: us-east1, nodeTags: [ta]}},
			{name: c-pods, podCIDRs: [10.2.0.0/16], gke: {project: acme, vpc: x, location: us-east1, nodeTags: [tb]}},
			{name: e, podCIDRs: [10.3.0.0/16]},
			{name: d, podCIDRs: [10.4.0.0/16], gke: {project: acme, vpc: x-pods-c, location: us-east1, nodeTags: [td]}}]}`,
			[]string{"mesh-shop-x-pods", "mesh-shop-x-pods-c-pods", "mesh-shop-x-pods-c-pods-"}},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, network := range plan(t, test.spec).Networks {
				for _, rule := range network.Rules {
					got = append(got, rule.Name)
				}
			}
			if len(got) != len(test.want) || len(slices.Compact(slices.Sorted(slices.Values(got)))) != len(got) {
				t.Fatalf("names are %q", got)
			}
			for i, rule := range got {
				if !strings.HasPrefix(rule, test.want[i]) || len(rule) > 63 || !valid.MatchString(rule) {
					t.Errorf("name %d is %q, want %q and what is cut off", i, rule, test.want[i])
				}
			}
		})
	}
}

// FuzzPlan looks at what must hold of every rule, whoever calls whom.
func FuzzPlan(f *testing.F) {
	f.Add(uint64(0), uint8(0), "shop")
	f.Add(uint64(0xffff), uint8(0x5a), "9-lives")
	f.Add(uint64(0x1248), uint8(0xff), strings.Repeat("m", 63))
	f.Fuzz(func(t *testing.T, links uint64, kinds uint8, meshName string) {
		mesh, graph := load(t, randomMesh(links, kinds))
		mesh.Metadata.Name = meshName
		plan := firewall.New(mesh, graph)
		for _, network := range plan.Networks {
			names := map[string]bool{}
			for _, rule := range network.Rules {
				switch {
				case len(rule.Allow) == 0 || len(rule.Sources) == 0 || len(rule.Targets) == 0:
					t.Errorf("%s has an empty list: %+v", rule.Name, rule)
				case len(rule.Name) > 63 || names[rule.Name]:
					t.Errorf("name %q is too long, or there twice", rule.Name)
				}
				names[rule.Name] = true
			}
			checkLinks(t, graph.Linked, network)
		}
	})
}

// randomMesh has four clusters a to d, of the tags ta to td, and a link for each bit.
func randomMesh(links uint64, kinds uint8) string {
	var said, clusters []string
	for i, from := range "abcd" {
		for j, to := range "abcd" {
			if i != j && links>>(i*4+j)&1 == 1 {
				said = append(said, fmt.Sprintf("{from: [%c], to: [%c]}", from, to))
			}
		}
		plane := "sidecar"
		if kinds>>i&1 == 1 {
			plane = "ambient"
		}
		clusters = append(clusters, fmt.Sprintf("{name: %c, podCIDRs: [10.%d.0.0/16], istio: {dataPlane: %s}, gke: {project: acme, vpc: v%d, location: us-east1, nodeTags: [t%c]}}",
			from, i, plane, kinds>>(4+i)&1, from))
	}
	return fmt.Sprintf("{firewall: {applicationPorts: ['80']}, links: [%s], clusters: [%s]}", strings.Join(said, ", "), strings.Join(clusters, ", "))
}

// checkLinks: what is open is what the links say, and the pods of a cluster to itself, whom GKE
// lets in.
func checkLinks(t *testing.T, linked func(from, to string) bool, network firewall.Network) {
	t.Helper()
	open := map[string]bool{}
	for _, rule := range network.Rules {
		for _, source := range rule.Sources {
			for _, tag := range rule.Targets {
				open[string("abcd"[source.Addr().As4()[1]])+tag[1:]] = true
			}
		}
	}
	for _, from := range "abcd" {
		for _, to := range network.Clusters {
			if from := string(from); from != to && open[from+to] != linked(from, to) {
				t.Errorf("%s to %s is open: %t, linked: %t", from, to, open[from+to], linked(from, to))
			}
		}
	}
}
