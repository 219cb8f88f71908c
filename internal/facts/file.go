// Package facts reads and writes facts files: what a cluster or its platform reports, as fields of a file that users
// also edit.
package facts

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/kubectl-mesh/kubectl-mesh/internal/yamlnode"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
)

// Fact is the value of a field of spec in a facts file.
type Fact struct {
	Field  string   // field path in spec: api.server
	Values []string // none: the cluster has no such value
	List   bool
	Truth  bool // the value is a boolean
	Number bool // the value is a number, or a list of them on one line
}

// commentFacts is the header of a facts file that collect created.
const commentFacts = "yaml-language-server: $schema=https://raw.githubusercontent.com/kubectl-mesh/kubectl-mesh/main/" +
	"pkg/apis/mesh/v1alpha1/clusterfacts.schema.json" + `

Facts of this cluster, updated by kubectl mesh collect or kubectl mesh import gke. Other fields and comments are kept.
mesh.yaml takes precedence.`

// Merge writes facts into the text of a facts file, or creates one. Nodes are edited in place, so everything else in
// the file stays, including comments. It returns the changed fields; if there are none, the text is unchanged.
func Merge(text []byte, cluster string, facts []Fact) ([]byte, []string, error) {
	document, err := factsDocument(text, cluster)
	if err != nil {
		return nil, nil, err
	}
	spec := yamlnode.Member(document.Content[0], "spec")
	var changed []string
	for _, fact := range facts {
		if fact.writeInto(spec, strings.Split(fact.Field, ".")) {
			changed = append(changed, fact.Field)
		}
	}
	if len(changed) == 0 && text != nil {
		return text, nil, nil
	}
	var merged bytes.Buffer
	encoder := yaml.NewEncoder(&merged)
	encoder.SetIndent(2)
	if err := encoder.Encode(document); err != nil {
		return nil, nil, fmt.Errorf("encode facts of %s: %w", cluster, err)
	}
	return merged.Bytes(), changed, encoder.Close()
}

// factsDocument returns the root of a facts file, a new one if there is none.
func factsDocument(text []byte, cluster string) (*yaml.Node, error) {
	if text != nil {
		document := &yaml.Node{}
		if err := yaml.Unmarshal(text, document); err != nil || document.Kind != yaml.DocumentNode {
			return nil, fmt.Errorf("parse facts of %s: %w", cluster, err)
		}
		return document, nil
	}
	root, meta := yamlnode.Mapping{}, yamlnode.Mapping{}
	root.Add("apiVersion", yamlnode.Scalar(v1alpha1.APIVersion))
	root.Add("kind", yamlnode.Scalar(v1alpha1.KindClusterFacts))
	meta.Add("name", yamlnode.Scalar(cluster))
	root.Add("metadata", meta.Node())
	return &yaml.Node{Kind: yaml.DocumentNode, Content: []*yaml.Node{root.Node()}, HeadComment: commentFacts}, nil
}

// writeInto sets the field, and reports whether that changed anything.
func (f Fact) writeInto(parent *yaml.Node, path []string) bool {
	if slices.Equal(yamlnode.ValuesAt(parent, path), f.Values) {
		return false
	}
	for ; len(path) > 1; path = path[1:] {
		parent = yamlnode.Member(parent, path[0])
	}
	i := yamlnode.KeyIndex(parent, path[0])
	switch {
	case len(f.Values) == 0:
		parent.Content = slices.Delete(parent.Content, i, i+2)
	case i < 0:
		parent.Content = append(parent.Content, yamlnode.Scalar(path[0]), f.node())
	default:
		node, old := f.node(), parent.Content[i+1]
		node.HeadComment, node.LineComment, node.FootComment = old.HeadComment, old.LineComment, old.FootComment
		parent.Content[i+1] = node
	}
	return true
}

func (f Fact) node() *yaml.Node {
	if f.Truth {
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!bool", Value: f.Values[0]}
	}
	if f.Number {
		return f.numberNode()
	}
	if !f.List {
		node := yamlnode.Scalar(f.Values[0])
		if strings.Contains(f.Values[0], `"`) {
			node.Style = yaml.SingleQuotedStyle // JSON is most readable unchanged
		}
		return node
	}
	list := &yaml.Node{Kind: yaml.SequenceNode}
	for _, value := range f.Values {
		list.Content = append(list.Content, yamlnode.Scalar(value))
	}
	return list
}

func (f Fact) numberNode() *yaml.Node {
	list := &yaml.Node{Kind: yaml.SequenceNode, Style: yaml.FlowStyle}
	for _, value := range f.Values {
		list.Content = append(list.Content, &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!int", Value: value})
	}
	if !f.List {
		return list.Content[0]
	}
	return list
}

// Recorded returns the value of a field in the text of a facts file.
func Recorded(text []byte, field string) []string {
	var document yaml.Node
	if yaml.Unmarshal(text, &document) != nil || len(document.Content) == 0 {
		return nil
	}
	return yamlnode.ValuesAt(document.Content[0], append([]string{"spec"}, strings.Split(field, ".")...))
}
