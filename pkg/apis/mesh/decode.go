package mesh

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	kjson "sigs.k8s.io/json"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/nearest"
)

// maxClusters is far more than any Istio mesh has.
const maxClusters = 5000

// maxProblems bounds the problems that are reported for one file.
const maxProblems = 1000

// bytesAsList is the start of a list in place of base64: the decoder would accept a list of numbers, or an empty one,
// as bytes.
const bytesAsList = `Data":[`

// decode decodes one document of the given kind strictly into into. It returns the document with its JSON, which is
// nil if the text is not such a document, and every problem.
func decode(data []byte, kind string, into any) (document, []Problem) {
	doc, problems := parseText(data, kind)
	if doc.json == nil {
		return document{}, problems
	}
	if !doc.isOf(kind) {
		if problem := peek(doc.json, kind); problem != nil {
			return document{}, []Problem{*problem}
		}
	}
	doc.makeRoom(into)
	strict, err := kjson.UnmarshalStrict(doc.json, into)
	problems = append(problems, strictProblems(kind, strict)...)
	problems = append(problems, without(problems, unprinted(doc.json))...)
	if err != nil || bytes.Contains(doc.json, []byte(bytesAsList)) {
		shape := shapeProblems(doc.json, kind, err)
		if err != nil {
			problems = append(problems, strictProblems(kind, strictWithout(doc.json, shape, into))...)
		}
		problems = append(problems, shape...)
	}
	return doc, problems
}

// preview is decoded before any field: the kind of the document, and the number of its clusters before memory for them
// is allocated.
type preview struct {
	v1alpha1.TypeMeta
	Spec struct {
		Clusters []struct{} `json:"clusters"`
	} `json:"spec"`
}

// peek rejects a document of another kind, and one with too many clusters.
func peek(doc []byte, kind string) *Problem {
	var meta preview
	if doc[0] != '{' {
		return problem(0, "is not a document with apiVersion and kind",
			fmt.Sprintf("begin with: apiVersion: %s and kind: %s", v1alpha1.APIVersion, kind))
	}
	if err := json.Unmarshal(doc, &meta); err != nil {
		wrong, isType := errors.AsType[*json.UnmarshalTypeError](err)
		switch {
		case !isType:
			return problem(0, "is nested too deeply", "use plain YAML with fewer levels")
		case !strings.HasPrefix(wrong.Field, "spec"):
			return tooManyClusters(meta) // the strict decoder names the field of a wrong type
		}
	}
	at := func(field, message, hint string) *Problem {
		return &Problem{Severity: SeverityError, Field: field, Message: message, Hint: hint}
	}
	group, _, _ := strings.Cut(meta.APIVersion, "/")
	ours, _, _ := strings.Cut(v1alpha1.APIVersion, "/")
	switch {
	case meta.APIVersion == "":
		return at("apiVersion", "Required value: set it", "write apiVersion: "+v1alpha1.APIVersion)
	case group == ours && meta.APIVersion != v1alpha1.APIVersion:
		return at("apiVersion",
			fmt.Sprintf("Unsupported value: %q: this kubectl mesh reads %s", echo(meta.APIVersion), v1alpha1.APIVersion),
			"use that version, or upgrade: kubectl krew upgrade mesh")
	case meta.APIVersion != v1alpha1.APIVersion:
		return at("apiVersion",
			fmt.Sprintf("Unsupported value: %q: supported: %s", echo(meta.APIVersion), v1alpha1.APIVersion),
			"use -f to specify another file")
	case meta.Kind != kind:
		return at("kind", fmt.Sprintf("Unsupported value: %q: must be %s here", echo(meta.Kind), kind),
			fmt.Sprintf("mesh.yaml has kind %s, clusters/<name>.yaml has kind %s", v1alpha1.KindMesh, v1alpha1.KindClusterFacts))
	}
	return tooManyClusters(meta)
}

func tooManyClusters(meta preview) *Problem {
	if len(meta.Spec.Clusters) <= maxClusters {
		return nil
	}
	return &Problem{Severity: SeverityError, Field: "spec.clusters",
		Message: fmt.Sprintf("Too many: must have at most %d clusters", maxClusters), Hint: "split it into several meshes"}
}

// maxStrict is the number of errors that the strict decoder reports (sigs.k8s.io/json
// internal/golang/encoding/json/kubernetes_patch.go, saveStrictError).
const maxStrict = 100

// strictProblems reports unknown and duplicate fields.
func strictProblems(kind string, errs []error) []Problem {
	problems := make([]Problem, 0, len(errs)+1)
	if len(errs) >= maxStrict {
		problems = append(problems, *problem(0, "there may be more unknown fields", "fix these first"))
	}
	for _, err := range errs {
		var at kjson.FieldError
		if !errors.As(err, &at) {
			problems = append(problems, *problem(0, err.Error(), "correct the document"))
			continue
		}
		p := Problem{Severity: SeverityError, Field: at.FieldPath(), Message: "unknown field"}
		if p.Field == "" || strings.HasSuffix(p.Field, ".") {
			p.Field += `""` // an empty key
		}
		p.Hint = knownFields(kind, p.Field)
		if kind == v1alpha1.KindClusterFacts {
			notAFact(&p)
		}
		if strings.HasPrefix(err.Error(), "duplicate field") {
			p.Message, p.Hint = "duplicate field", "specify the field once"
		}
		problems = append(problems, p)
	}
	return problems
}

// knownFields suggests the field that was meant, or lists the known fields.
func knownFields(kind, path string) string {
	steps := splitPath(path)
	if len(steps) == 0 {
		return "remove it, or quote text that is not a field"
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

// shapeProblems reports every value of a wrong type, because the decoder stops at the first one.
func shapeProblems(doc []byte, kind string, err error) []Problem {
	var tree any
	decoder := json.NewDecoder(bytes.NewReader(doc))
	decoder.UseNumber()
	if decoder.Decode(&tree) == nil {
		if errs := v1alpha1.CheckShape(kind, tree); len(errs) > 0 {
			return structural(errs...)
		}
	}
	if err == nil {
		return nil
	}
	return []Problem{*problem(0,
		"contains a value of the wrong type", "compare it with: kubectl mesh explain "+strings.ToLower(kind))}
}
