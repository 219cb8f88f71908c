package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"

	"github.com/kubectl-mesh/kubectl-mesh/test/e2e/clusters"
)

// gated is a workspace whose facts are known, with the context of one cluster through a gate.
func gated(t *testing.T, all []*clusters.Cluster, behind *clusters.Cluster, before int) (workspace, *gate) {
	t.Helper()
	w := newWorkspace(t, all)
	w.mustRun(t, "collect", "--token=skip")
	g := newGate(t, behind, before)
	config := clientcmdapi.NewConfig()
	for _, c := range all {
		c.AddTo(config, "admin@"+c.Name)
	}
	g.lead(config, "admin@"+behind.Name)
	w.writeKubeconfig(t, config)
	return w, g
}

// ungate has every context lead straight to its cluster.
func (w workspace) ungate(t *testing.T, all []*clusters.Cluster) {
	t.Helper()
	config := clientcmdapi.NewConfig()
	for _, c := range all {
		c.AddTo(config, "admin@"+c.Name)
	}
	w.writeKubeconfig(t, config)
}

// objectsOf are the objects of the mesh in a cluster, by kind and name.
func objectsOf(t *testing.T, c *clusters.Cluster) map[string]unstructured.Unstructured {
	t.Helper()
	const namespaced, rbac = "/namespaces/istio-system/", "/apis/rbac.authorization.k8s.io/v1"
	found := map[string]unstructured.Unstructured{}
	for _, path := range []string{
		"/api/v1/namespaces", "/api/v1" + namespaced + "secrets", "/api/v1" + namespaced + "serviceaccounts",
		rbac + "/clusterroles", rbac + "/clusterrolebindings", rbac + namespaced + "roles", rbac + namespaced + "rolebindings",
	} {
		request := client(t, c).RESTClient().Get().AbsPath(path).Param("labelSelector", "kubectl-mesh.dev/mesh=shop")
		text, err := request.Do(t.Context()).Raw()
		if err != nil {
			t.Fatal(err)
		}
		var list unstructured.UnstructuredList
		if err := list.UnmarshalJSON(text); err != nil {
			t.Fatal(err)
		}
		for _, object := range list.Items {
			found[strings.TrimSuffix(list.GetKind(), "List")+" "+object.GetName()] = object
		}
	}
	return found
}

// ours are the objects of the mesh in a cluster, by kind and name, with their resource versions.
func ours(t *testing.T, c *clusters.Cluster) map[string]string {
	t.Helper()
	found := map[string]string{}
	for name, object := range objectsOf(t, c) {
		found[name] = object.GetResourceVersion()
	}
	return found
}

// inventory are the objects that the mesh says are its own in a cluster, by kind and name, with their UIDs.
func inventory(t *testing.T, c *clusters.Cluster) map[string]string {
	t.Helper()
	object, err := client(t, c).CoreV1().ConfigMaps(istioNamespace).Get(t.Context(), "mesh-inventory-shop", metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	var entries []struct{ Kind, Name, UID string }
	if err := json.Unmarshal([]byte(object.Data["objects"]), &entries); err != nil {
		t.Fatal(err)
	}
	found := map[string]string{}
	for _, entry := range entries {
		found[entry.Kind+" "+entry.Name] = entry.UID
	}
	return found
}

// wantKnown: whatever there is of the mesh is in its inventory, or nobody would ever remove it.
func wantKnown(t *testing.T, c *clusters.Cluster) {
	t.Helper()
	known := inventory(t, c)
	for name := range ours(t, c) {
		if _, there := known[name]; !there {
			t.Errorf("%s: %s is not in the inventory", c.Name, name)
		}
	}
}

// wantRecovered runs apply to the end, which finds some objects as they are to be, and once more, which must find
// nothing to do.
func (w workspace) wantRecovered(t *testing.T, all []*clusters.Cluster, unchanged map[string]int) {
	t.Helper()
	const objects = 13
	got := w.mustRun(t, "render", "--apply")
	for name, n := range unchanged {
		got.wantSaid(t, fmt.Sprintf("%s: %d created, 0 changed, %d unchanged\n", name, objects-n, n))
	}
	var before []map[string]string
	for _, c := range all {
		before = append(before, ours(t, c))
		wantKnown(t, c)
		for name, uid := range inventory(t, c) {
			if uid == "" {
				t.Errorf("%s: the inventory does not have the UID of %s", c.Name, name)
			}
		}
	}
	got = w.mustRun(t, "render", "--apply")
	for i, c := range all {
		got.wantSaid(t, c.Name+": 0 created, 0 changed, 13 unchanged\n")
		if after := ours(t, c); !maps.Equal(after, before[i]) || len(after) != objects {
			t.Errorf("%s: the third run has changed something: got %v, want %v", c.Name, after, before[i])
		}
	}
}

// report is the output of render --apply -o json.
type applyReport struct {
	DryRun   *bool
	Clusters []clusterApplied
}

type clusterApplied struct {
	Cluster    string
	Changes    []struct{ APIVersion, Kind, Namespace, Name, Action string }
	NotApplied []struct{ APIVersion, Kind, Namespace, Name string }
	Error      string
}

func (o outcome) applied(t *testing.T) map[string]clusterApplied {
	t.Helper()
	var r applyReport
	if err := json.Unmarshal([]byte(o.stdout), &r); err != nil || r.DryRun == nil {
		t.Fatalf("stdout is no report: %v\n%s%s", err, o.stdout, o.stderr)
	}
	by := map[string]clusterApplied{}
	for _, c := range r.Clusters {
		by[c.Cluster] = c
	}
	return by
}

// count the changes of an action.
func (c clusterApplied) count(action string) int {
	n := 0
	for _, change := range c.Changes {
		if change.Action == action {
			n++
		}
	}
	return n
}

// TestApplyKilled has an API server killed when its cluster has its namespace, the inventory, and 3 of its objects.
func TestApplyKilled(t *testing.T) {
	all := clusters.Start(t, "east", "north", "west")
	w, g := gated(t, all, all[1], 5)
	done := g.kill(all[1])
	got := w.run(t, "render", "--apply", "-o", "json")
	<-done
	got.wantCode(t, 1)
	t.Log(got.stderr)
	if n := strings.Count(got.stderr, "error: north: "); n != 1 {
		t.Errorf("errors of north: got %d, want 1:\n%s", n, got.stderr)
	}
	got.wantSaid(t, "error: north: apply ",
		"\nhint: run the same command again when this works: kubectl --context=admin@north version; completed changes are kept\n",
		"north: 4 created, 0 changed, 0 unchanged, then stopped: 9 not applied\n",
		"east: 12 created, 0 changed, 0 unchanged, then stopped: 1 not applied\n",
		"west: 12 created, 0 changed, 0 unchanged, then stopped: 1 not applied\n",
		"error: east: get the token of east for north: ", "hint: fix north, and run the same command again\n")
	report := got.applied(t)
	if north := report["north"]; north.count("create") != 4 || len(north.NotApplied) != 9 || north.Error == "" {
		t.Errorf("report of north: %+v", north)
	}
	if left := report["east"].NotApplied; len(left) != 1 || left[0].Name != "istio-remote-secret-north" {
		t.Errorf("east: left: %+v", left)
	}

	all[1].Restart(t)
	w.ungate(t, all)
	there := ours(t, all[1])
	for _, change := range report["north"].Changes {
		if _, found := there[change.Kind+" "+change.Name]; !found {
			t.Errorf("north: %s %s was reported and does not exist", change.Kind, change.Name)
		}
	}
	wantKnown(t, all[1])
	w.wantRecovered(t, all, map[string]int{"east": 12, "north": len(there), "west": 12})
}

// TestApplyKilledAtOnce has it killed before anything was written.
func TestApplyKilledAtOnce(t *testing.T) {
	all := clusters.Start(t, "east", "west")
	w, g := gated(t, all, all[1], 0)
	done := g.kill(all[1])
	got := w.run(t, "render", "--apply")
	<-done
	got.wantCode(t, 1)
	got.wantSaid(t, "west: 0 created, 0 changed, 0 unchanged, then stopped: 8 not applied\n", "error: west: apply Namespace istio-system: ")
	all[1].Restart(t)
	w.ungate(t, all)
	if there := ours(t, all[1]); len(there) != 0 {
		t.Errorf("west: got %v, want nothing", there)
	}
	w.mustRun(t, "render", "--apply")
	w.mustRun(t, "render", "--apply").wantSaid(t, "east: 0 created, 0 changed, 8 unchanged\n", "west: 0 created, 0 changed, 8 unchanged\n")
}

// TestApplyRefused has a cluster refuse its readers: nobody waits for tokens that cannot come any more.
func TestApplyRefused(t *testing.T) {
	all := clusters.Start(t, "east", "north", "west")
	w := newWorkspace(t, all)
	w.mustRun(t, "collect", "--token=skip")
	applyObjects(t, all[1], `
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: {name: no-readers}
spec:
  failurePolicy: Fail
  matchConstraints:
    resourceRules: [{apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [serviceaccounts]}]
  validations: [{expression: "!object.metadata.name.startsWith('mesh-reader')"}]
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: {name: no-readers}
spec: {policyName: no-readers, validationActions: [Deny]}
`)
	reader := &corev1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{Name: "mesh-reader-x"}}
	eventually(t, "the policy is in force", func(ctx context.Context) bool {
		_, err := client(t, all[1]).CoreV1().ServiceAccounts("default").Create(ctx, reader, metav1.CreateOptions{DryRun: []string{metav1.DryRunAll}})
		return err != nil
	})
	began := time.Now()
	got := w.run(t, "render", "--apply")
	got.wantCode(t, 1)
	if took := time.Since(began); took > 30*time.Second { // a token that is to come is waited for longer
		t.Errorf("it took %s", took)
	}
	got.wantSaid(t, "error: north: apply ServiceAccount istio-system/mesh-reader-east: ", "denied request",
		"north: 1 created, 0 changed, 0 unchanged, then stopped: 12 not applied\n",
		"east: 12 created, 0 changed, 0 unchanged, then stopped: 1 not applied\n",
		`error: east: get the token of east for north: read token secret: secrets "mesh-reader-east-token-1" not found`,
		"hint: fix north, and run the same command again\n")
	kube := client(t, all[1]).AdmissionregistrationV1()
	if err := kube.ValidatingAdmissionPolicyBindings().Delete(t.Context(), "no-readers", metav1.DeleteOptions{}); err != nil { // as the hint says
		t.Fatal(err)
	}
	eventually(t, "the policy is gone", func(ctx context.Context) bool {
		_, err := client(t, all[1]).CoreV1().ServiceAccounts("default").Create(ctx, reader, metav1.CreateOptions{DryRun: []string{metav1.DryRunAll}})
		return err == nil
	})
	w.wantRecovered(t, all, map[string]int{"east": 12, "north": 1, "west": 12})
}
