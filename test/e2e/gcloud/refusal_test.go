package gcloud

import (
	"strings"
	"testing"
)

const (
	poolScript = "firewall.sh acme/default"
	poolRules  = "/compute/v1/projects/acme/global/firewalls"
)

// pool is a mesh of three clusters in one VPC network.
func pool(t *testing.T) workspace {
	t.Helper()
	w := workspace{dir: t.TempDir(), home: t.TempDir(), stub: newStub(t)}
	w.write(t, `apiVersion: kubectl-mesh.dev/v1alpha1
kind: Mesh
metadata: {name: shop}
spec:
  trust: {ca: {provider: none}}
  reader: {allowNonExpiring: true}
  istio: {dataPlane: ambient}
  links: [{between: [a, b, c]}]
  clusters:
  - {name: a, podCIDRs: [10.1.0.0/16], api: {server: https://203.0.113.1}, gke: {project: acme, location: us-east1, nodeTags: [ta]}}
  - {name: b, podCIDRs: [10.2.0.0/16, "2001:db8::/48"], api: {server: https://203.0.113.2}, gke: {project: acme, location: us-east1, nodeTags: [tb]}}
  - {name: c, podCIDRs: [10.3.0.0/16], api: {server: https://203.0.113.3}, gke: {project: acme, location: us-east1, nodeTags: [tc]}}
`)
	w.render(t)
	return w
}

// rule is one that is already listed.
func (w workspace) rule(name, network, description string, more object) object {
	rule := object{
		"name": name, "network": networkLink(w.stub, "acme", network), "direction": "INGRESS", "priority": 1000, "disabled": false,
		"description": description, "allowed": []any{object{"IPProtocol": "tcp", "ports": []any{"15008"}}},
		"sourceRanges": []any{"10.1.0.0/16"}, "targetTags": []any{"ta"},
	}
	for key, value := range more {
		rule[key] = value
	}
	return rule
}

// A rule that does not belong to this mesh, or that an update cannot make right, is left alone.
func TestFirewallLeavesAlone(t *testing.T) {
	t.Parallel()
	need(t, "gcloud")
	const name, ours = "mesh-shop-default-pods-v6", "kubectl-mesh shop firewall"
	for what, test := range map[string]struct {
		network, description string
		more                 object
		said                 string
	}{
		"another network":     {"other", ours, nil, `does not belong to this mesh and is not changed: network other, description "kubectl-mesh shop firewall"`},
		"another mesh":        {"default", "kubectl-mesh shop-2 firewall", nil, `description "kubectl-mesh shop-2 firewall"`},
		"another description": {"default", "x\n" + name + "|default|INGRESS|" + ours + "|1000|", nil, "does not belong to this mesh and is not changed"},
		"egress":              {"default", ours, object{"direction": "EGRESS"}, "was edited and cannot be updated"},
		"a source tag":        {"default", ours, object{"sourceTags": []any{"web"}}, "was edited and cannot be updated"},
		"a denial":            {"default", ours, object{"denied": []any{object{"IPProtocol": "tcp"}}}, "was edited and cannot be updated"},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			w := pool(t)
			w.stub.addFirewall(w.rule(name, test.network, test.description, test.more))
			w.mustFail(t, 1, poolScript, list("--yes"), "error: rule "+name+" of project acme ", test.said)
		})
	}
}

// A rule that a person has changed or switched off comes back, whatever the order of its lists.
func TestFirewallRepairs(t *testing.T) {
	t.Parallel()
	need(t, "gcloud")
	w := pool(t)
	w.stub.addFirewall(w.rule("mesh-shop-default-pods", "default", "kubectl-mesh shop firewall", object{
		"sourceRanges": []any{"10.3.0.0/16", "10.2.0.0/16", "10.1.0.0/16"}, "targetTags": []any{"tc", "tb", "ta"}}))
	six := w.rule("mesh-shop-default-pods-v6", "default", "kubectl-mesh shop firewall", object{
		"sourceRanges": []any{"2001:db8::/48"}, "targetTags": []any{"tc", "ta", "tb"}, "disabled": true})
	w.stub.addFirewall(six)
	w.mustRun(t, poolScript, list("--yes"),
		"update rule mesh-shop-default-pods-v6 in network default of project acme", "  - disabled: True",
		"unchanged rule mesh-shop-default-pods", "1 change made.")
	six["disabled"], six["targetTags"] = false, list("ta", "tb", "tc")
	delete(six, "selfLink")
	got := w.stub.changed()
	if len(got) != 1 || got[0].Method != "PATCH" || got[0].Body["disabled"] != false {
		t.Errorf("changes are %+v", got)
	}
}

// One difference is enough for an update.
func TestFirewallSeesEveryDifference(t *testing.T) {
	t.Parallel()
	need(t, "gcloud")
	for field, test := range map[string]struct {
		value any
		lines []string
	}{
		"allowed":      {[]any{object{"IPProtocol": "tcp", "ports": []any{"15008", "22"}}}, list("  - allow: tcp:22")},
		"sourceRanges": {[]any{"10.1.0.0/16", "10.2.0.0/16", "10.3.0.0/16", "0.0.0.0/0"}, list("  - source: 0.0.0.0/0")},
		"targetTags":   {[]any{"ta", "tb"}, list("  + target: tc")},
		"priority":     {500, list("  - priority: 500", "  + priority: 1000")},
	} {
		t.Run(field, func(t *testing.T) {
			t.Parallel()
			w := pool(t)
			all := object{"sourceRanges": []any{"10.1.0.0/16", "10.2.0.0/16", "10.3.0.0/16"}, "targetTags": []any{"ta", "tb", "tc"}, field: test.value}
			w.stub.addFirewall(w.rule("mesh-shop-default-pods", "default", "kubectl-mesh shop firewall", all))
			got := w.script(t, poolScript)
			want := strings.Join(append(list("update rule mesh-shop-default-pods in network default of project acme"), test.lines...), "\n") +
				"\n2 changes pending. Run again with --yes to apply them.\n"
			if got.code != 0 || !strings.HasSuffix(got.stdout, want) {
				t.Errorf("exit code %d, printed\n%s\nwant at the end\n%s", got.code, got.stdout, want)
			}
			w.wantChanges(t)
		})
	}
}

// What cannot be asked is not taken for what does not exist.
func TestFirewallStopsWhenItCannotLook(t *testing.T) {
	t.Parallel()
	need(t, "gcloud")
	w := pool(t)
	w.stub.refuse("GET", poolRules)
	w.mustFail(t, 1, poolScript, list("--yes"), "the stub refuses this")
	w.mustFail(t, 2, poolScript, list("--force"), "error: unknown argument: --force", "usage: bash deploy/gcloud/firewall.sh NETWORK [--dry-run | --yes] [--prune]")
	w.mustFail(t, 2, poolScript, list("--yes", "--dry-run"), "error: --dry-run and --yes are mutually exclusive")
}

// When links go, the rule that all clusters shared is narrowed, once what takes its place is there.
// What mesh.yaml has no more goes with --prune, and nothing else does.
func TestFirewallPrunes(t *testing.T) {
	t.Parallel()
	need(t, "gcloud")
	w := pool(t)
	w.stub.addFirewall(w.rule("mesh-shop-default-other", "default", "of somebody else", nil))
	w.stub.addFirewall(w.rule("mesh-shop-2-pods", "default", "kubectl-mesh shop-2 firewall", nil))
	w.stub.addFirewall(w.rule("mesh-shop-other-pods", "other", "kubectl-mesh shop firewall", nil))
	if got := w.script(t, poolScript, "--yes"); got.code != 0 {
		t.Fatalf("%+v", got)
	}
	w.stub.changed()
	w.change(t, "{between: [a, b, c]}", "{between: [a, c]}, {from: [c], to: [b]}")
	w.mustRun(t, poolScript, list("--yes"),
		"create rule mesh-shop-default-pods-b in network default of project acme",
		"  + allow: tcp:15008", "  + source: 10.3.0.0/16", "  + target: tb",
		"update rule mesh-shop-default-pods in network default of project acme",
		"  - source: 10.2.0.0/16", "  - target: tb",
		"stale: rule mesh-shop-default-pods-v6 of project acme is no longer in mesh.yaml: --prune removes it",
		"2 changes made.")
	w.stub.changed()
	w.mustRun(t, poolScript, list("--prune"), "unchanged rule mesh-shop-default-pods-b", "unchanged rule mesh-shop-default-pods",
		"remove rule mesh-shop-default-pods-v6 of project acme", "1 change pending. Run again with --yes to apply it.")
	w.wantChanges(t)
	w.mustRun(t, poolScript, list("--prune", "--yes"), "unchanged rule mesh-shop-default-pods-b", "unchanged rule mesh-shop-default-pods",
		"remove rule mesh-shop-default-pods-v6 of project acme", "1 change made.")
	w.wantChanges(t, request{"DELETE", poolRules + "/mesh-shop-default-pods-v6", nil})
}
