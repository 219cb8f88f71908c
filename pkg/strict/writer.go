package strict

import (
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// writer converts YAML nodes to JSON.
type writer struct {
	out      []byte
	problems Problems
}

// place is the position of a node: an entry of a list, or the value of a key. Of thousands in a document hardly any is
// printed, so its path is built on demand.
type place struct {
	above *place
	key   string
	index int // of an entry; -1 for the value of a key
}

// child returns the place of a key's value.
func (p *place) child(key string) *place { return &place{above: p, key: key, index: -1} }

// path formats a place for errors.
func (p *place) path() string {
	switch {
	case p == nil:
		return ""
	case p.index >= 0:
		return fmt.Sprintf("%s[%d]", p.above.path(), p.index)
	default:
		return At(p.above.path(), p.key)
	}
}

func (w *writer) refuse(at *place, message string) {
	w.problems = append(w.problems, Problem{Field: at.path(), Message: message})
}

func (w *writer) value(node *yaml.Node, at *place, depth int) {
	switch {
	case depth > maxDepth:
		w.refuse(nil, fmt.Sprintf("the document is nested deeper than %d levels", maxDepth))
		return
	case len(w.problems) > maxProblems:
		return
	case node.Kind == yaml.AliasNode:
		w.refuse(at, "is an alias: replace it with its value")
		return
	case node.Anchor != "":
		w.refuse(at, "has an anchor: remove it")
	case node.Style&yaml.TaggedStyle != 0:
		w.refuse(at, "has a tag: remove it")
		return
	}
	switch node.Kind {
	case yaml.MappingNode:
		w.mapping(node, at, depth)
	case yaml.SequenceNode:
		w.list(node, at, depth)
	default:
		w.scalar(node, at)
	}
}

func (w *writer) list(node *yaml.Node, at *place, depth int) {
	w.out = append(w.out, '[')
	for i, entry := range node.Content {
		if i > 0 {
			w.out = append(w.out, ',')
		}
		w.value(entry, &place{above: at, index: i}, depth+1)
	}
	w.out = append(w.out, ']')
}

func (w *writer) mapping(node *yaml.Node, at *place, depth int) {
	w.out = append(w.out, '{')
	folded := make(map[string]string, len(node.Content)/2)
	for i := 0; i+1 < len(node.Content) && len(w.problems) <= maxProblems; i += 2 {
		key := node.Content[i]
		if !w.isKey(key, at) {
			continue
		}
		below, fold := at.child(key.Value), Fold(key.Value)
		switch before, twice := folded[fold]; {
		case twice && before == key.Value:
			w.refuse(below, "duplicate field")
		case twice:
			w.refuse(below, "differs from "+Name(before)+" in letter case only")
		}
		folded[fold] = key.Value
		if w.out[len(w.out)-1] != '{' {
			w.out = append(w.out, ',')
		}
		w.text(key.Value, below)
		w.out = append(w.out, ':')
		w.value(node.Content[i+1], below, depth+1)
	}
	w.out = append(w.out, '}')
}

// isKey reports whether a node is text for every reader.
func (w *writer) isKey(key *yaml.Node, at *place) bool {
	switch {
	case key.Kind != yaml.ScalarNode:
		w.refuse(at, "has a key that is not text")
	case key.Tag == "!!merge":
		w.refuse(at, "merges another mapping: replace it with its fields")
	case key.ShortTag() != "!!str" || key.Anchor != "" || key.Style&yaml.TaggedStyle != 0 || Ambiguous(key):
		w.refuse(at.child(key.Value), "is a key that is not text to every YAML reader: quote it")
	default:
		return true
	}
	return false
}

func (w *writer) scalar(node *yaml.Node, at *place) {
	switch tag := node.ShortTag(); {
	case tag == "!!str" && Ambiguous(node):
		w.refuse(at, "is text to some YAML readers only: quote it")
	case tag == "!!str":
		w.text(node.Value, at)
	case tag == "!!null":
		w.out = append(w.out, "null"...)
	case tag == "!!bool" && (strings.EqualFold(node.Value, "true") || strings.EqualFold(node.Value, "false")):
		w.out = append(w.out, strings.ToLower(node.Value)...)
	case tag == "!!int" && isDecimal(node.Value):
		w.out = append(w.out, node.Value...)
	default:
		w.refuse(at, "is not text to every YAML reader: quote it")
	}
}

// text writes a string unless it contains characters that a YAML encoder changes (sigs.k8s.io/yaml folds a U+0085 into
// a space, and fails on one in a key).
func (w *writer) text(value string, at *place) {
	if isVerbatim(value) {
		w.out = append(append(append(w.out, '"'), value...), '"')
		return
	}
	if offset := Unreadable([]byte(value)); offset >= 0 {
		sign, _ := utf8.DecodeRuneInString(value[offset:])
		w.refuse(at, fmt.Sprintf("contains the character %U", sign))
	}
	text, err := json.Marshal(value)
	if err != nil {
		text = []byte(`""`) // strings can always be encoded
	}
	w.out = append(w.out, text...)
}

// isVerbatim reports whether the JSON encoder writes a string unchanged: most are names, addresses and base64.
func isVerbatim(value string) bool {
	for i := range len(value) {
		switch c := value[i]; {
		case c < ' ', c > '~', c == '"', c == '\\', c == '<', c == '>', c == '&':
			return false
		}
	}
	return true
}
