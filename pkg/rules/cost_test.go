package rules_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/rules"
)

// TestCostOfHub: twice as many spokes are at most a little more than twice the work, which is counted in the
// clusters that the rules get from the graph.
func TestCostOfHub(t *testing.T) {
	for name, kind := range kindsOfClusters() {
		t.Run(name, func(t *testing.T) {
			for direction, links := range map[string]string{
				"called":  `[{from: [c0], to: ["*"]}]`,
				"calling": `[{from: ["*"], to: [c0]}]`,
			} {
				small, large := work(t, kind, links, 100), work(t, kind, links, 200)
				if large > small*22/10 {
					t.Errorf("spokes %s: %d clusters are looked at of 100, %d of 200", direction, small, large)
				}
			}
		})
	}
}

// TestCostOfFullMesh: twice as many clusters are four times as many links, and no more work than that.
func TestCostOfFullMesh(t *testing.T) {
	for name, kind := range kindsOfClusters() {
		t.Run(name, func(t *testing.T) {
			small, large := work(t, kind, `[{between: ["*"]}]`, 50), work(t, kind, `[{between: ["*"]}]`, 100)
			if large > small*44/10 {
				t.Errorf("%d clusters are looked at of 50, %d of 100", small, large)
			}
		})
	}
}

// kindsOfClusters are what rules ask the graph about: the number of a cluster is in its text.
func kindsOfClusters() map[string]string {
	const server, gke = ", api: {server: https://c%[1]d.test}", "gke: {project: p, location: us-east1, nodeTags: "
	return map[string]string{
		"one network":           "network: flat" + server,
		"networks of their own": "network: n%[1]d, gateway: {service: NodePort}" + server,
		"ambient":               "istio: {dataPlane: ambient}, network: n%[1]d, trustDomain: d%[1]d.test" + server,
		"GKE, a shared tag":     "network: flat, " + gke + "[nodes]}" + server,
		"GKE, tags":             "network: n%[1]d, " + gke + "[t%[1]d]}" + server,
	}
}

// work is how many clusters the rules get from the graph.
func work(t *testing.T, kind, links string, count int) int {
	t.Helper()
	clusters := make([]string, count)
	for i := range clusters {
		clusters[i] = fmt.Sprintf("{name: c%[1]d, "+kind+"}", i)
	}
	in := load(t, "{firewall: {outputs: [gcloud]}, links: "+links+", clusters: ["+strings.Join(clusters, ", ")+"]}")
	visits := 0
	in.Graph = in.Graph.Counting(func() { visits++ })
	rules.Check(in)
	return visits
}

// TestEvaluationWith: what was read later is found as if it had been read at once, without asking the graph again about
// all clusters.
func TestEvaluationWith(t *testing.T) {
	in := messy(t)
	want, read := rules.Check(in), in.Read
	visits := 0
	in.Read, in.Graph = rules.Read{}, in.Graph.Counting(func() { visits++ })
	evaluation := rules.Evaluate(in)
	all := visits
	if diff := cmp.Diff(want, evaluation.With(read).Problems()); diff != "" {
		t.Errorf("read later (-at once +later):\n%s", diff)
	}
	if more := visits - all; more > all/10 {
		t.Errorf("%d clusters are looked at again, after %d", more, all)
	}
}
