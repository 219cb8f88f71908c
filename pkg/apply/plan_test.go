package apply

import (
	"context"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/client-go/applyconfigurations/admissionregistration/v1"
	corev1 "k8s.io/client-go/applyconfigurations/core/v1"

	"github.com/kubectl-mesh/kubectl-mesh/internal/testutil/fakeapi"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/render"
)

// TestPlan says what happens to each object, and changes nothing.
func TestPlan(t *testing.T) {
	server := newCluster(t)
	rollOut(t, begin(t, server), configMap("same", "1"), configMap("other", "1"), configMap("fewer", "1"))
	server.Remove("configmaps", "istio-system/mesh-inventory-shop")
	server.Changes()
	got := plan(t, begin(t, server), account("new"), configMap("same", "1"), configMap("other", "2"),
		corev1.ConfigMap("fewer", namespace).WithLabels(shop().Labels))
	want := []string{"create ServiceAccount istio-system/new", "unchanged ConfigMap istio-system/same",
		"configure ConfigMap istio-system/other", "configure ConfigMap istio-system/fewer"}
	if diff := cmp.Diff(want, refs(got)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got[0].Live != nil || got[0].Merged == nil || got[2].Live == nil || got[2].Merged == nil {
		t.Errorf("live and merged: %v", got)
	}
	if _, left := got[3].Merged.Object["data"]; left {
		t.Errorf("a field that is sent no more stays: %v", got[3].Merged.Object)
	}
	if changes := server.Changes(); len(changes) > 0 {
		t.Errorf("changed: %v", changes)
	}
}

// TestPlanOwnership: values that are right already and that another manager owns become those of two.
func TestPlanOwnership(t *testing.T) {
	server := newCluster(t)
	server.Apply("helm", "{apiVersion: v1, kind: ConfigMap, metadata: {namespace: istio-system, name: options, "+labels+"}, data: {a: '1'}}")
	s := begin(t, server)
	changes := plan(t, s, configMap("options", "1"))
	if changes[0].Action != ActionConfigure {
		t.Errorf("got %v, want it to be configured the first time", changes[0].Action)
	}
	if _, err := s.Apply(t.Context(), changes); err != nil {
		t.Fatal(err)
	}
	if again := plan(t, s, configMap("options", "1")); again[0].Action != ActionUnchanged {
		t.Errorf("got %v, want it unchanged after that", again[0].Action)
	}
}

// TestPlanConflicts: all conflicts are found at once, with their fields and owners.
func TestPlanConflicts(t *testing.T) {
	server := newCluster(t)
	for _, name := range []string{"one", "two"} {
		server.Apply("helm", "{apiVersion: v1, kind: ConfigMap, metadata: {namespace: istio-system, name: "+name+"}, data: {a: theirs}}")
	}
	objects := []render.Object{configMap("one", "ours"), account("free"), configMap("two", "ours")}
	_, err := begin(t, server).Plan(t.Context(), objects)
	const remedy = "change the field where its owner sets it, or take ownership with --force-conflicts"
	want := []hint.Problem{
		{Text: "ConfigMap istio-system/one: 1 field conflict\n  .data.a: conflict with \"helm\"", Remedies: []string{remedy}},
		{Text: "ConfigMap istio-system/two: 1 field conflict\n  .data.a: conflict with \"helm\"", Remedies: []string{remedy}},
	}
	if diff := cmp.Diff(want, hint.List(err)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(want, hint.List(Conflicts(errors.Join(errors.New("other"), err)))); diff != "" {
		t.Errorf("conflicts alone (-want +got):\n%s", diff)
	}
}

// TestPlanForce takes ownership, and says so by no conflict.
func TestPlanForce(t *testing.T) {
	server := newCluster(t)
	server.Apply("helm", "{apiVersion: v1, kind: ConfigMap, metadata: {namespace: istio-system, name: one}, data: {a: theirs}}")
	s := begin(t, server)
	s.Force = true
	rollOut(t, s, configMap("one", "ours"))
	object := server.Get("configmaps", "istio-system/one")
	if value := object.Object["data"].(map[string]any)["a"]; value != "ours" {
		t.Errorf("got %v", value)
	}
}

// TestPlanOfASecret: another manager's value of stringData is a conflict, although the API server keeps only data.
func TestPlanOfASecret(t *testing.T) {
	server := newCluster(t)
	server.Apply("external-secrets", "{apiVersion: v1, kind: Secret, metadata: {namespace: istio-system, name: s}, data: {token: dGhlaXJz}}")
	object := corev1.Secret("s", namespace).WithStringData(map[string]string{"token": "ours"})
	_, err := begin(t, server).Plan(t.Context(), []render.Object{object})
	want := "Secret istio-system/s: 1 field conflict\n  .data.token: conflict with \"external-secrets\""
	if said(err) != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

// TestPlanWithoutNamespace: what comes into a namespace that comes too cannot be asked about, and is to be created.
func TestPlanWithoutNamespace(t *testing.T) {
	server := fakeapi.New(t, "uid-east")
	got := plan(t, begin(t, server), corev1.Namespace(namespace), account("new"))
	if got[0].NotChecked != "" || got[1].NotChecked != "namespace istio-system does not exist yet" || got[1].Action != ActionCreate {
		t.Errorf("got %+v", got)
	}
	want := []string{"get namespaces istio-system", "dry-run apply namespaces istio-system"}
	if diff := cmp.Diff(want, server.Requests()); diff != "" {
		t.Errorf("asked (-want +got):\n%s", diff)
	}
}

// TestPlanMissingKinds: they are said once, beside a plan of the rest, and beside every other problem.
func TestPlanMissingKinds(t *testing.T) {
	server := newCluster(t)
	server.Lacks = []string{"validatingadmissionpolicies", "validatingadmissionpolicybindings"}
	objects := []render.Object{v1.ValidatingAdmissionPolicy("p"), v1.ValidatingAdmissionPolicyBinding("p"), account("new")}
	changes, err := begin(t, server).Plan(t.Context(), objects)
	const want = "the cluster has no kind ValidatingAdmissionPolicy of admissionregistration.k8s.io/v1, " +
		"ValidatingAdmissionPolicyBinding of admissionregistration.k8s.io/v1"
	if missing, only := OnlyMissingKinds(err); !only || missing.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	if got := changes[0].NotChecked; got != "the cluster has no kind ValidatingAdmissionPolicy of admissionregistration.k8s.io/v1" {
		t.Errorf("the policy: %q", got)
	}
	if changes[2].NotChecked != "" || changes[2].Merged == nil {
		t.Errorf("the account was not planned: %+v", changes[2])
	}
	server.On(apierrors.NewInternalError(errors.New("etcd is gone")), "get serviceaccounts istio-system/new")
	_, err = begin(t, server).Plan(t.Context(), objects)
	if _, only := OnlyMissingKinds(err); only || err.Error() != "read ServiceAccount istio-system/new: Internal error occurred: etcd is gone\n"+want {
		t.Errorf("with another problem: got %v", err)
	}
}

// TestPlanErrors are those of every object, each with its name.
func TestPlanErrors(t *testing.T) {
	server := newCluster(t)
	refuse := apierrors.NewForbidden(configMapResource(), "x", errors.New("no"))
	server.On(refuse, "get configmaps istio-system/one", "dry-run apply configmaps istio-system/two")
	_, err := begin(t, server).Plan(t.Context(), []render.Object{configMap("one", "1"), configMap("two", "1"), account("new")})
	want := "read ConfigMap istio-system/one: configmaps \"x\" is forbidden: no\napply ConfigMap istio-system/two: configmaps \"x\" is forbidden: no"
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

// TestPlanInterrupted says that alone, and begins no more.
func TestPlanInterrupted(t *testing.T) {
	server := newCluster(t)
	ctx, cancel := context.WithCancel(t.Context())
	server.Intercept(func(request fakeapi.Request) any { cancel(); return nil })
	var objects []render.Object
	for _, name := range []string{"a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"} {
		objects = append(objects, configMap(name, "1"))
	}
	changes, err := begin(t, server).Plan(ctx, objects)
	if !errors.Is(err, context.Canceled) || len(hint.Split(err)) != 1 || changes != nil {
		t.Errorf("got %v, %v", changes, err)
	}
	if asked := server.Requests(); len(asked) > maxRequests {
		t.Errorf("asked for %d", len(asked))
	}
}

// TestPlanTakesOverAPipe: what a pipe into kubectl applied becomes ours, the copy of the object with it, and a field that
// the mesh has no more goes.
func TestPlanTakesOverAPipe(t *testing.T) {
	for name, pipe := range map[string]func(*fakeapi.Server, string){
		"kubectl apply --server-side": func(s *fakeapi.Server, text string) { s.Apply("kubectl", text) },
		"kubectl apply":               func(s *fakeapi.Server, text string) { s.Create("kubectl-client-side-apply", text) },
	} {
		server := newCluster(t)
		pipe(server, "{apiVersion: v1, kind: ConfigMap, metadata: {namespace: istio-system, name: options, "+labels+
			", annotations: {kubectl.kubernetes.io/last-applied-configuration: '{}'}}, data: {a: piped, old: x}}")
		s := begin(t, server)
		changes := plan(t, s, configMap("options", "ours"))
		if changes[0].Action != ActionConfigure {
			t.Errorf("%s: got %s", name, changes[0].Action)
		}
		if _, err := s.Apply(t.Context(), changes); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		object := server.Get("configmaps", "istio-system/options")
		if diff := cmp.Diff(map[string]any{"a": "ours"}, object.Object["data"]); diff != "" {
			t.Errorf("%s: data (-want +got):\n%s", name, diff)
		}
		for _, entry := range object.GetManagedFields() {
			if entry.Manager != FieldManager {
				t.Errorf("%s: %s still owns %s", name, entry.Manager, entry.FieldsV1.GetRawString())
			}
		}
		if again := plan(t, s, configMap("options", "ours")); again[0].Action != ActionUnchanged {
			t.Errorf("%s: a second time: %s", name, again[0].Action)
		}
	}
}

// TestPlanDoesNotTakeOver fields of another manager beside the pipe: that is a conflict, of both.
func TestPlanDoesNotTakeOver(t *testing.T) {
	server := newCluster(t)
	server.Apply("kubectl", "{apiVersion: v1, kind: ConfigMap, metadata: {namespace: istio-system, name: options, "+labels+"}, data: {a: piped}}")
	server.Apply("helm", "{apiVersion: v1, kind: ConfigMap, metadata: {namespace: istio-system, name: options}, data: {b: theirs}}")
	object := corev1.ConfigMap("options", namespace).WithLabels(shop().Labels).WithData(map[string]string{"a": "ours", "b": "ours"})
	_, err := begin(t, server).Plan(t.Context(), []render.Object{object})
	want := "ConfigMap istio-system/options: 2 field conflicts\n  .data.a: conflict with \"kubectl\"\n  .data.b: conflict with \"helm\""
	if said(err) != want {
		t.Errorf("got %v, want %s", err, want)
	}
}
