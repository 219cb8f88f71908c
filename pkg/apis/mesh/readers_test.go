package mesh_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	yamlv3 "go.yaml.in/yaml/v3"
	kjson "sigs.k8s.io/json"
	"sigs.k8s.io/yaml"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
)

// FuzzReaders: a mesh without problems means the same to a reader of YAML 1.2, which edits facts files and
// places problems, to a decoder that folds case, and to the one of Kubernetes.
func FuzzReaders(f *testing.F) {
	addReaderSeeds(f)
	f.Fuzz(func(t *testing.T, text string) {
		if _, problems := read(text, nil); len(problems) > 0 {
			return
		}
		document, err := yaml.YAMLToJSONStrict([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		var want, folding, newer v1alpha1.Mesh
		if found, err := kjson.UnmarshalStrict(document, &want); err != nil || len(found) > 0 {
			t.Fatal(err, found)
		}
		if err := json.Unmarshal(document, &folding); err != nil {
			t.Errorf("encoding/json: %v", err)
		}
		var tree map[string]any
		err = yamlv3.Unmarshal([]byte(text), &tree)
		if err == nil {
			document, err = json.Marshal(tree)
		}
		if err == nil {
			err = json.Unmarshal(document, &newer)
		}
		if err != nil {
			t.Errorf("YAML 1.2: %v in %q", err, text)
		}
		for who, got := range map[string]v1alpha1.Mesh{"encoding/json": folding, "YAML 1.2": newer} {
			if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("%s reads %q otherwise:\n%s", who, text, diff)
			}
		}
	})
}

func addReaderSeeds(f *testing.F) {
	f.Helper()
	f.Add(everything)
	for _, text := range []string{"gateway: {annotations: {\"on\": \"1\"}}", "gateway: {annotations: {a: b, <<: {c: d}}}", "network: \"010\"", "network: a\n    gke: {private: True}", "podCIDRs: [10.8.0.0/14]", "readerGenerations: {a: [1]}"} {
		f.Add(small + "    " + text + "\n")
	}
}
