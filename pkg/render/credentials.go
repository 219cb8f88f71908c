package render

import (
	"path"
	"slices"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
)

// Credentials returns the tree of credentials/overlays: for each cluster an overlay of the
// reviewed one and the objects that hold secrets. deploy is the path from
// credentials/overlays to the reviewed tree, with slashes, such as ../../deploy.
//
// Where the reviewed overlay has sealed objects it is copied without them instead: kustomize refuses
// two objects of one name, and cannot leave out what it has read.
func Credentials(in Input, only []string, deploy string) (layout.Tree, error) {
	tree := layout.Tree{}
	for _, name := range only {
		tree.Scope = append(tree.Scope, name+"/")
	}
	folders, err := forEach(chosen(in, only), func(name string) ([]layout.File, error) {
		cluster, ok := in.Graph.Cluster(name)
		if !ok {
			return nil, noCluster(name)
		}
		c := newCompiler(in, cluster)
		sealed, err := c.sealed()
		if err != nil {
			return nil, err
		}
		kept, err := c.kept()
		if err != nil {
			return nil, err
		}
		if len(sealed)+len(kept) > 0 {
			return copiedFolder(in, name, deploy)
		}
		secrets, err := c.secrets()
		if err != nil {
			return nil, err
		}
		return folder(name, secrets, []string{path.Join("..", deploy, layout.Overlay(name))})
	})
	if err != nil {
		return layout.Tree{}, err
	}
	tree.Files = slices.Concat(folders...)
	tree.Sort()
	return tree, nil
}

// copiedFolder has all objects of a cluster but those of base.
func copiedFolder(in Input, name, deploy string) ([]layout.File, error) {
	overlay, err := Compile(in, name, Options{Secrets: true})
	if err != nil {
		return nil, err
	}
	var resources []string
	for _, m := range overlay.Manifests {
		if m.Shared {
			dir, _, err := m.base()
			if err != nil {
				return nil, err
			}
			resources = append(resources, path.Join("..", deploy, dir))
		}
	}
	own := slices.DeleteFunc(overlay.Manifests, func(m Manifest) bool { return m.Shared })
	return folder(name, own, resources)
}
