package render

import (
	"maps"
	"path"
	"slices"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
)

// Credentials returns the tree of credentials/overlays: for each cluster an overlay of the reviewed one plus the
// objects with secrets. deploy is the path from credentials/overlays to the reviewed tree, with slashes, such as
// ../../deploy.
//
// A reviewed overlay with sealed objects is copied without them instead, because kustomize rejects two objects with the
// same name and cannot exclude objects of a resource.
func Credentials(in Input, only []string, deploy string) (layout.Tree, error) {
	tree := layout.Tree{Held: slices.Sorted(maps.Keys(in.WrittenSecret))}
	for _, name := range only {
		tree.Scope = append(tree.Scope, name+"/")
	}
	dirs, err := forEach(chosen(in, only), func(name string) ([]layout.File, error) {
		return credentialsDir(in, name, deploy)
	})
	if err != nil {
		return layout.Tree{}, err
	}
	tree.Files = slices.Concat(dirs...)
	tree.Sort()
	return tree, nil
}

func credentialsDir(in Input, name, deploy string) ([]layout.File, error) {
	overlay, err := Compile(in, name, Options{Secrets: true})
	if err != nil {
		return nil, err
	}
	resources := kept(overlay.Held, true, in.WrittenSecret)
	copied, err := in.hasSealed(name)
	if err != nil {
		return nil, err
	}
	if !copied {
		secrets := slices.DeleteFunc(overlay.Manifests, func(m Manifest) bool { return !m.Secret })
		return kustomizeDir(name, secrets, append(resources, path.Join("..", deploy, layout.Overlay(name))))
	}
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
	return kustomizeDir(name, own, resources)
}

// hasSealed reports whether a cluster's reviewed overlay has sealed objects, of this rendering or an earlier one.
func (in Input) hasSealed(name string) (bool, error) {
	all, err := Sealables(in, name)
	return slices.ContainsFunc(all, func(s Sealable) bool {
		_, ok := in.Sealed[s.SealedFile()]
		return ok || in.Written[layout.OverlayFile(name, s.File)] || in.keptSealed(s)
	}), err
}

// keptSealed reports whether a sealed object of an earlier rendering stays in the reviewed overlay.
func (in Input) keptSealed(s Sealable) bool {
	for _, kind := range []string{"Secret", "SealedSecret"} {
		key := PartKey{File: layout.OverlayFile(s.Cluster, layout.Readers), Kind: kind, Name: s.Name}
		if in.Kept[key] != nil {
			return true
		}
	}
	return false
}
