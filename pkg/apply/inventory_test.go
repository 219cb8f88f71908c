package apply

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
)

func secret(name string) Ref {
	return Ref{APIVersion: "v1", Kind: "Secret", Namespace: "istio-system", Name: name}
}

func live(uid string) *unstructured.Unstructured {
	object := &unstructured.Unstructured{Object: map[string]any{}}
	object.SetUID(types.UID(uid))
	return object
}

func TestParse(t *testing.T) {
	session := (&Client{}).Session(shop())
	const remedy = "delete it; the next --apply writes a new one, then delete objects that are no longer in the mesh by hand"
	for name, test := range map[string]struct {
		data map[string]any
		want *inventory
		err  []hint.Problem
	}{
		"nothing":   {want: &inventory{}},
		"of before": {data: map[string]any{"objects": "null"}, want: &inventory{}},
		"an entry": {
			data: map[string]any{"objects": `[{"apiVersion": "v1", "kind": "Secret", "namespace": "istio-system", "name": "a", "uid": "1"}]`},
			want: &inventory{entries: []Entry{{Ref: secret("a"), UID: "1"}}}},
		"work that is due": {
			data: map[string]any{"objects": "[]", "due": `[{"name":"restart","detail":{"a":1}}]`},
			want: &inventory{entries: []Entry{}, due: []Task{{Name: "restart", Detail: []byte(`{"a":1}`)}}}},
		"no entries": {data: map[string]any{"objects": "{}"}, err: []hint.Problem{{
			Text: "read objects in inventory ConfigMap istio-system/mesh-inventory-shop: " +
				"json: cannot unmarshal object into Go value of type []apply.Entry",
			Remedies: []string{remedy}}}},
		"no work": {data: map[string]any{"due": "7"}, err: []hint.Problem{{
			Text: "read due in inventory ConfigMap istio-system/mesh-inventory-shop: " +
				"json: cannot unmarshal number into Go value of type []apply.Task",
			Remedies: []string{remedy}}}},
		"no text": {data: map[string]any{"objects": 7}, err: []hint.Problem{{
			Text: "read objects in inventory ConfigMap istio-system/mesh-inventory-shop: " +
				".data.objects accessor error: 7 is of the type int, expected string",
			Remedies: []string{remedy}}}},
	} {
		t.Run(name, func(t *testing.T) {
			object := &unstructured.Unstructured{Object: map[string]any{}}
			if test.data != nil {
				object.Object["data"] = test.data
			}
			got, err := session.parse(object)
			diff := cmp.Diff(test.want, got, cmp.AllowUnexported(inventory{})) + cmp.Diff(test.err, hint.List(err))
			if diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}
