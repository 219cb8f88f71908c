package render

import (
	"path"
	"slices"
)

// Credentials returns the tree of credentials/overlays: for each cluster an overlay of the
// reviewed one and the objects that hold secrets. deploy is the path from
// credentials/overlays to the reviewed tree, with slashes, such as ../../deploy.
func Credentials(in Input, only []string, deploy string) (Tree, error) {
	tree := Tree{}
	for _, name := range only {
		tree.Scope = append(tree.Scope, name+"/")
	}
	folders, err := forEach(chosen(in, only), func(name string) ([]File, error) {
		cluster, ok := in.Graph.Cluster(name)
		if !ok {
			return nil, noCluster(name)
		}
		secrets, err := newCompiler(in, cluster).secrets()
		if err != nil {
			return nil, err
		}
		return folder(name, secrets, []string{path.Join("..", deploy, overlaysFolder, name)})
	})
	if err != nil {
		return Tree{}, err
	}
	tree.Files = slices.Concat(folders...)
	tree.sort()
	return tree, nil
}
