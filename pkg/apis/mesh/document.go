package mesh

import (
	"bytes"

	"go.yaml.in/yaml/v3"
	reader "sigs.k8s.io/yaml"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/strict"
)

// document is a text as JSON and, if it was parsed into them, as nodes with line numbers.
type document struct {
	json []byte
	tree *yaml.Node
}

// parseText parses YAML. A text with the same meaning to every YAML parser, which is almost every text, is parsed
// once, into nodes with line numbers. Any other text, and a very large one, is decoded or rejected as in Kubernetes;
// then there is no tree, and it is parsed again if a line number is needed.
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

// makeRoom allocates the clusters of a mesh at once: the decoder copies all of them each time that their list grows.
func (d document) makeRoom(into any) {
	mesh, isMesh := into.(*v1alpha1.Mesh)
	_, spec := child(d.tree, "spec")
	_, clusters := child(spec, "clusters")
	if isMesh && clusters != nil && clusters.Kind == yaml.SequenceNode {
		mesh.Spec.Clusters = make([]v1alpha1.Cluster, 0, len(clusters.Content))
	}
}

// isOf decides from the tree whether peek, which reads all of the JSON, has nothing to reject.
func (d document) isOf(kind string) bool {
	if d.tree == nil {
		return false
	}
	declares := func(field, want string) bool {
		_, value := child(d.tree, field)
		return value != nil && value.Kind == yaml.ScalarNode && value.Value == want
	}
	_, spec := child(d.tree, "spec")
	_, clusters := child(spec, "clusters")
	isBounded := clusters == nil || clusters.Kind == yaml.SequenceNode && len(clusters.Content) <= maxClusters
	return declares("apiVersion", v1alpha1.APIVersion) && declares("kind", kind) && isBounded
}
