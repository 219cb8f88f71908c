package render

import (
	"bytes"
	"encoding/json"
)

// YAML returns the overlay as one stream, byte for byte what `kubectl kustomize` prints for
// the rendered tree.
func (o Overlay) YAML() ([]byte, error) { return encodeStream(o.objects()) }

// JSON returns the overlay as one List, as `kubectl get -o json` prints several objects.
func (o Overlay) JSON() ([]byte, error) {
	list := struct {
		APIVersion string   `json:"apiVersion"`
		Items      []Object `json:"items"`
		Kind       string   `json:"kind"`
	}{"v1", o.objects(), "List"}
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "    ")
	if err := encoder.Encode(list); err != nil {
		return nil, err
	}
	return text.Bytes(), nil
}
