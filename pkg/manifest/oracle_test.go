package manifest

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"
)

// library returns what Encode has to return.
func library(obj any) ([]byte, error) {
	text, err := json.Marshal(obj)
	if err != nil {
		return nil, err
	}
	return yaml.JSONToYAML(text)
}

// checkSame compares Encode with the library, errors included.
func checkSame(t *testing.T, obj any) {
	t.Helper()
	want, wantErr := library(obj)
	got, err := Encode(obj)
	if (err != nil) != (wantErr != nil) {
		t.Fatalf("error %v, the library has %v, for %#v", err, wantErr, obj)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Fatalf("differs from the library (-want +got), for %#v:\n%s", obj, diff)
	}
}

// checkFast fails if the library is needed for the whole object.
func checkFast(t *testing.T, obj any) {
	t.Helper()
	checkSame(t, obj)
	if _, ok := encodeFast(obj); !ok {
		t.Errorf("%T is left to the library", obj)
	}
}
