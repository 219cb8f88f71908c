package sealing_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	kjson "sigs.k8s.io/json"
	"sigs.k8s.io/yaml"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/manifest"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/sealing"
)

// FuzzParse: what is taken is encrypted; it is rendered as a text that is taken again as the same thing; and
// Kubernetes reads in the file what is rendered of it. No error repeats a value.
func FuzzParse(f *testing.F) {
	marker := strings.Repeat("SECRET", 12) // longer than a key that an error shows
	for _, holder := range []holder{newHolder(f), newController(f)} {
		for _, secret := range []sealing.Secret{remote(f, nil), cacerts(f)} {
			sealed := holder.seal(f, secret, "")
			f.Add([]byte(sealed))
			f.Add([]byte(strings.ReplaceAll(sealed, "\n", "\r\n")))
			f.Add([]byte(strings.Replace(sealed, "metadata:", "Metadata: {a: "+marker+"}\nmetadata:", 1)))
		}
	}
	f.Add([]byte("apiVersion: v1\nkind: Secret\nstringData: {a: " + marker + "}\nsops: {x: y}\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		file, err := sealing.Parse(text)
		if err != nil {
			if strings.Contains(err.Error(), marker) {
				t.Errorf("it repeats a value: %v", err)
			}
			return
		}
		rendered, err := manifest.Encode(file.Object())
		if err != nil {
			t.Fatal(err)
		}
		again, err := sealing.Parse(rendered)
		if err != nil {
			t.Fatalf("what is rendered is refused: %v\n%s", err, rendered)
		}
		if diff := cmp.Diff(file.Description(), again.Description()); diff != "" || file.Name != again.Name || file.Namespace != again.Namespace {
			t.Errorf("what is rendered says something else:\n%s", diff)
		}
		if diff := cmp.Diff(tree(t, text), tree(t, rendered)); diff != "" {
			t.Errorf("Kubernetes reads something else in the file than in what is rendered of it:\n%s", diff)
		}
		for _, value := range values(tree(t, rendered)) {
			if !strings.HasPrefix(value, "ENC[") && strings.Trim(value, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=") != "" {
				t.Errorf("a value is plain")
			}
		}
	})
}

// tree is what the strict decoder of Kubernetes makes of a text, apart from what says nothing: null, empty
// maps, and the key services of sops without keys.
func tree(t *testing.T, text []byte) map[string]any {
	t.Helper()
	document, err := yaml.YAMLToJSONStrict(text)
	if err != nil {
		t.Fatal(err)
	}
	var object map[string]any
	if found, err := kjson.UnmarshalStrict(document, &object); err != nil || len(found) > 0 {
		t.Fatal(err, found)
	}
	prune(object)
	return object
}

func prune(object map[string]any) {
	for name, value := range object {
		switch value := value.(type) {
		case map[string]any:
			prune(value)
			if len(value) == 0 {
				delete(object, name)
			}
		case []any:
			if len(value) == 0 {
				delete(object, name)
			}
		case nil:
			delete(object, name)
		case string:
			if name == "type" && value == "" {
				delete(object, name)
			}
		}
	}
}

// values of the Secret, encrypted.
func values(object map[string]any) []string {
	section, _ := object["stringData"].(map[string]any)
	if spec, ok := object["spec"].(map[string]any); ok {
		section, _ = spec["encryptedData"].(map[string]any)
	}
	var all []string
	for _, value := range section {
		text, _ := value.(string)
		all = append(all, text)
	}
	return all
}
