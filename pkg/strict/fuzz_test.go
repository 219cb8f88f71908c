package strict_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"go.yaml.in/yaml/v3"
	kjson "sigs.k8s.io/json"
	kyaml "sigs.k8s.io/yaml"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/strict"
)

// FuzzYAML: what is taken means the same to Kubernetes (YAML 1.1, then its strict JSON decoder), to sops
// (YAML 1.2), and to encoding/json, which folds case; and encoded again it is taken again.
func FuzzYAML(f *testing.F) {
	for _, text := range []string{"kind: a\ncount: 1\n\"on\": true\nlabels: {a: b}\ndata: aGk=\nstanzas: [{enc: x}]\n", `{"kind": "yes", "template": {"enc": ""}}`,
		"kind: yes", "kind: ! off", "labels: {1: a, '1': b}", "kind: a\nKind: b\n", "kind: |\n  a\n ---\n", "kind: a b\n  c\n", "kind: 'a\n  b'", "kind: \"a\\\n  b\"",
		"kind: >\n  a\n  b\n\n c", "? kind\n: a", "kind: a #b", "kind: a#b", "kind: =", "kind: <<", "kind: 1:20", "labels: {a: , b}", "kind: \u00a0", "kind: 'a''b'", "labels: {\"a\\u0085\": b}"} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		var got object
		if strict.YAML(text, &got) != nil {
			return
		}
		same := func(who string, other object, err error) {
			t.Helper()
			if diff := cmp.Diff(got, other, cmpopts.EquateEmpty()); diff != "" || err != nil {
				t.Errorf("%s reads %q otherwise: %v\n%s", who, text, err, diff)
			}
		}
		var kubernetes, folding, sops, again object
		document, err := kyaml.YAMLToJSONStrict(text)
		if err == nil {
			var found []error
			if found, err = kjson.UnmarshalStrict(document, &kubernetes); len(found) > 0 {
				t.Errorf("Kubernetes finds in %q: %v", text, found)
			}
		}
		same("Kubernetes", kubernetes, err)
		same("encoding/json", folding, json.Unmarshal(document, &folding))
		var tree map[string]any
		err = yaml.Unmarshal([]byte(strings.TrimPrefix(string(text), "\ufeff")), &tree)
		if err == nil {
			document, err = json.Marshal(tree)
		}
		if err == nil {
			err = json.Unmarshal(document, &sops)
		}
		same("sops", sops, err)
		encoded, err := kyaml.Marshal(got)
		if err == nil {
			err = strict.YAML(encoded, &again)
		}
		same("this package, encoded again,", again, err)
	})
}

// FuzzJSON: what is taken with every field known means the same to a decoder that folds case.
func FuzzJSON(f *testing.F) {
	for _, text := range []string{`{"kind": "a", "labels": {"a": "b"}}`, `{"Kind": "a"}`, `{"kind": "a", "\u212aind": "b"}`, `{"labels": {"a": "1", "a": "2"}}`, `null`, `{"data": "aGk="}`} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		var got, folding, again object
		if strict.JSON(text, &got) != nil {
			return
		}
		if err := json.Unmarshal(text, &folding); err != nil || cmp.Diff(got, folding) != "" {
			t.Errorf("%q: %v\n%s", text, err, cmp.Diff(got, folding))
		}
		encoded, err := json.Marshal(got)
		if err == nil {
			err = strict.JSON(encoded, &again)
		}
		if err != nil {
			t.Errorf("%q, encoded again: %v", text, err)
		}
	})
}
