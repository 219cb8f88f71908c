package strict

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
	reader "sigs.k8s.io/yaml"
)

const (
	// maxParts bounds the nodes of a document: a Secret for a hundred recipients has some ten thousand.
	maxParts = 50_000
	// maxDepth is far deeper than any object of ours is.
	maxDepth = 32
)

// YAML decodes the one YAML document of a text into a struct that has exactly the known keys. It refuses
// what JSON refuses, and what two readers of YAML could take for two things: further documents and
// directives, anchors, aliases, merge keys and tags, keys that are no text or differ in letter case only,
// and plain scalars that are text to YAML 1.2 and something else to YAML 1.1. A byte order mark, CRLF and
// JSON, which is YAML, pass: they are not in the value.
func YAML(text []byte, into any, options ...Option) error {
	document, err := ToJSON(text, options...)
	if err != nil {
		return err
	}
	return LargeJSON(document, into, options...)
}

// ToJSON is the document of a text as JSON, with its keys in their order.
func ToJSON(text []byte, options ...Option) ([]byte, error) {
	most := maxParts
	if slices.Contains(options, ManyLines) {
		most = 10 * maxParts
	}
	root, err := parse(text, most)
	if err != nil {
		return nil, err
	}
	var w writer
	w.value(root, "", 0)
	return w.out, w.problems.err()
}

// parse returns the mapping that a text holds.
func parse(text []byte, most int) (*yaml.Node, error) {
	refuse := func(format string, args ...any) (*yaml.Node, error) {
		return nil, Problems{{Message: "the document " + fmt.Sprintf(format, args...)}}
	}
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	if len(text) > MaxSize || Parts(text) > most {
		return refuse("is larger than %d MiB or %d lines", MaxSize>>20, most)
	}
	if !utf8.Valid(text) {
		return refuse("is not UTF-8 text")
	}
	if offset := Unreadable(text); offset >= 0 {
		sign, _ := utf8.DecodeRune(text[offset:])
		return refuse("holds the character %U", sign)
	}
	if SecondDocument(text) > 0 {
		return refuse("has a second YAML document")
	}
	if bytes.HasPrefix(text, []byte("%")) || bytes.Contains(text, []byte("\n%")) {
		return refuse("has a YAML directive: remove the line that begins with %%")
	}
	var root, more yaml.Node
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	switch err := decoder.Decode(&root); {
	case errors.Is(err, io.EOF):
		return refuse("is empty")
	case err != nil:
		return refuse("is not YAML%s", lineOf(err))
	}
	if err := decoder.Decode(&more); !errors.Is(err, io.EOF) {
		return refuse("has a second YAML document")
	}
	if len(root.Content) != 1 || root.Content[0].Kind != yaml.MappingNode {
		return refuse("is not a YAML mapping")
	}
	return root.Content[0], nil
}

// lineOf is where a parser stopped. The rest of what it says may repeat the text.
func lineOf(err error) string {
	match := regexp.MustCompile(`line ([0-9]+)`).FindStringSubmatch(err.Error())
	if match == nil {
		return ""
	}
	return ": see line " + match[1]
}

// writer turns YAML nodes into JSON.
type writer struct {
	out      []byte
	problems Problems
}

func (w *writer) refuse(path, message string) {
	w.problems = append(w.problems, Problem{Field: path, Message: message})
}

func (w *writer) value(node *yaml.Node, path string, depth int) {
	switch {
	case depth > maxDepth:
		w.refuse("", fmt.Sprintf("the document is nested deeper than %d levels", maxDepth))
		return
	case len(w.problems) > maxProblems:
		return
	case node.Kind == yaml.AliasNode:
		w.refuse(path, "is an alias: write out what it stands for")
		return
	case node.Anchor != "":
		w.refuse(path, "has an anchor: remove it")
	case node.Style&yaml.TaggedStyle != 0:
		w.refuse(path, "has a tag: remove it")
		return
	}
	switch node.Kind {
	case yaml.MappingNode:
		w.mapping(node, path, depth)
	case yaml.SequenceNode:
		w.list(node, path, depth)
	default:
		w.scalar(node, path)
	}
}

func (w *writer) list(node *yaml.Node, path string, depth int) {
	w.out = append(w.out, '[')
	for i, entry := range node.Content {
		if i > 0 {
			w.out = append(w.out, ',')
		}
		w.value(entry, fmt.Sprintf("%s[%d]", path, i), depth+1)
	}
	w.out = append(w.out, ']')
}

func (w *writer) mapping(node *yaml.Node, path string, depth int) {
	w.out = append(w.out, '{')
	folded := map[string]string{}
	for i := 0; i+1 < len(node.Content); i += 2 {
		key := node.Content[i]
		if !w.isKey(key, path) {
			continue
		}
		at := At(path, key.Value)
		switch before, twice := folded[Fold(key.Value)]; {
		case twice && before == key.Value:
			w.refuse(at, "duplicate field")
		case twice:
			w.refuse(at, "differs from "+Name(before)+" in letter case only")
		}
		folded[Fold(key.Value)] = key.Value
		if w.out[len(w.out)-1] != '{' {
			w.out = append(w.out, ',')
		}
		w.text(key.Value, at)
		w.out = append(w.out, ':')
		w.value(node.Content[i+1], at, depth+1)
	}
	w.out = append(w.out, '}')
}

// isKey tells whether a node is text to every reader.
func (w *writer) isKey(key *yaml.Node, path string) bool {
	switch {
	case key.Kind != yaml.ScalarNode:
		w.refuse(path, "has a key that is not text")
	case key.Tag == "!!merge":
		w.refuse(path, "merges another mapping: write the fields out")
	case key.ShortTag() != "!!str" || key.Anchor != "" || key.Style&yaml.TaggedStyle != 0 || Ambiguous(key):
		w.refuse(At(path, key.Value), "is a key that is not text to every YAML reader: quote it")
	default:
		return true
	}
	return false
}

func (w *writer) scalar(node *yaml.Node, path string) {
	switch tag := node.ShortTag(); {
	case tag == "!!str" && Ambiguous(node):
		w.refuse(path, "is text to some YAML readers only: quote it")
	case tag == "!!str":
		w.text(node.Value, path)
	case tag == "!!null":
		w.out = append(w.out, "null"...)
	case tag == "!!bool" && (strings.EqualFold(node.Value, "true") || strings.EqualFold(node.Value, "false")):
		w.out = append(w.out, strings.ToLower(node.Value)...)
	case tag == "!!int" && isDecimal(node.Value):
		w.out = append(w.out, node.Value...)
	default:
		w.refuse(path, "is not text to every YAML reader: quote it")
	}
}

// text writes a string, unless it has characters that an encoder of YAML changes (sigs.k8s.io/yaml folds a
// U+0085 into a space, and fails on one in a key).
func (w *writer) text(value, path string) {
	if offset := Unreadable([]byte(value)); offset >= 0 {
		sign, _ := utf8.DecodeRuneInString(value[offset:])
		w.refuse(path, fmt.Sprintf("holds the character %U", sign))
	}
	text, err := json.Marshal(value)
	if err != nil {
		text = []byte(`""`) // of a string there is none
	}
	w.out = append(w.out, text...)
}

// isDecimal tells whether every reader takes a text for the same integer.
func isDecimal(text string) bool {
	number, err := strconv.ParseInt(text, 10, 64)
	return err == nil && strconv.FormatInt(number, 10) == text
}

// Ambiguous tells whether a plain scalar that is text to YAML 1.2 is something else to YAML 1.1, which
// kubectl and kustomize read: yes, off, y. The reader is asked.
func Ambiguous(node *yaml.Node) bool {
	if node.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle|yaml.LiteralStyle|yaml.FoldedStyle) != 0 {
		return false
	}
	if isCertain(node.Value) {
		return false
	}
	var read any
	err := reader.Unmarshal([]byte(node.Value), &read)
	return err != nil || read != node.Value
}

// isCertain spares most scalars the reader: the numbers and dates of YAML 1.1 begin with no letter, and its
// words are yes, no, true, false, on, off and null, in several spellings.
func isCertain(text string) bool {
	if text == "" {
		return false
	}
	first := text[0] | 0x20
	return 'a' <= first && first <= 'z' && (len(text) > len("false") || strings.IndexByte("yntfo", first) < 0)
}
