// Package manifest turns typed Kubernetes objects into YAML text, byte for byte as kustomize prints them.
// It may import the standard library and sigs.k8s.io/yaml, nothing of ours and nothing of Kubernetes.
//
// The library way to that text (object, JSON, a YAML parse of the JSON, YAML) costs tens of microseconds
// for an object of ten lines, and a mesh of many clusters has tens of thousands of them. This package
// walks the typed object once and writes the text directly. It knows the shape of a document and the few
// kinds of text of which manifests consist. Whatever it is not certain about it hands to the library: a
// single scalar where that is possible, else the whole object. So the library stays the authority, and
// the rules here may be narrow without ever being wrong.
package manifest

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"

	"sigs.k8s.io/yaml"
)

const separator = "---\n"

// Encode returns obj as one YAML document without a leading separator. The object means what it means to
// encoding/json, errors included; the text is what sigs.k8s.io/yaml makes of that JSON.
func Encode(obj any) ([]byte, error) {
	if doc, ok := encodeFast(obj); ok {
		return doc, nil
	}
	return encodeByLibrary(obj)
}

// AppendStream appends docs to dst with a separator between documents, as kustomize joins them. A dst
// that holds text is taken for the beginning of the same stream.
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

// encodeByLibrary is the definition of what Encode returns. It also finds the error to report, so that the
// fast way needs none of its own.
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
