package gcloud

import (
	"encoding/json"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// wantChanges compares the requests that changed something since the last time.
func (w workspace) wantChanges(t *testing.T, want ...request) {
	t.Helper()
	got := w.stub.changed()
	for i := range max(len(got), len(want)) {
		switch {
		case i >= len(got):
			t.Errorf("no request %s %s", want[i].Method, want[i].Path)
		case i >= len(want):
			t.Errorf("a request too many: %s", written(t, got[i]))
		default:
			want[i].Body = clone(want[i].Body)
			if g, w := written(t, got[i]), written(t, want[i]); g != w {
				t.Errorf("request %d is\n%s\nwant\n%s", i, g, w)
			}
		}
	}
}

func written(t *testing.T, r request) string {
	t.Helper()
	body, err := json.MarshalIndent(r.Body, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	return r.Method + " " + r.Path + " " + string(body)
}

func list(values ...string) []string { return values }

// TestEveryScriptParses: bash and shellcheck find nothing in any script of any scenario.
func TestEveryScriptParses(t *testing.T) {
	t.Parallel()
	scripts, err := filepath.Glob("../../../testdata/scenarios/*/want/deploy/gcloud/*.sh")
	if err != nil {
		t.Fatal(err)
	}
	if len(scripts) < 10 {
		t.Fatalf("%d scripts: is the search broken?", len(scripts))
	}
	for name, args := range map[string][]string{"bash": {"-n"}, "shellcheck": {"--external-sources"}} {
		t.Run(name, func(t *testing.T) {
			program := need(t, name)
			for _, script := range scripts {
				if out, err := exec.CommandContext(t.Context(), program, append(args, script)...).CombinedOutput(); err != nil {
					t.Errorf("%s %s: %v\n%s", name, script, err, out)
				}
			}
		})
	}
}

const (
	podsRule     = "mesh-fleet-project-id-gke-cluster-vpc-pods"
	webhookRule3 = "mesh-fleet-project-id-cluster-name-3-webhook"
	webhookRule4 = "mesh-fleet-project-id-cluster-name-4-webhook"
	vpcScript    = "firewall.sh fleet-project-id/gke-cluster-vpc"
)

// webhook is the rule for the control plane of a private cluster.
func (w workspace) webhook(cluster, source, target string) object {
	return object{
		"name": "mesh-fleet-project-id-" + cluster + "-webhook", "network": networkLink(w.stub, "fleet-project-id", "gke-cluster-vpc"),
		"direction": "INGRESS", "priority": 1000, "description": "kubectl-mesh fleet-project-id webhook " + cluster,
		"allowed": []object{{"IPProtocol": "tcp", "ports": list("15017")}}, "sourceRanges": list(source), "targetTags": list(target),
	}
}

// TestFirewall goes through the life of the rules of a Shared VPC.
func TestFirewall(t *testing.T) {
	t.Parallel()
	need(t, "gcloud")
	w := newWorkspace(t, "gke-mesh")
	w.render(t)
	const script, rules = vpcScript, "/compute/v1/projects/fleet-project-id/global/firewalls"
	created := []string{
		"create rule " + podsRule + " in network gke-cluster-vpc of project fleet-project-id",
		"  + allow: tcp",
		"  + source: 10.12.0.0/14", "  + source: 10.16.0.0/14", "  + source: 10.20.0.0/14", "  + source: 10.8.0.0/14",
		"  + target: gke-cluster-name-1-0a1b2c3d-node", "  + target: gke-cluster-name-2-4e5f6a7b-node",
		"  + target: gke-cluster-name-3-8c9d0e1f-node", "  + target: gke-cluster-name-4-2a3b4c5d-node",
		"create rule " + webhookRule4 + " in network gke-cluster-vpc of project fleet-project-id",
		"  + allow: tcp:15017", "  + source: 172.16.0.16/28", "  + target: gke-cluster-name-4-2a3b4c5d-node",
		"create rule " + webhookRule3 + " in network gke-cluster-vpc of project fleet-project-id",
		"  + allow: tcp:15017", "  + source: 172.16.0.0/28", "  + target: gke-cluster-name-3-8c9d0e1f-node",
	}
	w.mustRun(t, script, nil, append(created, "3 changes pending. Run again with --yes to apply them.")...)
	w.wantChanges(t)
	w.mustRun(t, script, list("--yes"), append(created, "3 changes made.")...)
	rule := object{
		"name": podsRule, "network": networkLink(w.stub, "fleet-project-id", "gke-cluster-vpc"), "direction": "INGRESS", "priority": 1000,
		"description": "kubectl-mesh fleet-project-id firewall", "allowed": []object{{"IPProtocol": "tcp"}},
		"sourceRanges": list("10.12.0.0/14", "10.16.0.0/14", "10.20.0.0/14", "10.8.0.0/14"),
		"targetTags": list("gke-cluster-name-1-0a1b2c3d-node", "gke-cluster-name-2-4e5f6a7b-node", "gke-cluster-name-3-8c9d0e1f-node",
			"gke-cluster-name-4-2a3b4c5d-node"),
	}
	four := w.webhook("cluster-name-4", "172.16.0.16/28", "gke-cluster-name-4-2a3b4c5d-node")
	three := w.webhook("cluster-name-3", "172.16.0.0/28", "gke-cluster-name-3-8c9d0e1f-node")
	w.wantChanges(t, request{"POST", rules, rule}, request{"POST", rules, four}, request{"POST", rules, three})
	unchanged := list("unchanged rule "+podsRule, "unchanged rule "+webhookRule4, "unchanged rule "+webhookRule3, "No changes.")
	w.mustRun(t, script, list("--yes"), unchanged...)
	w.wantChanges(t)

	// Fewer ports, and one cluster that nobody calls any more and that calls nobody.
	w.change(t, "\nspec:\n", "\nspec:\n  firewall: {applicationPorts: [\"8080\", \"9000-9100\"], priority: 900}\n  links: [{between: [cluster-name-1, cluster-name-2, cluster-name-3]}]\n")
	updated := []string{
		"update rule " + podsRule + " in network gke-cluster-vpc of project fleet-project-id",
		"  - priority: 1000", "  + priority: 900",
		"  - allow: tcp", "  + allow: tcp:8080", "  + allow: tcp:9000-9100",
		"  - source: 10.20.0.0/14", "  - target: gke-cluster-name-4-2a3b4c5d-node",
		"update rule " + webhookRule4 + " in network gke-cluster-vpc of project fleet-project-id",
		"  - priority: 1000", "  + priority: 900",
		"update rule " + webhookRule3 + " in network gke-cluster-vpc of project fleet-project-id",
		"  - priority: 1000", "  + priority: 900",
	}
	w.mustRun(t, script, list("--dry-run"), append(updated, "3 changes pending. Run again with --yes to apply them.")...)
	w.wantChanges(t)
	w.mustRun(t, script, list("--yes"), append(updated, "3 changes made.")...)
	for _, changed := range []object{rule, four, three} {
		changed["priority"], changed["disabled"] = 900, false
	}
	rule["allowed"] = []object{{"IPProtocol": "tcp", "ports": list("8080")}, {"IPProtocol": "tcp", "ports": list("9000-9100")}}
	rule["sourceRanges"] = list("10.12.0.0/14", "10.16.0.0/14", "10.8.0.0/14")
	rule["targetTags"] = list("gke-cluster-name-1-0a1b2c3d-node", "gke-cluster-name-2-4e5f6a7b-node", "gke-cluster-name-3-8c9d0e1f-node")
	w.wantChanges(t, request{"PATCH", rules + "/" + podsRule, rule}, request{"PATCH", rules + "/" + webhookRule4, four},
		request{"PATCH", rules + "/" + webhookRule3, three})
	w.mustRun(t, script, list("--yes"), unchanged...)
	w.wantChanges(t)

	// A private cluster that leaves takes its webhook's rule along, when it is told to.
	text, _, found := strings.Cut(w.read(t, "mesh.yaml"), "  - name: cluster-name-4\n") // the last one
	if !found {
		t.Fatal("mesh.yaml has no cluster-name-4")
	}
	w.write(t, text)
	w.render(t)
	left := list("unchanged rule "+podsRule, "unchanged rule "+webhookRule3)
	w.mustRun(t, script, nil, append(left, "stale: rule "+webhookRule4+" of project fleet-project-id is no longer in mesh.yaml: --prune removes it",
		"No changes.")...)
	w.mustRun(t, script, list("--prune", "--yes"), append(left, "remove rule "+webhookRule4+" of project fleet-project-id", "1 change made.")...)
	w.wantChanges(t, request{"DELETE", rules + "/" + webhookRule4, nil})
}
