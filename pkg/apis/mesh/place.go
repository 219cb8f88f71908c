package mesh

import (
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Place fills in the file and the line of each problem that names a field, and sorts them.
// A field of a cluster that mesh.yaml does not have is looked for in the cluster's facts; a
// field that is nowhere gets the line of the nearest thing around it.
func (d *Document) Place(problems []Problem) []Problem {
	places := map[string]*yaml.Node{}
	tree := func(file string, text []byte) *yaml.Node {
		if _, ok := places[file]; !ok {
			places[file] = parse(text)
		}
		return places[file]
	}
	for i := range problems {
		p := &problems[i]
		switch {
		case p.Line > 0:
		case p.File != "" && p.File != d.source.Name:
			p.Line, _ = find(tree(p.File, d.facts[factsOwner(p.File)]), steps(p.Field))
		case p.Field != "":
			root := tree(d.source.Name, d.source.Text)
			line, exact := find(root, steps(p.Field))
			p.File, p.Line = d.source.Name, line
			if name, rest, ok := inCluster(root, p.Field); ok && !exact && d.facts[name] != nil {
				file := FactsFile(name)
				if line, exact := find(tree(file, d.facts[name]), append([]string{"spec"}, rest...)); exact {
					p.File, p.Line = file, line
				}
			}
		}
		if p.File == "" {
			p.File = d.source.Name
		}
	}
	Sort(problems)
	return problems
}

// factsOwner is the cluster of a facts file.
func factsOwner(file string) string {
	return strings.TrimSuffix(strings.TrimPrefix(file, "clusters/"), ".yaml")
}

// parse returns the root of a YAML text, nil when it has none: then no line can be had. Nodes
// are not expanded where an alias stands, so a small text has a small tree.
func parse(text []byte) *yaml.Node {
	var doc yaml.Node
	if yaml.Unmarshal(text, &doc) != nil || len(doc.Content) == 0 {
		return nil
	}
	return doc.Content[0]
}

// find walks to a field and returns its line, or that of the last thing on the way to it.
func find(node *yaml.Node, steps []string) (line int, exact bool) {
	if node == nil {
		return 0, false
	}
	line = node.Line
	for _, step := range steps {
		key, value := child(node, step)
		if value == nil {
			return line, false
		}
		line, node = key.Line, value
	}
	return line, true
}

// child returns the node behind one step, and the one that names it: the key of a mapping,
// or the entry of a sequence itself.
func child(node *yaml.Node, step string) (key, value *yaml.Node) {
	if node.Kind == yaml.AliasNode {
		node = node.Alias
	}
	name, isIndex := strings.CutPrefix(strings.TrimSuffix(step, "]"), "[")
	switch node.Kind {
	case yaml.SequenceNode:
		if index, err := strconv.Atoi(name); isIndex && err == nil && index < len(node.Content) {
			return node.Content[index], node.Content[index]
		}
	case yaml.MappingNode:
		for i := 0; i+1 < len(node.Content); i += 2 {
			if node.Content[i].Value == name {
				return node.Content[i], node.Content[i+1]
			}
		}
	}
	return nil, nil
}

// inCluster tells which cluster a field is about, and the steps inside it.
func inCluster(root *yaml.Node, path string) (name string, rest []string, ok bool) {
	all := steps(path)
	if root == nil || len(all) < 3 || all[0] != "spec" || all[1] != "clusters" {
		return "", nil, false
	}
	node := root
	for _, step := range append(all[:3:3], "name") {
		if _, node = child(node, step); node == nil {
			return "", nil, false
		}
	}
	return node.Value, all[3:], true
}
