package yamlnode

import (
	"go.yaml.in/yaml/v3"
	reader "sigs.k8s.io/yaml"
)

// Mapping is a YAML mapping in the order in which its keys were added.
type Mapping struct{ Content []*yaml.Node }

// Add puts a key at the end, and returns its value.
func (m *Mapping) Add(key string, value *yaml.Node) *yaml.Node {
	m.Content = append(m.Content, Scalar(key), value)
	return value
}

// AddIf puts a key at the end unless its value is empty.
func (m *Mapping) AddIf(key, value string) {
	if value != "" {
		m.Add(key, Scalar(value))
	}
}

// Node is the mapping as a node.
func (m *Mapping) Node() *yaml.Node { return &yaml.Node{Kind: yaml.MappingNode, Content: m.Content} }

// Scalar is a string whatever it looks like. The encoder knows YAML 1.2, where n and off are
// strings; those who read the file may take them for booleans.
func Scalar(text string) *yaml.Node {
	node := &yaml.Node{}
	node.SetString(text)
	var read any
	if err := reader.Unmarshal([]byte(text), &read); err != nil || read != text {
		node.Style = yaml.DoubleQuotedStyle
	}
	return node
}
