package e2e

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-mesh/kubectl-mesh/test/e2e/clusters"
)

// TestApplyReport reads what --apply -o json writes; the tests build on each other.
func TestApplyReport(t *testing.T) {
	all := clusters.Start(t, "east", "west")
	w := newWorkspace(t, all)
	t.Run("a workspace that nobody can write", func(t *testing.T) { testPinReadOnly(t, all) })
	w.mustRun(t, "collect", "--token=skip")
	t.Run("a dry run", func(t *testing.T) { testReportDry(t, w, all) })
	t.Run("everything is new", func(t *testing.T) { testReportNew(t, w) })
	t.Run("nothing is new", func(t *testing.T) {
		got := w.mustRun(t, "render", "--apply", "-o", "json").applied(t)
		if east := got["east"]; east.count("unchanged") != 8 || len(east.Changes) != 8 {
			t.Errorf("got %+v", east)
		}
	})
	t.Run("a dry run of a change", func(t *testing.T) { testReportChange(t, w, all[0]) })
	t.Run("what is removed and what is strange", func(t *testing.T) { testReportRest(t, w, all[0]) })
}

// testPinReadOnly: the UIDs of clusters cannot be written down.
func testPinReadOnly(t *testing.T, all []*clusters.Cluster) {
	w := firstWorkspace(t, all)
	w.mustRun(t, "init", "--force", "--name", "shop")
	w.waiveLoopback(t)
	asReadOnlyUser := w.readOnly(t)
	got := asReadOnlyUser("render", "--apply", "--pin")
	got.wantCode(t, 1)
	got.wantStderr(t, notInGit, "error: record the UID of east: open . for writing: open .kubectl-mesh/lock: permission denied",
		"hint: make the directory writable, and run the same command again",
		"hint: nothing was changed in any cluster")
	for _, c := range all {
		if there := ours(t, c); len(there) > 0 {
			t.Errorf("%s: something was written: %v", c.Name, there)
		}
	}
	w.writable(t)
	got = asReadOnlyUser("render", "--apply", "--pin", "--dry-run=server")
	got.wantCode(t, 3)
	got.wantSaid(t, "east: recorded its UID in .kubectl-mesh/state.yaml\n", "west: recorded its UID in .kubectl-mesh/state.yaml\n")
}

// keysOf are the fields of an object, sorted.
func keysOf(t *testing.T, object any) string {
	t.Helper()
	fields, is := object.(map[string]any)
	if !is {
		t.Fatalf("no object: %v", object)
	}
	return strings.Join(slices.Sorted(maps.Keys(fields)), " ")
}

func testReportDry(t *testing.T, w workspace, all []*clusters.Cluster) {
	got := w.run(t, "render", "--apply", "--dry-run=server", "-o", "json")
	got.wantCode(t, 3)
	if n := strings.Count(got.stdout, `"notChecked": "namespace istio-system does not exist yet"`); n != 8 {
		t.Errorf("not checked for want of the namespace: got %d objects, want 8:\n%s", n, got.stdout)
	}
	if strings.Contains(got.stdout, "created") || !strings.Contains(got.stdout, `"dryRun": true`) {
		t.Errorf("stdout:\n%s", got.stdout)
	}
	if east := got.applied(t)["east"]; east.count("create") != 8 || len(east.Changes) != 8 {
		t.Errorf("got %+v", east)
	}
	for _, c := range all {
		if there := ours(t, c); len(there) > 0 {
			t.Errorf("%s: something was written: %v", c.Name, there)
		}
	}
}

// testReportNew pins the names of the fields: programs read them.
func testReportNew(t *testing.T, w workspace) {
	got := w.mustRun(t, "render", "--apply", "-o", "json")
	if strings.Contains(got.stdout+got.stderr, "eyJ") {
		t.Error("a token is shown")
	}
	var report struct {
		Clusters []map[string]any `json:"clusters"`
	}
	var top map[string]any
	if err := json.Unmarshal([]byte(got.stdout), &report); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(got.stdout), &top); err != nil {
		t.Fatal(err)
	}
	if keys := keysOf(t, top); keys != "apiVersion clusters dryRun kind reviewed" {
		t.Errorf("fields: got %s", keys)
	}
	if len(report.Clusters) != 2 || report.Clusters[0]["cluster"] != "east" || report.Clusters[1]["cluster"] != "west" {
		t.Fatalf("clusters: got %v", report.Clusters)
	}
	if keys := keysOf(t, report.Clusters[0]); keys != "changes cluster" {
		t.Errorf("fields of a cluster: got %s", keys)
	}
	changes, _ := report.Clusters[0]["changes"].([]any)
	if len(changes) != 8 {
		t.Fatalf("changes: got %v", changes)
	}
	if keys := keysOf(t, changes[7]); keys != "action apiServer apiVersion kind name namespace" {
		t.Errorf("fields of a change: got %s", keys)
	}
	if last, _ := changes[7].(map[string]any); last["name"] != "istio-remote-secret-west" || last["action"] != "create" || last["kind"] != "Secret" {
		t.Errorf("the last change: got %v", last)
	}
}

// testReportChange: a label of one object is not as it should be.
func testReportChange(t *testing.T, w workspace, east *clusters.Cluster) {
	accounts := client(t, east).CoreV1().ServiceAccounts(istioNamespace)
	account, err := accounts.Get(t.Context(), "mesh-reader-west", metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	delete(account.Labels, "app.kubernetes.io/managed-by")
	must(t)(accounts.Update(t.Context(), account, metav1.UpdateOptions{FieldManager: "somebody"}))
	before := ours(t, east)
	got := w.mustRun(t, "render", "--apply", "--dry-run=server", "-o", "json")
	got.wantSaid(t, "east: 0 to create, 1 to change, 7 unchanged\n")
	if applied := got.applied(t)["east"]; applied.count("configure") != 1 {
		t.Errorf("got %+v", applied)
	}
	if after := ours(t, east); !maps.Equal(after, before) {
		t.Error("a dry run has changed something")
	}
	w.mustRun(t, "render", "--apply").wantSaid(t, "east: 0 created, 1 changed, 7 unchanged\n")
}

// testReportRest: west leaves the mesh, and somebody else's secret is in the way.
func testReportRest(t *testing.T, w workspace, east *clusters.Cluster) {
	unmanaged := &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Name: "old", Labels: map[string]string{
		"istio/multiCluster": "true", "istio.io/owned-by": "mesh.googleapis.com"}}, StringData: map[string]string{"old": "x"}}
	must(t)(client(t, east).CoreV1().Secrets(istioNamespace).Create(t.Context(), unmanaged, metav1.CreateOptions{}))
	w.writeMesh(t, "- {name: east, context: admin@east}")
	got := w.mustRun(t, "render", "--apply", "--prune", "-o", "json")
	var report struct {
		Clusters []struct {
			Removed, Unmanaged []map[string]any
		}
	}
	if err := json.Unmarshal([]byte(got.stdout), &report); err != nil {
		t.Fatal(err)
	}
	if one := report.Clusters[0]; len(one.Removed) != 7 || keysOf(t, one.Removed[0]) != "apiVersion kind name namespace uid" {
		t.Errorf("removed: got %v", one.Removed)
	}
	if one := report.Clusters[0]; len(one.Unmanaged) != 1 || keysOf(t, one.Unmanaged[0]) != "apiVersion clusters createdByGoogle kind name namespace" {
		t.Errorf("unmanaged: got %v", one.Unmanaged)
	}
}
