package mesh

import (
	"bytes"
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/strict"
)

const hintBadKey = `quote text that begins with { or [, and add text before each colon`

// maxDepth is more than the depth of any field.
const maxDepth = 50

// keyProblems finds keys that are not text, and duplicate keys in a map.
func keyProblems(root *yaml.Node) []Problem {
	var w keyWalk
	if root != nil {
		w.walk(root)
	}
	return w.problems
}

// mayHaveNumbers reports whether a decoded document can have keys that were not text: the decoder converts booleans
// and numbers to text, and keeps any one of equal keys. The source text shows which keys these were.
func mayHaveNumbers(doc []byte) bool {
	for {
		end := bytes.Index(doc, []byte(`":`))
		if end < 0 {
			return false
		}
		key := doc[bytes.LastIndexByte(doc[:end], '"')+1 : end]
		switch text := string(key); {
		case text == "true", text == "false", text != "" && strings.IndexByte("+-.0123456789", text[0]) >= 0:
			return true
		}
		doc = doc[end+2:]
	}
}

type keyWalk struct {
	path     []string
	problems []Problem
}

// walk visits nodes as written, without expanding aliases.
func (w *keyWalk) walk(node *yaml.Node) {
	if len(w.path) > maxDepth || len(w.problems) > maxProblems {
		return
	}
	switch node.Kind {
	case yaml.SequenceNode:
		for i, entry := range node.Content {
			w.below(fmt.Sprintf("[%d]", i), entry)
		}
	case yaml.MappingNode:
		w.mapping(node)
	}
}

func (w *keyWalk) below(step string, node *yaml.Node) {
	w.path = append(w.path, step)
	w.walk(node)
	w.path = w.path[:len(w.path)-1]
}

func (w *keyWalk) mapping(node *yaml.Node) {
	merged, seen := mergedKeys(node), map[string]bool{}
	for i := 0; i+1 < len(node.Content); i += 2 {
		key := target(node.Content[i])
		switch {
		case key.Tag == mergeTag:
			continue
		case key.Kind != yaml.ScalarNode || key.ShortTag() == nullTag:
			w.report("", node.Content[i].Line, "a key is not plain text", hintBadKey)
		case key.ShortTag() != "!!str" || strict.Ambiguous(key):
			w.report(key.Value, node.Content[i].Line, "a key is not text to every YAML reader", "quote it")
		case seen[key.Value]:
			w.report(key.Value, node.Content[i].Line, "duplicate field", "specify the field once")
		case merged[key.Value]:
			w.report(key.Value, node.Content[i].Line,
				"duplicate field: << already includes it", "specify the fields here instead of <<")
		}
		seen[key.Value] = true
		w.below("."+shorten(key.Value), node.Content[i+1])
	}
}

// mergedKeys are the keys that << merges directly into a mapping.
func mergedKeys(mapping *yaml.Node) map[string]bool {
	keys := map[string]bool{}
	for i := 0; i+1 < len(mapping.Content); i += 2 {
		if mapping.Content[i].Tag != mergeTag {
			continue
		}
		for _, source := range mergeSources(mapping.Content[i+1]) {
			for j := 0; j+1 < len(source.Content); j += 2 {
				keys[target(source.Content[j]).Value] = true
			}
		}
	}
	return keys
}

// report returns the problem of a key, or of a key without a name, in its map.
func (w *keyWalk) report(key string, line int, message, hint string) {
	p := problem(line, message, hint)
	p.Field = strings.TrimPrefix(strings.Join(w.path, ""), ".")
	if key != "" {
		p.Field = strings.TrimPrefix(p.Field+"."+shorten(key), ".")
	}
	w.problems = append(w.problems, *p)
}
