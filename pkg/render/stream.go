package render

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/manifest"
)

// YAML returns the overlay as a stream, byte for byte the output of `kubectl kustomize` for the rendered tree.
func (o Overlay) YAML() ([]byte, error) {
	objects, guard := o.Objects(), o.newStreamGuard()
	docs, err := forEach(objects, func(object Object) ([]byte, error) { return manifest.Encode(object) })
	if err != nil {
		return nil, err
	}
	for i, object := range objects {
		guard.look(object, docs[i])
	}
	return manifest.AppendStream(nil, docs...), guard.refuse(o)
}

// JSON returns the overlay as a List, like `kubectl get -o json` for several objects.
func (o Overlay) JSON() ([]byte, error) {
	items, guard := []any{}, o.newStreamGuard()
	for _, object := range o.Objects() {
		item, text, err := untyped(object)
		if err != nil {
			return nil, err
		}
		guard.look(object, text)
		items = append(items, item)
	}
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "    ")
	if err := encoder.Encode(map[string]any{"apiVersion": "v1", "items": items, "kind": "List"}); err != nil {
		return nil, fmt.Errorf("encode list: %w", err)
	}
	return text.Bytes(), guard.refuse(o)
}

// untyped returns the object as a map and as its JSON source: the keys of a map are encoded sorted, those of a struct
// in the order of its fields.
func untyped(object Object) (item map[string]any, text []byte, err error) {
	text, err = json.Marshal(object)
	if err == nil {
		err = json.Unmarshal(text, &item)
	}
	if err != nil {
		return nil, nil, fmt.Errorf("encode %s: %w", *object.GetName(), err)
	}
	return item, text, nil
}
