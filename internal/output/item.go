package output

import (
	"path"
	"slices"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
)

// item is one path that a run has to look at: a file of the tree, or a stale one.
type item struct {
	path    string
	content []byte
	stale   bool // an earlier run wrote it, and it is no longer rendered

	want   digest // of content
	found  found
	has    digest // of what is on the disk, where that is a file other than wanted
	open   bool   // others may read it
	action action
}

// found is what is on the disk at the path of an item.
type found int

const (
	foundNothing found = iota
	foundSame
	foundOther
	foundLink
	foundDirectory
	foundSpecial // a pipe, a socket, a device
)

// action is what must be done with an item.
type action int

const (
	actNothing action = iota
	actKeep
	actWrite
	actRemove
)

// items lists what the tree wants and what is stale, sorted by path.
func items(tree layout.Tree, old lock) []item {
	list := make([]item, 0, len(tree.Files))
	wanted := make(map[string]bool, len(tree.Files))
	for _, f := range tree.Files {
		list = append(list, item{path: f.Path, content: f.Content})
		wanted[f.Path] = true
	}
	for p := range old {
		if !wanted[p] && tree.InScope(p) && !slices.Contains(tree.Held, p) {
			list = append(list, item{path: p, stale: true})
		}
	}
	slices.SortFunc(list, func(a, b item) int { return strings.Compare(a.path, b.path) })
	return list
}

// replaces reports whether something is in the place where the item will be written.
func (it *item) replaces() bool {
	return it.found != foundNothing && it.found != foundDirectory
}

// byDirectory groups items by the directory that they are in, so that each is opened once.
func byDirectory(list []item, take func(*item) bool) []group {
	index := map[string]int{}
	var groups []group
	for i := range list {
		it := &list[i]
		if !take(it) {
			continue
		}
		dir := path.Dir(it.path)
		at, ok := index[dir]
		if !ok {
			at = len(groups)
			index[dir] = at
			groups = append(groups, group{directory: dir})
		}
		groups[at].items = append(groups[at].items, it)
	}
	return groups
}

// group is the items of one directory.
type group struct {
	directory string
	items     []*item
}
