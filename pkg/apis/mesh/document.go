package mesh

import (
	"bytes"

	"go.yaml.in/yaml/v3"
	reader "sigs.k8s.io/yaml"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/strict"
)

// document is one text as JSON, and as nodes that know their lines, where it was parsed into these.
type document struct {
	json []byte
	tree *yaml.Node
}

// parseText reads YAML. Almost every text means the same to each reader of YAML: it is parsed once, into nodes, which
// also know their lines. Any other, and a very large one, is read as Kubernetes reads it, or refused in the words of
// that reader; then there is no tree, and whoever asks for a line parses it for that.
func parseText(data []byte, kind string) (document, []Problem) {
	if tree, json, err := strict.Tree(data); err == nil {
		return document{json: json, tree: tree}, nil
	}
	data = bytes.TrimPrefix(data, []byte(byteOrderMark))
	if problem := checkText(data, kind); problem != nil {
		return document{}, []Problem{*problem}
	}
	if problem := checkAliases(data); problem != nil {
		return document{}, []Problem{*problem}
	}
	json, err := reader.YAMLToJSONStrict(data)
	if err != nil {
		return document{}, yamlProblems(data, err)
	}
	var keys []Problem
	if mayHaveNumbers(json) {
		keys = keyProblems(parse(data))
	}
	return document{json: json}, keys
}

// isOf tells at a glance at the tree whether there is nothing for peek to refuse, which reads all of the JSON for it.
func (d document) isOf(kind string) bool {
	if d.tree == nil {
		return false
	}
	says := func(field, want string) bool {
		_, value := child(d.tree, field)
		return value != nil && value.Kind == yaml.ScalarNode && value.Value == want
	}
	_, spec := child(d.tree, "spec")
	_, clusters := child(spec, "clusters")
	isBounded := clusters == nil || clusters.Kind == yaml.SequenceNode && len(clusters.Content) <= maxClusters
	return says("apiVersion", v1alpha1.APIVersion) && says("kind", kind) && isBounded
}
