// Package yamlnode builds and edits YAML nodes, so that comments and what a person wrote stay.
package yamlnode

import (
	"slices"

	"go.yaml.in/yaml/v3"
)

// Member returns the mapping behind a key, and makes it if there is none. An alias becomes
// a copy of what it stands for: what is written here is not meant for the other places.
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
		child.Style = 0 // {} would make all that follows one line
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

// KeyIndex is where a key stands in the content of a mapping; -1 where it does not.
func KeyIndex(parent *yaml.Node, key string) int {
	for i := 0; i+1 < len(parent.Content); i += 2 {
		if parent.Content[i].Value == key {
			return i
		}
	}
	return -1
}

// ValuesAt are the values of a field as a file has them, nil if it has none.
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

// Value is what stands behind a key, an empty node where it is not there.
func Value(parent *yaml.Node, key string) *yaml.Node {
	if parent.Kind == yaml.AliasNode {
		parent = parent.Alias
	}
	if i := KeyIndex(parent, key); i >= 0 {
		return parent.Content[i+1]
	}
	return &yaml.Node{}
}

// Has reports whether there is anything at a path.
func Has(node *yaml.Node, path []string) bool {
	for _, key := range path {
		if node = Value(node, key); node.Kind == 0 {
			return false
		}
	}
	return true
}
