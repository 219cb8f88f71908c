package mesh

import (
	"bytes"

	"go.yaml.in/yaml/v3"
)

// checkAliases rejects a text whose aliases expand to more than MaxSize. The decoder bounds the number of nodes that
// aliases expand to, but not their size.
func checkAliases(data []byte) *Problem {
	if !bytes.ContainsRune(data, '&') || !bytes.ContainsRune(data, '*') {
		return nil
	}
	root := parse(data)
	if root == nil {
		return nil // the decoder explains why
	}
	if expanded(root, map[*yaml.Node]int{}) > MaxSize {
		return problem(0, "grows too large where its aliases are expanded", hintAliases)
	}
	return nil
}

// expanded is the approximate size of a node with expanded aliases, in bytes. It stops just above MaxSize.
func expanded(node *yaml.Node, known map[*yaml.Node]int) int {
	if size, ok := known[node]; ok {
		return size
	}
	known[node] = 0 // an alias inside its own anchor, which the decoder refuses
	size := len(node.Value) + 1
	if node.Alias != nil {
		size = expanded(node.Alias, known)
	}
	for _, child := range node.Content {
		size = min(size+expanded(child, known), MaxSize+1)
	}
	known[node] = size
	return size
}
