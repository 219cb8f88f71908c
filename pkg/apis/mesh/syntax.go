package mesh

import (
	"bytes"
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// yamlProblems describes what the YAML decoder rejects: invalid and duplicate keys, or the first syntax error. The
// decoder has texts instead of types for these, and some texts repeat values that can be secrets; problems never do.
func yamlProblems(data []byte, err error) []Problem {
	text := strings.TrimPrefix(err.Error(), "yaml: ")
	if strings.Contains(text, wordsBadKey) || strings.Contains(text, wordsDoubledKey) {
		if problems := keyProblems(parse(data)); len(problems) > 0 {
			return problems
		}
	}
	line, text := splitLine(strings.TrimPrefix(text, "unmarshal errors:\n  "))
	all := faults()
	i := slices.IndexFunc(all, func(f fault) bool { return strings.Contains(text, f.words) })
	if i < 0 {
		return []Problem{*problem(clampLine(data, max(line, 1)), text, "correct the YAML at this line")}
	}
	switch fault := all[i]; {
	case fault.syntax:
		return []Problem{*problem(clampLine(data, max(line, 1)), text, fault.hint)}
	case fault.words == wordsAnchor:
		return []Problem{*problem(aliasLine(data, text), shorten(text), fault.hint)}
	default:
		return []Problem{*problem(line, cmp.Or(fault.message, text), fault.hint)}
	}
}

// The decoder's messages about keys and anchors.
const (
	wordsBadKey     = "map key"
	wordsDoubledKey = "already set in map"
	wordsAnchor     = "unknown anchor"
)

// fault is a message of the decoder: a part of its text, a replacement if the original can repeat a value or is
// unclear, and the remedy. A syntax error has a line.
type fault struct {
	words, message, hint string
	syntax               bool
}

func faults() []fault {
	return []fault{
		{words: wordsBadKey, message: "a key is not plain text", hint: hintBadKey},
		{words: wordsDoubledKey, message: "a key occurs twice", hint: "specify each key once"},
		{words: wordsAnchor, hint: "define it above with &, or quote text that begins with *"},
		{words: "contains itself", message: "an alias refers to its own anchor", hint: "replace it with its value"},
		{words: "excessive aliasing", message: "grows too large where its aliases are expanded", hint: hintAliases},
		{words: "exceeded max depth", message: "is nested too deeply", hint: "use plain YAML with fewer levels"},
		{
			words:   "cannot decode",
			message: "a value does not fit its tag",
			hint:    "remove the tag, such as !!int, and quote text",
		},
		{words: "!!binary", message: "a !!binary value is not base64", hint: "remove the tag, and specify the base64 text"},
		{
			words:   "map merge",
			message: "<< merges a value that is not a map",
			hint:    "use << only with an alias of a map, or a list of them",
		},
		{words: "unsupported value", message: "contains .nan or .inf", hint: "quote it if it is text"},
		{words: "alphabetic or numeric", hint: `quote text that begins with * or &, as in "*"`, syntax: true},
		{words: "a tab character", hint: "indent with spaces", syntax: true},
		{
			words:  "cannot start any token",
			hint:   "indent with spaces, and quote text that begins with @, % or `",
			syntax: true,
		},
		{
			words:  "mapping values are not allowed",
			hint:   `quote text that contains ": ", or correct the indentation`,
			syntax: true,
		},
		{words: "did not find expected key", hint: hintIndentation, syntax: true},
		{words: "did not find expected '-' indicator", hint: hintIndentation, syntax: true},
	}
}

const (
	hintAliases     = "replace aliases with their values"
	hintIndentation = "correct the indentation of this line or the one above"
)

// splitLine removes the line number from a message of the decoder; 0 if there is none.
func splitLine(text string) (line int, message string) {
	match := regexp.MustCompile(`(?s)^line ([0-9]+): (.*)$`).FindStringSubmatch(text)
	if match == nil {
		return 0, text
	}
	line, _ = strconv.Atoi(match[1])
	if fromParser(match[2]) {
		line++
	}
	return line, match[2]
}

// fromParser distinguishes messages of the decoder's parser, which counts lines from zero, from those of its scanner,
// which counts from one (go.yaml.in/yaml/v2 parserc.go).
func fromParser(message string) bool {
	return slices.Contains([]string{
		"did not find expected <document start>", "did not find expected node content", "did not find expected key",
		"did not find expected '-' indicator", "did not find expected ',' or ']'", "did not find expected ',' or '}'",
		"found undefined tag handle", "found duplicate %YAML directive", "found duplicate %TAG directive",
		"found incompatible YAML document",
	}, message)
}

// clampLine limits the line of errors that the decoder finds at the end of the text.
func clampLine(data []byte, line int) int {
	return min(line, lineAt(data, len(bytes.TrimRight(data, "\n"))))
}

// aliasLine is the first line with the alias that a message names.
func aliasLine(data []byte, text string) int {
	_, rest, _ := strings.Cut(text, "'")
	name, _, _ := strings.Cut(rest, "'")
	offset := bytes.Index(data, []byte("*"+name))
	if offset < 0 {
		return 0
	}
	return lineAt(data, offset)
}
