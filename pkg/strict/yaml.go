package strict

import (
	"bytes"
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
	// maxDepth is above the depth of any valid object.
	maxDepth = 32
)

// YAML decodes the only YAML document of a text into a struct with exactly the known keys. It rejects what JSON
// rejects, and what YAML readers could interpret differently: further documents and directives, anchors, aliases, merge
// keys and tags, keys that are not text or that differ only in letter case, and plain scalars that are text in YAML 1.2
// and something else in YAML 1.1. It accepts a byte order mark, CRLF and JSON, which is YAML: they do not affect the
// value.
func YAML(text []byte, into any, options ...Option) error {
	document, err := ToJSON(text, options...)
	if err != nil {
		return err
	}
	return LargeJSON(document, into, options...)
}

// ToJSON returns the document of a text as JSON, with its keys in order.
func ToJSON(text []byte, options ...Option) ([]byte, error) {
	_, document, err := Tree(text, options...)
	return document, err
}

// Tree returns the document of a text as nodes, which have line numbers, and as JSON, with its keys in order.
func Tree(text []byte, options ...Option) (root *yaml.Node, document []byte, err error) {
	most := maxParts
	if slices.Contains(options, ManyLines) {
		most = 10 * maxParts
	}
	if root, err = parse(text, most); err != nil {
		return nil, nil, err
	}
	w := writer{out: make([]byte, 0, len(text))}
	w.value(root, nil, 0)
	return root, w.out, w.problems.err()
}

// parse returns the mapping in a text.
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
		return refuse("contains the character %U", sign)
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

// lineOf returns where a parser stopped. The rest of its error may repeat the text.
func lineOf(err error) string {
	match := regexp.MustCompile(`line ([0-9]+)`).FindStringSubmatch(err.Error())
	if match == nil {
		return ""
	}
	return ": see line " + match[1]
}

// isDecimal reports whether every reader parses a text as the same integer.
func isDecimal(text string) bool {
	number, err := strconv.ParseInt(text, 10, 64)
	return err == nil && strconv.FormatInt(number, 10) == text
}

// Ambiguous reports whether a plain scalar that is text in YAML 1.2 is something else in YAML 1.1, which kubectl and
// kustomize read: yes, off, y. It asks the parser.
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

// isCertain avoids the parser for most scalars: numbers and dates of YAML 1.1 start with no letter and are no address
// ranges, and it has few words.
func isCertain(text string) bool {
	if text == "" {
		return false
	}
	if '0' <= text[0] && text[0] <= '9' {
		return strings.IndexByte(text, '/') >= 0
	}
	first := text[0] | 0x20
	return 'a' <= first && first <= 'z' && (len(text) > len("false") || !isWord(text))
}

// isWord reports whether a text can be a boolean or null in YAML 1.1, which has fewer spellings.
func isWord(text string) bool {
	switch strings.ToLower(text) {
	case "y", "yes", "true", "on", "n", "no", "false", "off", "null":
		return true
	}
	return false
}
