package cli

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
)

// fact is the value of one field of spec in a facts file.
type fact struct {
	field  string   // the path of the field in spec: api.server
	values []string // none: the cluster has it that there is no such value
	list   bool
	truth  bool // the value is true or false, and not that word
	number bool // written as numbers, a list of them on one line
}

// commentFacts stands above a facts file that collect has made.
const commentFacts = `yaml-language-server: $schema=https://raw.githubusercontent.com/kubectl-mesh/kubectl-mesh/main/pkg/apis/mesh/v1alpha1/clusterfacts.schema.json

Facts of this cluster, kept current by kubectl mesh collect, or by kubectl mesh import gke.
What else you write here stays. Where mesh.yaml speaks too, it wins.`

// mergeFacts writes facts into the text of a facts file; without a text it begins one. Nodes
// are edited in place, so everything else in the file stays, comments included. It returns the
// fields that changed; when there are none the text is the one that came in.
func mergeFacts(text []byte, cluster string, facts []fact) ([]byte, []string, error) {
	document, err := factsDocument(text, cluster)
	if err != nil {
		return nil, nil, err
	}
	spec := member(document.Content[0], "spec")
	var changed []string
	for _, fact := range facts {
		if fact.writeInto(spec, strings.Split(fact.field, ".")) {
			changed = append(changed, fact.field)
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

// factsDocument is the root of a facts file, a new one where there is none.
func factsDocument(text []byte, cluster string) (*yaml.Node, error) {
	if text != nil {
		document := &yaml.Node{}
		if err := yaml.Unmarshal(text, document); err != nil || document.Kind != yaml.DocumentNode {
			return nil, fmt.Errorf("parse facts of %s: %w", cluster, err)
		}
		return document, nil
	}
	root, meta := mapping{}, mapping{}
	root.add("apiVersion", scalar(v1alpha1.APIVersion))
	root.add("kind", scalar(v1alpha1.KindClusterFacts))
	meta.add("name", scalar(cluster))
	root.add("metadata", meta.node())
	return &yaml.Node{Kind: yaml.DocumentNode, Content: []*yaml.Node{root.node()}, HeadComment: commentFacts}, nil
}

// writeInto sets the field, and tells whether that changed anything.
func (f fact) writeInto(parent *yaml.Node, path []string) bool {
	if slices.Equal(valuesAt(parent, path), f.values) {
		return false
	}
	for ; len(path) > 1; path = path[1:] {
		parent = member(parent, path[0])
	}
	i := keyIndex(parent, path[0])
	switch {
	case len(f.values) == 0:
		parent.Content = slices.Delete(parent.Content, i, i+2)
	case i < 0:
		parent.Content = append(parent.Content, scalar(path[0]), f.node())
	default:
		node, old := f.node(), parent.Content[i+1]
		node.HeadComment, node.LineComment, node.FootComment = old.HeadComment, old.LineComment, old.FootComment
		parent.Content[i+1] = node
	}
	return true
}

func (f fact) node() *yaml.Node {
	if f.truth {
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!bool", Value: f.values[0]}
	}
	if f.number {
		return f.numberNode()
	}
	if !f.list {
		node := scalar(f.values[0])
		if strings.Contains(f.values[0], `"`) {
			node.Style = yaml.SingleQuotedStyle // JSON is read best as it is
		}
		return node
	}
	list := &yaml.Node{Kind: yaml.SequenceNode}
	for _, value := range f.values {
		list.Content = append(list.Content, scalar(value))
	}
	return list
}

func (f fact) numberNode() *yaml.Node {
	list := &yaml.Node{Kind: yaml.SequenceNode, Style: yaml.FlowStyle}
	for _, value := range f.values {
		list.Content = append(list.Content, &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!int", Value: value})
	}
	if !f.list {
		return list.Content[0]
	}
	return list
}
