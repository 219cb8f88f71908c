package gcloud

import (
	"encoding/json"
	"os/exec"
	"path/filepath"
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
	scripts, err := filepath.Glob("../../../testdata/scenarios/*/want/deploy/gcloud/*/*.sh")
	if err != nil {
		t.Fatal(err)
	}
	more, err := filepath.Glob("../../../testdata/scenarios/*/want/deploy/gcloud/*.sh")
	if err != nil {
		t.Fatal(err)
	}
	if scripts = append(scripts, more...); len(scripts) < 10 {
		t.Fatalf("%d scripts: is the search broken?", len(scripts))
	}
	for name, args := range map[string][]string{"bash": {"-n"}, "shellcheck": {}} {
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

const podsRule = "mesh-fleet-project-id-gke-cluster-vpc-pods"

// TestFirewall goes through the life of a rule in a Shared VPC.
func TestFirewall(t *testing.T) {
	t.Parallel()
	need(t, "gcloud")
	w := newWorkspace(t, "gke-mesh")
	w.render(t)
	const script, rules = "fleet-project-id/firewall-gke-cluster-vpc.sh", "/compute/v1/projects/fleet-project-id/global/firewalls"
	created := []string{
		"create rule " + podsRule + " in network gke-cluster-vpc of project fleet-project-id",
		"  + allow: tcp",
		"  + source: 10.12.0.0/14", "  + source: 10.16.0.0/14", "  + source: 10.20.0.0/14", "  + source: 10.8.0.0/14",
		"  + target: gke-cluster-name-1-0a1b2c3d-node", "  + target: gke-cluster-name-2-4e5f6a7b-node",
		"  + target: gke-cluster-name-3-8c9d0e1f-node", "  + target: gke-cluster-name-4-2a3b4c5d-node",
	}
	w.mustRun(t, script, nil, append(created, "1 change pending. Run again with --yes to apply it.")...)
	w.wantChanges(t)
	w.mustRun(t, script, list("--yes"), append(created, "1 change made.")...)
	rule := object{
		"name": podsRule, "network": networkLink(w.stub, "fleet-project-id", "gke-cluster-vpc"), "direction": "INGRESS", "priority": 1000,
		"description": "kubectl-mesh fleet-project-id firewall", "allowed": []object{{"IPProtocol": "tcp"}},
		"sourceRanges": list("10.12.0.0/14", "10.16.0.0/14", "10.20.0.0/14", "10.8.0.0/14"),
		"targetTags": list("gke-cluster-name-1-0a1b2c3d-node", "gke-cluster-name-2-4e5f6a7b-node", "gke-cluster-name-3-8c9d0e1f-node",
			"gke-cluster-name-4-2a3b4c5d-node"),
	}
	w.wantChanges(t, request{"POST", rules, rule})
	w.mustRun(t, script, list("--yes"), "unchanged rule "+podsRule, "No changes.")
	w.wantChanges(t)

	// Fewer ports, and one cluster that nobody calls any more and that calls nobody.
	w.change(t, "\nspec:\n", "\nspec:\n  firewall: {applicationPorts: [\"8080\", \"9000-9100\"], priority: 900}\n  links: [{between: [cluster-name-1, cluster-name-2, cluster-name-3]}]\n")
	updated := []string{
		"update rule " + podsRule + " in network gke-cluster-vpc of project fleet-project-id",
		"  - priority: 1000", "  + priority: 900",
		"  - allow: tcp", "  + allow: tcp:8080", "  + allow: tcp:9000-9100",
		"  - source: 10.20.0.0/14", "  - target: gke-cluster-name-4-2a3b4c5d-node",
	}
	w.mustRun(t, script, list("--dry-run"), append(updated, "1 change pending. Run again with --yes to apply it.")...)
	w.wantChanges(t)
	w.mustRun(t, script, list("--yes"), append(updated, "1 change made.")...)
	rule["priority"], rule["disabled"] = 900, false
	rule["allowed"] = []object{{"IPProtocol": "tcp", "ports": list("8080")}, {"IPProtocol": "tcp", "ports": list("9000-9100")}}
	rule["sourceRanges"] = list("10.12.0.0/14", "10.16.0.0/14", "10.8.0.0/14")
	rule["targetTags"] = list("gke-cluster-name-1-0a1b2c3d-node", "gke-cluster-name-2-4e5f6a7b-node", "gke-cluster-name-3-8c9d0e1f-node")
	w.wantChanges(t, request{"PATCH", rules + "/" + podsRule, rule})
	w.mustRun(t, script, list("--yes"), "unchanged rule "+podsRule, "No changes.")
	w.wantChanges(t)
}
