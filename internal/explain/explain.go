package explain

import (
	"io"
	"slices"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/internal/report"
	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/changes"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/check"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/rules"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/summary"
)

// Question selects what to explain.
type Question struct {
	// Topic is the path of a field, or the ID of a rule, a check or a change; if empty, all of mesh.yaml.
	Topic string
	// IsSchema prints the JSON Schema of a kind, IsRecursive all fields below a field.
	IsSchema, IsRecursive bool
}

// Print prints the answer.
func Print(w io.Writer, q Question) error {
	if write, noun := byID(w, q.Topic); write != nil {
		if err := q.onlyText(noun + " " + strings.ToUpper(q.Topic)); err != nil {
			return err
		}
		return write()
	}
	if err := UnknownID(q.Topic); err != nil {
		return err
	}
	if strings.EqualFold(q.Topic, summary.KindSummary) {
		return q.summarySchema(w)
	}
	return q.field(w)
}

// byID prints the topic with an ID; nil for another topic.
func byID(w io.Writer, topic string) (write func() error, noun string) {
	id := strings.ToUpper(topic)
	if rule, ok := rules.Find(id); ok {
		return func() error { return report.Rule(w, rule) }, "rule"
	}
	if found, ok := check.Find(id); ok {
		return func() error { return report.HealthCheck(w, found) }, "check"
	}
	if found, ok := changes.Find(changes.ID(id)); ok {
		return func() error { return report.Change(w, found) }, "change"
	}
	return nil, ""
}

// onlyText rejects options that only kinds and fields support.
func (q Question) onlyText(what string) error {
	switch {
	case q.IsSchema:
		return verdict.Inputf("omit -o", "%s has no schema", what)
	case q.IsRecursive:
		return verdict.Inputf("omit --recursive", "%s has no fields", what)
	}
	return nil
}

// summarySchema is the help of a document that is only printed.
func (q Question) summarySchema(w io.Writer) error {
	if !q.IsSchema {
		return verdict.Inputf("kubectl mesh explain summary -o jsonschema",
			"summary has only a schema; kubectl mesh describe -o json prints one")
	}
	_, err := w.Write(summary.Schema())
	return err
}

func (q Question) field(w io.Writer) error {
	kind, path := v1alpha1.SplitTopic(q.Topic)
	field, err := v1alpha1.Explain(kind, path)
	if err != nil {
		if near := pathsTo(kind, path); len(near) > 0 {
			return verdict.Inputf("did you mean "+strings.Join(near, " or ")+"?", "%s", hint.Without(err).Error())
		}
		return verdict.Input(err)
	}
	switch {
	case q.IsSchema:
		_, err := w.Write(v1alpha1.Schema(kind))
		return err
	case q.IsRecursive:
		return report.FieldTree(w, kind, path, field)
	}
	return report.Field(w, kind, path, field)
}

// mostPaths bounds the paths that an incomplete one may match.
const mostPaths = 3

// pathsTo returns the complete paths that end with an incomplete one: spec.links for links.
func pathsTo(kind string, path []string) []string {
	root, err := v1alpha1.Explain(kind, nil)
	if err != nil || len(path) == 0 {
		return nil
	}
	var found []string
	prefix := ""
	if kind != v1alpha1.KindMesh {
		prefix = strings.ToLower(kind) + "."
	}
	var walk func(at []string, field v1alpha1.Field)
	walk = func(at []string, field v1alpha1.Field) {
		for _, child := range field.Fields {
			below := append(slices.Clone(at), child.Name)
			if endsWith(below, path) {
				found = append(found, prefix+strings.Join(below, "."))
			}
			walk(below, child)
		}
	}
	walk(nil, root)
	slices.SortStableFunc(found, func(a, b string) int { return strings.Count(a, ".") - strings.Count(b, ".") })
	return found[:min(len(found), mostPaths)]
}

func endsWith(path, end []string) bool {
	if len(end) > len(path) {
		return false
	}
	for i, name := range end {
		name, _, _ = strings.Cut(name, "[")
		if !strings.EqualFold(path[len(path)-len(end)+i], name) {
			return false
		}
	}
	return true
}

// Complete completes the next part of a path, and IDs.
func Complete(word string) []string {
	typed := word[:strings.LastIndexByte(word, '.')+1]
	kind, path := v1alpha1.SplitTopic(typed)
	field, err := v1alpha1.Explain(kind, path)
	if err != nil {
		return nil
	}
	var words []string
	for _, child := range field.Fields {
		words = append(words, typed+child.Name)
	}
	if typed == "" {
		words = slices.Concat(words, rules.IDs(), check.IDs(), changes.IDs())
	}
	return words
}
