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

func TestParseOfAnInventory(t *testing.T) {
	inventory := Inventory{Mesh: "shop", Namespace: "istio-system"}
	for name, test := range map[string]struct {
		text string
		want []Entry
		err  []hint.Problem
	}{
		"nothing":  {},
		"an entry": {text: `[{"apiVersion": "v1", "kind": "Secret", "namespace": "istio-system", "name": "a", "uid": "1"}]`, want: []Entry{{secret("a"), "1"}}},
		"no entries": {text: `{}`, err: []hint.Problem{{
			Text:     "read inventory ConfigMap istio-system/mesh-inventory-shop: json: cannot unmarshal object into Go value of type []apply.Entry",
			Remedies: []string{"delete it; the next --apply writes it anew, and what the mesh no longer has must then be deleted by hand"},
		}}},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := inventory.parse(test.text)
			if diff := cmp.Diff(test.want, got) + cmp.Diff(test.err, hint.List(err)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestAnnounceKeepsWhatWasAndNamesWhatComes(t *testing.T) {
	before := []Entry{{secret("old"), "1"}, {secret("kept"), "2"}}
	plan := []Change{{Ref: secret("new")}, {Ref: secret("kept"), Live: live("2")}}
	want := []Entry{{secret("kept"), "2"}, {secret("new"), ""}, {secret("old"), "1"}}
	if diff := cmp.Diff(want, Announce(before, plan)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if before[0].Name != "old" {
		t.Error("the entries of before were changed")
	}
}

func TestSettleForgetsWhatWasPruned(t *testing.T) {
	announced := []Entry{{secret("kept"), "2"}, {secret("new"), ""}, {secret("old"), "1"}}
	made := []Change{{Ref: secret("new"), Merged: live("3")}}
	want := []Entry{{secret("kept"), "2"}, {secret("new"), "3"}}
	if diff := cmp.Diff(want, Settle(announced, made, []Entry{{secret("old"), "1"}})); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestNeverPruned(t *testing.T) {
	client := &Client{} // what is refused is refused without a question
	for name, ref := range map[string]Ref{
		"a Namespace is never removed":                {APIVersion: "v1", Kind: "Namespace", Name: "istio-system"},
		"a DaemonSet is never removed":                {APIVersion: "apps/v1", Kind: "DaemonSet", Namespace: "n", Name: "ztunnel"},
		"the signing certificate is never removed":    secret("cacerts"),
		"it has options of others":                    {APIVersion: "v1", Kind: "ConfigMap", Namespace: "istio-system", Name: "asm-options"},
		"a Secret is never removed":                   {APIVersion: "example.com/v1", Kind: "Secret", Name: "x"},
		"a CustomResourceDefinition is never removed": {APIVersion: "apiextensions.k8s.io/v1", Kind: "CustomResourceDefinition", Name: "x"},
	} {
		left := Leftover{Entry: Entry{Ref: ref, UID: "1"}}
		if err := client.inspect(t.Context(), &left, nil); err != nil || left.Keep != name {
			t.Errorf("%s: got %q, %v; want %q", ref, left.Keep, err, name)
		}
	}
}
