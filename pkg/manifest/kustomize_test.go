package manifest

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/kustomize/api/provider"
	"sigs.k8s.io/kustomize/api/resmap"
)

// What kustomize reads from our text it prints as our text.
func TestKustomizePrintsTheSame(t *testing.T) {
	var docs [][]byte
	for _, obj := range []any{serviceAccount(), roleBinding(), role(), secret(), gateway(), service()} {
		doc, err := Encode(obj)
		if err != nil {
			t.Fatal(err)
		}
		docs = append(docs, doc)
	}
	stream := AppendStream(nil, docs...)
	factory := resmap.NewFactory(provider.NewDefaultDepProvider().GetResourceFactory())
	resources, err := factory.NewResMapFromBytes(stream)
	if err != nil {
		t.Fatal(err)
	}
	printed, err := resources.AsYaml()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(stream), string(printed)); diff != "" {
		t.Errorf("kustomize prints (-ours +theirs):\n%s", diff)
	}
}
