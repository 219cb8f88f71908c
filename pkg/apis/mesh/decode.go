package mesh

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	kjson "sigs.k8s.io/json"
	"sigs.k8s.io/yaml"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/nearest"
)

// MaxSize bounds a file of ours: a thousand clusters with their certificate authorities take
// two to three megabytes.
const MaxSize = 4 << 20

// maxParts bounds the lines and commas of a file, and with them the nodes that the decoder makes
// of it: a thousand clusters take some fifty thousand.
const maxParts = 150_000

// maxProblems bounds what is reported of a file that is wrong all over.
const maxProblems = 1000

// decode reads one document of the given kind strictly into into. It returns the document
// as JSON, nil when the text is no such document at all, and every problem.
func decode(data []byte, kind string, into any) ([]byte, []Problem) {
	if problem := checkText(data); problem != nil {
		return nil, []Problem{*problem}
	}
	if problem := checkAliases(data); problem != nil {
		return nil, []Problem{*problem}
	}
	doc, err := yaml.YAMLToJSONStrict(data)
	if err != nil {
		return nil, yamlProblems(err)
	}
	if problem := peek(doc, kind); problem != nil {
		return nil, []Problem{*problem}
	}
	strict, err := kjson.UnmarshalStrict(doc, into)
	problems := strictProblems(kind, strict)
	if err != nil {
		problems = append(problems, shapeProblems(doc, kind, err)...)
	}
	return doc, problems
}

// checkText refuses what is no single YAML text before a parser spends time on it.
func checkText(data []byte) *Problem {
	at := func(offset int) int { return 1 + bytes.Count(data[:offset], []byte("\n")) }
	switch nul := bytes.IndexByte(data, 0); {
	case len(data) > MaxSize:
		return problem(0, fmt.Sprintf("is larger than %d MiB", MaxSize>>20),
			"keep what is not mesh configuration in other files")
	case len(bytes.TrimSpace(data)) == 0:
		return problem(0, "is empty", "write a first one from your kubeconfig: kubectl mesh init")
	case nul >= 0:
		return problem(at(nul), "holds a NUL byte and is no text", "save it as UTF-8 text")
	case bytes.Count(data, []byte("\n"))+bytes.Count(data, []byte(",")) > maxParts:
		return problem(0, fmt.Sprintf("has more than %d lines and list entries", maxParts),
			"keep what is not mesh configuration in other files")
	case !utf8.Valid(data):
		return problem(0, "is no UTF-8 text", "save it as UTF-8 text")
	}
	if line := secondDocument(data); line > 0 {
		return problem(line, "a second document begins here", "keep one document per file: remove what follows the ---")
	}
	return nil
}

func problem(line int, message, hint string) *Problem {
	return &Problem{Severity: SeverityError, Line: line, Message: message, Hint: hint}
}

// secondDocument returns the line of the marker behind which a second document begins, or 0.
// The YAML decoder would silently drop that document. Such a marker in the first column is
// one everywhere, block scalars included (YAML 1.2, 9.1.2).
func secondDocument(data []byte) int {
	number, marker, content := 0, 0, false
	for line := range bytes.Lines(data) {
		number++
		text := bytes.TrimSpace(line)
		if rest, ok := afterMarker(line); ok {
			text = rest
			if content {
				marker = number
			}
		}
		switch {
		case len(text) == 0 || text[0] == '#' || text[0] == '%':
		case marker > 0:
			return marker
		default:
			content = true
		}
	}
	return 0
}

// afterMarker returns what follows --- or ... at the start of a line.
func afterMarker(line []byte) ([]byte, bool) {
	if !bytes.HasPrefix(line, []byte("---")) && !bytes.HasPrefix(line, []byte("...")) {
		return nil, false
	}
	rest := line[3:]
	return bytes.TrimSpace(rest), len(rest) == 0 || rest[0] == ' ' || rest[0] == '\t' || rest[0] == '\r' || rest[0] == '\n'
}

// peek checks which document this is before any of its fields is judged.
func peek(doc []byte, kind string) *Problem {
	var meta v1alpha1.TypeMeta
	if doc[0] != '{' || json.Unmarshal(doc, &meta) != nil {
		return problem(0, "is no document with apiVersion and kind",
			fmt.Sprintf("begin with: apiVersion: %s and kind: %s", v1alpha1.APIVersion, kind))
	}
	at := func(field, message, hint string) *Problem {
		return &Problem{Severity: SeverityError, Field: field, Message: message, Hint: hint}
	}
	group, version, _ := strings.Cut(meta.APIVersion, "/")
	ours, _, _ := strings.Cut(v1alpha1.APIVersion, "/")
	switch {
	case meta.APIVersion == "":
		return at("apiVersion", "Required value: must be said", "write apiVersion: "+v1alpha1.APIVersion)
	case group == ours && meta.APIVersion != v1alpha1.APIVersion:
		return at("apiVersion", fmt.Sprintf("Unsupported value: %q: this kubectl mesh reads %s", version, v1alpha1.APIVersion),
			"write that version, or upgrade: kubectl krew upgrade mesh")
	case meta.APIVersion != v1alpha1.APIVersion:
		return at("apiVersion", fmt.Sprintf("Unsupported value: %q: supported: %s", meta.APIVersion, v1alpha1.APIVersion),
			"is this the file you meant? -f names another one")
	case meta.Kind != kind:
		return at("kind", fmt.Sprintf("Unsupported value: %q: must be %s here", meta.Kind, kind),
			fmt.Sprintf("mesh.yaml is of kind %s, clusters/<name>.yaml of kind %s", v1alpha1.KindMesh, v1alpha1.KindClusterFacts))
	}
	return nil
}

// yamlLine finds the line in the YAML decoder's messages; it has no type for it.
const yamlLine = `line ([0-9]+): (.*)`

// yamlProblems splits what the YAML decoder reports: one line per duplicate key, or the
// place of a syntax error.
func yamlProblems(err error) []Problem {
	pattern := regexp.MustCompile(yamlLine)
	var problems []Problem
	for text := range strings.Lines(err.Error()) {
		if len(problems) > maxProblems {
			break
		}
		if match := pattern.FindStringSubmatch(text); match != nil {
			line, _ := strconv.Atoi(match[1])
			problems = append(problems, *problem(line, match[2], "correct the YAML at this line"))
		}
	}
	if len(problems) == 0 {
		message := strings.TrimPrefix(err.Error(), "error converting YAML to JSON: ")
		problems = append(problems, *problem(0, strings.TrimPrefix(message, "yaml: "), "write it as plain YAML, with few anchors and little nesting"))
	}
	return problems
}

// strictProblems reports unknown and doubled fields.
func strictProblems(kind string, errs []error) []Problem {
	errs = errs[:min(len(errs), maxProblems+1)]
	problems := make([]Problem, 0, len(errs))
	for _, err := range errs {
		var at kjson.FieldError
		if !errors.As(err, &at) {
			problems = append(problems, *problem(0, err.Error(), "correct the document"))
			continue
		}
		p := Problem{Severity: SeverityError, Field: at.FieldPath(), Message: "unknown field"}
		p.Hint = knownFields(kind, p.Field)
		if strings.HasPrefix(err.Error(), "duplicate field") {
			p.Message, p.Hint = "duplicate field", "write the field once"
		}
		problems = append(problems, p)
	}
	return problems
}

// knownFields names the field that was meant, or those that there are.
func knownFields(kind, path string) string {
	steps := splitPath(path)
	if len(steps) == 0 {
		return ""
	}
	parent, err := v1alpha1.Explain(kind, steps[:len(steps)-1])
	if err != nil {
		return "kubectl mesh explain " + strings.ToLower(kind) + " lists the fields"
	}
	names := make([]string, len(parent.Fields))
	for i, field := range parent.Fields {
		names[i] = field.Name
	}
	if near, ok := nearest.Name(steps[len(steps)-1], names); ok {
		return fmt.Sprintf("did you mean %q?", near)
	}
	return "the fields here are " + strings.Join(names, ", ")
}

// shapeProblems lists every value of a wrong type: the decoder stops at the first.
func shapeProblems(doc []byte, kind string, err error) []Problem {
	var tree any
	decoder := json.NewDecoder(bytes.NewReader(doc))
	decoder.UseNumber()
	if decoder.Decode(&tree) == nil {
		if errs := v1alpha1.CheckShape(kind, tree); len(errs) > 0 {
			return fromFieldErrors(errs)
		}
	}
	return []Problem{*problem(0, strings.TrimPrefix(err.Error(), "json: "), "correct the document")}
}
