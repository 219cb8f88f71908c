package render

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// YAML returns the overlay as one stream, byte for byte what `kubectl kustomize` prints for
// the rendered tree.
func (o Overlay) YAML() ([]byte, error) { return encodeStream(o.Objects()) }

// JSON returns the overlay as one List, as `kubectl get -o json` prints several objects.
func (o Overlay) JSON() ([]byte, error) {
	items := []any{}
	for _, object := range o.Objects() {
		item, err := untyped(object)
		if err != nil {
			return nil, err
		}
		items = append(items, item)
	}
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "    ")
	if err := encoder.Encode(map[string]any{"apiVersion": "v1", "items": items, "kind": "List"}); err != nil {
		return nil, fmt.Errorf("encode list: %w", err)
	}
	return text.Bytes(), nil
}

// untyped returns the object as a map: its keys come out sorted, where those of a struct have
// the order of its fields.
func untyped(object Object) (any, error) {
	text, err := json.Marshal(object)
	if err != nil {
		return nil, fmt.Errorf("encode %s: %w", *object.GetName(), err)
	}
	var item map[string]any
	if err := json.Unmarshal(text, &item); err != nil {
		return nil, fmt.Errorf("encode %s: %w", *object.GetName(), err)
	}
	return item, nil
}
