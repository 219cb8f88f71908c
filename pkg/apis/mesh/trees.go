package mesh

import (
	"sync"

	"go.yaml.in/yaml/v3"
)

// trees are the files of a document as YAML nodes with lines. Each is parsed once, because a command locates problems
// several times, and parsing mesh.yaml takes longer than all rules.
type trees struct {
	lock  sync.Mutex
	known map[string]*yaml.Node
}

func newTrees() *trees { return &trees{known: map[string]*yaml.Node{}} }

// of returns the tree of a file, whose text is always the same.
func (t *trees) of(file string, text []byte) *yaml.Node {
	t.lock.Lock()
	defer t.lock.Unlock()
	tree, ok := t.known[file]
	if !ok {
		tree = parse(text)
		t.known[file] = tree
	}
	return tree
}
