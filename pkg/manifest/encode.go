// Package manifest encodes typed Kubernetes objects as YAML, byte for byte like kustomize. It imports only the standard
// library and sigs.k8s.io/yaml.
//
// The library's way to that text (object, JSON, a YAML parse of the JSON, YAML) costs tens of microseconds for an
// object of ten lines, and a mesh of many clusters has tens of thousands of them. This package walks the typed object
// once and writes the text directly. It supports the shape of manifests and the few kinds of text in them. Whatever it
// is not certain about it leaves to the library: a single scalar if possible, otherwise the whole object. The library
// thus stays authoritative, and the rules here can be narrow without ever being wrong.
package manifest

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"

	"sigs.k8s.io/yaml"
)

const separator = "---\n"

// Encode returns obj as one YAML document without a leading separator. Its JSON is that of encoding/json, including
// errors; the text is what sigs.k8s.io/yaml makes of that JSON.
func Encode(obj any) ([]byte, error) {
	if doc, ok := encodeFast(obj); ok {
		return doc, nil
	}
	return encodeByLibrary(obj)
}

// AppendStream appends docs to dst with a separator between documents, like kustomize. A non-empty dst is the start of
// the same stream.
func AppendStream(dst []byte, docs ...[]byte) []byte {
	size := 0
	for _, doc := range docs {
		size += len(separator) + len(doc)
	}
	dst = slices.Grow(dst, size)
	for i, doc := range docs {
		if i > 0 || len(dst) > 0 {
			dst = append(dst, separator...)
		}
		dst = append(dst, doc...)
	}
	return dst
}

// encodeFast returns false if it is not certain of the text.
func encodeFast(obj any) ([]byte, bool) {
	// Most objects fit; a kubeconfig takes two more allocations.
	e := encoder{out: make([]byte, 0, 1024)}
	ok := e.value(reflect.ValueOf(obj), place{lead: atRoot})
	return e.out, ok
}

// encodeByLibrary defines what Encode returns. It also finds the error to report, so that the fast way needs none.
func encodeByLibrary(obj any) ([]byte, error) {
	text, err := json.Marshal(obj)
	if err != nil {
		return nil, fmt.Errorf("encode %T as JSON: %w", obj, err)
	}
	doc, err := yaml.JSONToYAML(text)
	if err != nil {
		return nil, fmt.Errorf("encode %T as YAML: %w", obj, err)
	}
	return doc, nil
}
