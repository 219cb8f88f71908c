package apply

import (
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"
)

func TestTakeover(t *testing.T) {
	const (
		ours   = "app.kubernetes.io/managed-by: kubectl-mesh, kubectl-mesh.dev/mesh: shop"
		owns   = "time: null, fieldsType: FieldsV1, fieldsV1: {'f:data': {'f:a': {}}}"
		pipe   = "{manager: kubectl, operation: Apply, apiVersion: v1, " + owns + "}"
		plain  = "{manager: kubectl-client-side-apply, operation: Update, apiVersion: v1, " + owns + "}"
		both   = pipe + ", {manager: kubectl-last-applied, operation: Apply, apiVersion: v1, fieldsType: FieldsV1, fieldsV1: {'f:data': {'f:a': {}}}}"
		flux   = "{manager: kustomize-controller, operation: Apply, apiVersion: v1, " + owns + "}"
		argo   = "{manager: argocd-controller, operation: Update, apiVersion: v1, " + owns + "}"
		helm   = "{manager: helm, operation: Update, apiVersion: v1, " + owns + "}"
		own    = "{manager: release-bot, operation: Apply, apiVersion: v1, " + owns + "}"
		edit   = "{manager: kubectl-edit, operation: Update, apiVersion: v1, " + owns + "}"
		status = "{manager: kubectl, operation: Apply, apiVersion: v1, subresource: status, " + owns + "}"
		update = "{manager: kubectl, operation: Update, apiVersion: v1, " + owns + "}"
		taken  = `{"op":"replace","path":"/metadata/managedFields","value":[{"manager":"mesh-cli","operation":"Apply","apiVersion":"v1",` +
			`"fieldsType":"FieldsV1","fieldsV1":{"f:data":{"f:a":{}}}}]}`
		version = `{"op":"replace","path":"/metadata/resourceVersion","value":"7"}`
		copied  = `{"op":"remove","path":"/metadata/annotations/kubectl.kubernetes.io~1last-applied-configuration"}`
	)
	const (
		copyOf = "kubectl.kubernetes.io/last-applied-configuration: "
		ofArgo = `{"op":"replace","path":"/metadata/managedFields","value":[{"manager":"argocd-controller","operation":"Update","apiVersion":"v1",` +
			`"fieldsType":"FieldsV1","fieldsV1":{"f:data":{"f:a":{}}}}]}`
		withValue = copyOf + `'{"stringData":{"a":"hush"}}'`
	)
	for _, test := range []struct{ name, kind, labels, managers, annotations, want string }{
		{name: "a pipe", labels: ours, managers: pipe, want: "[" + taken + "," + version + "]"},
		{name: "a pipe without --server-side", labels: ours, managers: plain, annotations: "kubectl.kubernetes.io/last-applied-configuration: '{}'",
			want: "[" + taken + "," + version + "," + copied + "]"},
		{name: "a pipe with --server-side after one without", labels: ours, managers: both, annotations: copyOf + "'{}'",
			want: "[" + taken + "," + version + "," + copied + "]"},
		{name: "Flux", labels: ours, managers: flux},
		{name: "Argo CD, which keeps a copy too", labels: ours, managers: argo, annotations: withValue},
		{name: "Argo CD, which keeps a copy of a Secret", kind: "Secret", labels: ours, managers: argo, annotations: withValue,
			want: "[" + ofArgo + "," + version + "," + copied + "]"},
		{name: "Argo CD, which keeps a copy of a Secret without values", kind: "Secret", labels: ours, managers: argo, annotations: copyOf + "'{}'"},
		{name: "Helm", labels: ours, managers: helm},
		{name: "a manager that people named", labels: ours, managers: own},
		{name: "a person who edits", labels: ours, managers: edit},
		{name: "another subresource", labels: ours, managers: status},
		{name: "kubectl, but no apply", labels: ours, managers: update},
		{name: "an object of nobody", managers: pipe},
		{name: "an object of another mesh", labels: "app.kubernetes.io/managed-by: kubectl-mesh, kubectl-mesh.dev/mesh: bank", managers: pipe},
		{name: "an object of Helm", labels: "app.kubernetes.io/managed-by: Helm, kubectl-mesh.dev/mesh: shop", managers: pipe},
	} {
		live := object(t, "metadata: {name: a, resourceVersion: '7', labels: {"+test.labels+"}, annotations: {"+test.annotations+"}, managedFields: ["+test.managers+"]}")
		if test.kind != "" {
			live.SetKind(test.kind)
		}
		got, err := takeover(live, object(t, "metadata: {name: a, labels: {"+ours+"}}"))
		if err != nil || string(got) != test.want {
			t.Errorf("%s: got %s and error %v, want %s", test.name, got, err, test.want)
		}
	}
	if got, err := takeover(nil, object(t, "metadata: {name: a}")); got != nil || err != nil {
		t.Errorf("no object: got %s and error %v", got, err)
	}
}

func TestConflictWithPipeAlone(t *testing.T) {
	for owner, want := range map[string]bool{
		`conflict with "kubectl"`: true, `conflict with "kubectl-client-side-apply" using v1`: true,
		`conflict with "kubectl-edit" using v1`: false, `conflict with "helm"`: false,
		`conflict with "kubectl" using v1`: false, `conflict with "kubectl" with subresource "status"`: false,
		`conflict with "kubectl-client-side-apply"`: false,
	} {
		conflict := Conflict{Fields: []FieldConflict{{Field: ".data.a", Owner: owner}}}
		if got := conflict.isWithPipeAlone(); got != want {
			t.Errorf("%s: got %t, want %t", owner, got, want)
		}
	}
}

func object(t *testing.T, text string) *unstructured.Unstructured {
	t.Helper()
	object := &unstructured.Unstructured{Object: map[string]any{}}
	if err := yaml.Unmarshal([]byte("apiVersion: v1\nkind: ConfigMap\n"+text), &object.Object); err != nil {
		t.Fatal(err)
	}
	return object
}
