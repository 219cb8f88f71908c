package yamlnode

import (
	"go.yaml.in/yaml/v3"
	reader "sigs.k8s.io/yaml"
)

// Mapping is a YAML mapping in insertion order.
type Mapping struct{ Content []*yaml.Node }

// Add appends a key, and returns its value.
func (m *Mapping) Add(key string, value *yaml.Node) *yaml.Node {
	m.Content = append(m.Content, Scalar(key), value)
	return value
}

// AddIf appends a key unless its value is empty.
func (m *Mapping) AddIf(key, value string) {
	if value != "" {
		m.Add(key, Scalar(value))
	}
}

// Node returns the mapping as a node.
func (m *Mapping) Node() *yaml.Node { return &yaml.Node{Kind: yaml.MappingNode, Content: m.Content} }

// Scalar returns a string, quoted if necessary. The encoder implements YAML 1.2, where n and off are strings; readers
// of the file may take them for booleans.
func Scalar(text string) *yaml.Node {
	node := &yaml.Node{}
	node.SetString(text)
	var read any
	if err := reader.Unmarshal([]byte(text), &read); err != nil || read != text {
		node.Style = yaml.DoubleQuotedStyle
	}
	return node
}
