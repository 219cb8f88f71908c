// Package yamlnode builds and edits YAML nodes, keeping comments and formatting.
package yamlnode

import (
	"slices"

	"go.yaml.in/yaml/v3"
)

// Member returns the mapping at a key, and creates it if necessary. An alias is replaced by a copy, so that changes do
// not affect other places.
func Member(parent *yaml.Node, key string) *yaml.Node {
	i := KeyIndex(parent, key)
	if i < 0 {
		parent.Content = append(parent.Content, Scalar(key), &yaml.Node{Kind: yaml.MappingNode})
		i = len(parent.Content) - 2
	}
	child := parent.Content[i+1]
	if child.Kind == yaml.AliasNode {
		child = unaliased(child)
	}
	if child.Kind != yaml.MappingNode { // null
		child = &yaml.Node{
			Kind:        yaml.MappingNode,
			HeadComment: child.HeadComment,
			LineComment: child.LineComment,
			FootComment: child.FootComment,
		}
	}
	if len(child.Content) == 0 {
		child.Style = 0 // {} would put everything that follows on one line
	}
	parent.Content[i+1] = child
	return child
}

func unaliased(alias *yaml.Node) *yaml.Node {
	clone := *alias.Alias
	clone.Anchor = ""
	clone.Content = slices.Clone(clone.Content)
	return &clone
}

// KeyIndex returns the index of a key in a mapping's content; -1 if absent.
func KeyIndex(parent *yaml.Node, key string) int {
	for i := 0; i+1 < len(parent.Content); i += 2 {
		if parent.Content[i].Value == key {
			return i
		}
	}
	return -1
}

// ValuesAt returns the values of a field; nil if it is absent.
func ValuesAt(node *yaml.Node, path []string) []string {
	for _, key := range path {
		if node.Kind == yaml.AliasNode {
			node = node.Alias
		}
		i := KeyIndex(node, key)
		if i < 0 {
			return nil
		}
		node = node.Content[i+1]
	}
	if node.Kind == yaml.AliasNode {
		node = node.Alias
	}
	switch {
	case node.Kind == yaml.SequenceNode:
		var values []string
		for _, entry := range node.Content {
			values = append(values, entry.Value)
		}
		return values
	case node.Kind == yaml.ScalarNode && node.Value != "" && node.ShortTag() != "!!null":
		return []string{node.Value}
	}
	return nil
}

// Value returns the value of a key; an empty node if it is absent.
func Value(parent *yaml.Node, key string) *yaml.Node {
	if parent.Kind == yaml.AliasNode {
		parent = parent.Alias
	}
	if i := KeyIndex(parent, key); i >= 0 {
		return parent.Content[i+1]
	}
	return &yaml.Node{}
}

// Has reports whether a path exists.
func Has(node *yaml.Node, path []string) bool {
	for _, key := range path {
		if node = Value(node, key); node.Kind == 0 {
			return false
		}
	}
	return true
}
