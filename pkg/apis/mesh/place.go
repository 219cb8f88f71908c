package mesh

import (
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
)

// Place sets the file and the line of each problem with a field, and sorts the problems. A cluster field that is not
// in mesh.yaml is looked up in the facts of the cluster; a field that is in neither gets the line of its nearest
// parent.
func (d *Document) Place(problems []Problem) []Problem {
	for i := range problems {
		p := &problems[i]
		if p.Line == 0 && p.Field != "" {
			d.locate(p, d.trees.of)
		}
		if p.File == "" {
			p.File = d.source.Name
		}
	}
	Sort(problems)
	return problems
}

// locate finds the line of a problem's field, and its file if it is not set.
func (d *Document) locate(p *Problem, tree func(file string, text []byte) *yaml.Node) {
	if p.File != "" && p.File != d.source.Name {
		p.Line, _ = find(tree(p.File, d.facts[layout.ClusterOfFacts(p.File)]), steps(p.Field))
		return
	}
	root := tree(d.source.Name, d.source.Text)
	line, found := find(root, steps(p.Field))
	p.File, p.Line = d.source.Name, line
	name, rest, ok := inCluster(root, p.Field)
	if !ok || d.facts[name] == nil {
		return
	}
	file := layout.Facts(name)
	_, spec := child(tree(file, d.facts[name]), "spec")
	if line, more := find(spec, rest); more > found-clusterSteps {
		p.File, p.Line = file, line
	}
}

// parse returns the root node of a YAML text, or nil without line numbers. Aliases are not expanded, so a small text
// has a small tree.
func parse(text []byte) *yaml.Node {
	var doc yaml.Node
	if yaml.Unmarshal(text, &doc) != nil || len(doc.Content) == 0 {
		return nil
	}
	return doc.Content[0]
}

// find walks to a field. It returns the number of existing steps, and the line of the last of them. Null counts as
// missing, but its line is where the field belongs.
func find(node *yaml.Node, steps []string) (line, found int) {
	if node == nil {
		return 0, 0
	}
	line = node.Line
	for i, step := range steps {
		key, value := child(node, step)
		if value == nil {
			return line, i
		}
		line, node = key.Line, target(value)
		if node.ShortTag() == nullTag {
			return line, i
		}
	}
	return line, len(steps)
}

// Tags that the YAML parser resolves.
const (
	nullTag  = "!!null"
	mergeTag = "!!merge"
)

// target resolves an alias; any other node is returned as is.
func target(node *yaml.Node) *yaml.Node {
	if node.Kind == yaml.AliasNode {
		return node.Alias
	}
	return node
}

// child returns the node after one step, and the node that names it: the key of a mapping, or the entry of a sequence
// itself.
func child(node *yaml.Node, step string) (key, value *yaml.Node) {
	if node == nil {
		return nil, nil
	}
	name, isIndex := strings.CutPrefix(strings.TrimSuffix(step, "]"), "[")
	switch node = target(node); node.Kind {
	case yaml.SequenceNode:
		if index, err := strconv.Atoi(name); isIndex && err == nil && index >= 0 && index < len(node.Content) {
			return node.Content[index], node.Content[index]
		}
	case yaml.MappingNode:
		return member(node, name)
	}
	return nil, nil
}

// member looks up a key in a mapping, then in the mappings that << merges into it.
func member(mapping *yaml.Node, name string) (key, value *yaml.Node) {
	var merged []*yaml.Node
	for i := 0; i+1 < len(mapping.Content); i += 2 {
		key, value := mapping.Content[i], mapping.Content[i+1]
		switch {
		case key.Tag == mergeTag:
			merged = append(merged, mergeSources(value)...)
		case target(key).Value == name:
			return key, value
		}
	}
	for _, source := range merged {
		if key, value := child(source, name); value != nil {
			return key, value
		}
	}
	return nil, nil
}

// mergeSources are the mappings of a <<, in order of precedence.
func mergeSources(node *yaml.Node) []*yaml.Node {
	if node = target(node); node.Kind != yaml.SequenceNode {
		return []*yaml.Node{node}
	}
	sources := make([]*yaml.Node, len(node.Content))
	for i, source := range node.Content {
		sources[i] = target(source)
	}
	return sources
}

// clusterSteps is the number of steps to a cluster: spec, clusters, [1].
const clusterSteps = 3

// inCluster returns the cluster of a field, and the remaining steps.
func inCluster(root *yaml.Node, path string) (name string, rest []string, ok bool) {
	all := steps(path)
	if root == nil || len(all) < clusterSteps || all[0] != "spec" || all[1] != "clusters" {
		return "", nil, false
	}
	node := root
	for _, step := range append(all[:clusterSteps:clusterSteps], "name") {
		if _, node = child(node, step); node == nil {
			return "", nil, false
		}
	}
	return target(node).Value, all[clusterSteps:], true
}
