package gcloud

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const (
	accessScript = "access.sh cluster-name-3"
	clusterPath  = "/v1/projects/project-id-1/locations/us-central1/clusters/cluster-name-3"
)

// private is a private cluster whose API server lets in some networks.
func (w workspace) private(networks ...string) {
	var blocks []any
	for _, network := range networks {
		blocks = append(blocks, object{"cidrBlock": network, "displayName": "office"})
	}
	authorized := object{"enabled": true, "cidrBlocks": blocks, "gcpPublicCidrsAccessEnabled": false, "privateEndpointEnforcementEnabled": true}
	w.stub.addCluster("project-id-1", "us-central1", "cluster-name-3", object{
		"masterAuthorizedNetworksConfig": object{"enabled": true, "cidrBlocks": blocks, "gcpPublicCidrsAccessEnabled": false},
		"privateClusterConfig":           object{"privateEndpoint": "172.16.0.2"},
		"controlPlaneEndpointsConfig":    object{"ipEndpointsConfig": object{"enabled": true, "authorizedNetworksConfig": authorized}},
	})
}

// authorized is the update that names these networks.
func authorized(networks []string, endpoints object) request {
	var blocks []object
	for _, network := range networks {
		blocks = append(blocks, object{"cidrBlock": network})
	}
	endpoints["authorizedNetworksConfig"] = object{"enabled": true, "cidrBlocks": blocks,
		"gcpPublicCidrsAccessEnabled": false, "privateEndpointEnforcementEnabled": true}
	return request{"PUT", clusterPath, object{"name": strings.TrimPrefix(clusterPath, "/v1/"),
		"update": object{"desiredControlPlaneEndpointsConfig": object{"ipEndpointsConfig": endpoints}}}}
}

// TestAccess: two of the three readers are in other subnets and regions. What somebody else has
// authorized meanwhile stays.
func TestAccess(t *testing.T) {
	t.Parallel()
	need(t, "gcloud")
	w := newWorkspace(t, "gke-mesh")
	w.render(t)
	w.private("192.0.2.0/24", "198.51.100.9/32")
	planned := []string{
		"update authorized networks of cluster-name-3 (cluster cluster-name-3 of project project-id-1)",
		"  + network: 10.12.0.0/14", "  + network: 10.20.0.0/14",
		"enable global access of cluster-name-3 (cluster cluster-name-3 of project project-id-1)",
	}
	w.mustRun(t, accessScript, nil, append(planned, "1 change pending. Run again with --yes to apply it.")...)
	w.wantChanges(t)
	got := w.script(t, accessScript, "--yes")
	saved := w.saved(t)
	if want := strings.Join(append(planned, "  saved the current settings to "+filepath.Base(saved), "1 change made."), "\n") + "\n"; got.code != 0 || got.stdout != want {
		t.Errorf("exit code %d, printed\n%s\nwant\n%s\n%s", got.code, got.stdout, want, got.stderr)
	}
	w.wantChanges(t, authorized(list("10.12.0.0/14", "10.20.0.0/14", "192.0.2.0/24", "198.51.100.9/32"), object{"globalAccess": true}))
	checkSaved(t, saved)
	w.mustRun(t, accessScript, list("--yes"), "unchanged authorized networks of cluster-name-3", "unchanged global access of cluster-name-3", "No changes.")
	w.wantChanges(t)

	if got := w.script(t, accessScript, "--prune", "--yes"); got.code != 0 || !strings.Contains(got.stdout, "  - network: 198.51.100.9/32\n") {
		t.Errorf("%+v", got)
	}
	w.wantChanges(t, authorized(list("10.12.0.0/14", "10.20.0.0/14", "192.0.2.0/24"), object{"globalAccess": true}))
}

// saved is the only file that a script has saved.
func (w workspace) saved(t *testing.T) string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(w.dir, "cluster-name-3-access.*.json"))
	if err != nil || len(files) != 1 {
		t.Fatalf("saved files: %v, %v", files, err)
	}
	return files[0]
}

// checkSaved: it has the names of networks, which an update forgets, and is for its owner alone.
func checkSaved(t *testing.T, file string) {
	t.Helper()
	info, err := os.Stat(file)
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o600 {
		t.Errorf("mode of %s is %s", file, info.Mode())
	}
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var state object
	if err := json.Unmarshal(content, &state); err != nil {
		t.Fatal(err)
	}
	older, _ := state["masterAuthorizedNetworksConfig"].(object)
	blocks, _ := older["cidrBlocks"].([]any)
	if len(blocks) != 2 || blocks[1].(object)["displayName"] != "office" { //nolint:forcetypeassert // a test
		t.Errorf("saved: %s", content)
	}
}

// An API server that everybody reaches is not shut by authorizing somebody.
func TestAccessLeavesOpenWhatIsOpen(t *testing.T) {
	t.Parallel()
	need(t, "gcloud")
	w := newWorkspace(t, "gke-mesh")
	w.render(t)
	w.stub.addCluster("project-id-1", "us-central1", "cluster-name-3", object{
		"privateClusterConfig": object{"privateEndpoint": "172.16.0.2", "masterGlobalAccessConfig": object{"enabled": true}}})
	w.mustRun(t, accessScript, list("--yes"), "unchanged authorized networks of cluster-name-3: they are disabled",
		"unchanged global access of cluster-name-3", "No changes.")
	w.wantChanges(t)
}

func TestAccessLimit(t *testing.T) {
	t.Parallel()
	need(t, "gcloud")
	w := newWorkspace(t, "gke-mesh")
	w.render(t)
	var there []string
	for i := range 98 {
		there = append(there, "198.51.100."+string(rune('0'+i/10))+string(rune('0'+i%10))+"/32")
	}
	w.private(there...)
	w.mustFail(t, 1, accessScript, list("--yes"), "error: cluster-name-3 would have 101 authorized networks, of at most 100")
}

// TestTeardown takes everything back, once.
func TestTeardown(t *testing.T) {
	t.Parallel()
	need(t, "gcloud")
	w := newWorkspace(t, "gke-mesh")
	text, _, found := strings.Cut(w.read(t, "mesh.yaml"), "  - name: cluster-name-4\n") // the last one
	if !found {
		t.Fatal("mesh.yaml has no cluster-name-4")
	}
	w.write(t, text)
	w.render(t)
	w.private("192.0.2.0/24")
	scripts := list(vpcScript, accessScript)
	for i, made := range list("2 changes made.\n", "1 change made.\n") {
		if got := w.script(t, scripts[i], "--yes"); got.code != 0 || !strings.HasSuffix(got.stdout, made) {
			t.Fatalf("%s: %+v", scripts[i], got)
		}
	}
	changes := w.stub.changed()
	if len(changes) != 3 {
		t.Fatalf("changes are %+v", changes)
	}
	for _, script := range scripts {
		if got := w.script(t, script, "--yes"); got.code != 0 || !strings.HasSuffix(got.stdout, "No changes.\n") {
			t.Errorf("%s once more: %+v", script, got)
		}
	}
	w.wantChanges(t)
	const rules = "/compute/v1/projects/fleet-project-id/global/firewalls"
	webhook := request{"POST", rules, w.webhook("cluster-name-3", "172.16.0.0/28", "gke-cluster-name-3-8c9d0e1f-node")}
	webhook.Body = clone(webhook.Body)
	if got, want := written(t, changes[1]), written(t, webhook); got != want {
		t.Errorf("the rule of the webhook is\n%s\nwant\n%s", got, want)
	}
	const left = "kept: global access of cluster-name-3, which other software may use. To disable it: " +
		"gcloud container clusters update cluster-name-3 --project=project-id-1 --location=us-central1 --no-enable-master-global-access"
	got := w.script(t, "teardown.sh")
	if want := strings.Join([]string{
		"update authorized networks of cluster-name-3 (cluster cluster-name-3 of project project-id-1)",
		"  - network: 10.12.0.0/14",
		"remove rule " + podsRule + " of project fleet-project-id",
		"remove rule mesh-fleet-project-id-cluster-name-3-webhook of project fleet-project-id",
		left, fleetLeft(), "3 changes pending. Run again with --yes to apply them.", "",
	}, "\n"); got.stdout != want {
		t.Errorf("printed\n%s\nwant\n%s\n%s", got.stdout, want, got.stderr)
	}
	w.wantChanges(t)
	if got := w.script(t, "teardown.sh", "--yes"); got.code != 0 {
		t.Fatalf("%+v", got)
	}
	w.wantChanges(t, authorized(list("192.0.2.0/24"), object{"globalAccess": true}),
		request{"DELETE", rules + "/" + podsRule, nil}, request{"DELETE", rules + "/mesh-fleet-project-id-cluster-name-3-webhook", nil})
	w.mustRun(t, "teardown.sh", list("--yes"), "unchanged authorized networks of cluster-name-3",
		"unchanged: no rule "+podsRule+" in project fleet-project-id",
		"unchanged: no rule mesh-fleet-project-id-cluster-name-3-webhook in project fleet-project-id", left, fleetLeft(), "No changes.")
	w.wantChanges(t)
}

// fleetLeft is what a teardown of the three clusters says of the fleet.
func fleetLeft() string {
	var lines []string
	for i, at := range []string{"--project=project-id-1 --location=us-central1 ", "--project=project-id-2 --location=us-west1-b ",
		"--project=project-id-1 --location=us-central1 "} {
		name := fmt.Sprintf("cluster-name-%d", i+1)
		lines = append(lines, "kept: "+name+" in the fleet of project fleet-project-id, which other software may use. To remove it: gcloud container clusters update "+
			name+" "+at+"--clear-fleet-project; to remove the label: gcloud container clusters update "+name+" "+at+"--remove-labels=mesh_id")
	}
	return strings.Join(append(lines, "kept: feature servicemesh of the fleet of project fleet-project-id. To disable it for all of its clusters: "+
		"gcloud container fleet mesh disable --project=fleet-project-id"), "\n")
}

// TestEveryScript runs all that a mesh of several networks, platforms and address families has, in the order of
// INSTALL.md, and all of it once more; and takes it back.
func TestEveryScript(t *testing.T) {
	t.Parallel()
	need(t, "gcloud")
	w := newWorkspace(t, "firewalls")
	w.render(t)
	authorized := object{"authorizedNetworksConfig": object{"enabled": true, "cidrBlocks": []any{object{"cidrBlock": "192.0.2.0/24"}}}}
	w.stub.addCluster("retail-north", "europe-west1", "north", object{"controlPlaneEndpointsConfig": object{"ipEndpointsConfig": authorized}})
	w.stub.addCluster("retail-south", "europe-west4-b", "south", object{"privateClusterConfig": object{"privateEndpoint": "172.16.0.18"}})
	var scripts []string
	for line := range strings.Lines(w.read(t, "deploy/INSTALL.md")) {
		if script, ok := strings.CutPrefix(strings.TrimSpace(line), "bash deploy/gcloud/"); ok && strings.HasSuffix(script, " --yes") {
			scripts = append(scripts, strings.TrimSuffix(script, " --yes"))
		}
	}
	if len(scripts) != 5 {
		t.Fatalf("INSTALL.md runs %q", scripts)
	}
	for _, wanted := range []int{9, 0} {
		for _, script := range scripts {
			if got := w.script(t, script, "--yes"); got.code != 0 {
				t.Fatalf("%s: %+v", script, got)
			}
		}
		if changes := w.stub.changed(); len(changes) != wanted {
			t.Errorf("%d changes, want %d: %+v", len(changes), wanted, changes)
		}
	}
	for _, wanted := range []int{8, 0} { // global access of south stays
		if got := w.script(t, "teardown.sh", "--yes"); got.code != 0 {
			t.Fatalf("%+v", got)
		}
		if changes := w.stub.changed(); len(changes) != wanted {
			t.Errorf("%d changes, want %d: %+v", len(changes), wanted, changes)
		}
	}
}
