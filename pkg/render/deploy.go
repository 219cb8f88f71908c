package render

import (
	"bytes"
	"errors"
	"maps"
	"path"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/api/types"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/manifest"
)

// header begins every rendered file.
const header = "# Rendered by kubectl mesh. Change mesh.yaml, not this file.\n"

// Deploy returns the reviewed tree: deploy/, without anything that is secret. With only the
// overlays of some clusters the tree speaks for those alone.
func Deploy(in Input, only []string) (layout.Tree, error) {
	common, err := commonManifests(in)
	if err != nil {
		return layout.Tree{}, err
	}
	tree := layout.Tree{Scope: scope(only, len(common) > 0)}
	tree.Held = slices.Sorted(maps.Keys(in.Written))
	guard := newGuard()
	folders, err := forEach(chosen(in, only), func(name string) ([]layout.File, error) {
		overlay, err := Compile(in, name, Options{})
		if err != nil {
			return nil, err
		}
		cluster, err := in.Graph.Get(name)
		if err != nil {
			return nil, err
		}
		kept, err := newCompiler(in, cluster).kept()
		if err != nil {
			return nil, err
		}
		files, err := overlayFiles(overlay, common, kept)
		if err != nil {
			return nil, err
		}
		values, err := in.valuesFiles(cluster)
		if err != nil {
			return nil, err
		}
		authentication, err := in.authenticationFiles(cluster)
		if err != nil {
			return nil, err
		}
		overlays, err := in.asmcliFiles(cluster)
		if err != nil {
			return nil, err
		}
		redacted, err := newCompiler(in, cluster).redactedFile()
		if err != nil {
			return nil, err
		}
		files = slices.Concat(files, redacted, values, authentication, overlays)
		return files, guard.files(files)
	})
	if err != nil {
		return layout.Tree{}, err
	}
	base, err := folder(layout.Base, common, nil)
	if err != nil {
		return layout.Tree{}, err
	}
	clouds, err := in.cloudFiles()
	if err != nil {
		return layout.Tree{}, err
	}
	install, err := installFile(in, clouds)
	if err != nil {
		return layout.Tree{}, err
	}
	readme, err := readmeFile(in)
	if err != nil {
		return layout.Tree{}, err
	}
	shared := append(slices.Concat(base, clouds), install, readme)
	if err := guard.files(shared); err != nil {
		return layout.Tree{}, err
	}
	tree.Files = append(slices.Concat(folders...), shared...)
	tree.Sort()
	return tree, nil
}

// chosen are the clusters that a rendering is for, each once: all of them unless some are named.
func chosen(in Input, only []string) []string {
	if len(only) == 0 {
		return in.Graph.Names()
	}
	return slices.Compact(slices.Sorted(slices.Values(only)))
}

// scope of a rendering: the folders of the clusters that it renders, and what is for all clusters,
// as firewalls are.
// When they share nothing any more, the old base stays: the overlays of the others build on it
// until they are rendered too.
func scope(only []string, shared bool) []string {
	if len(only) == 0 {
		return nil
	}
	folders := layout.CloudScopes()
	if shared {
		folders = append(folders, layout.Base+"/")
	}
	for _, name := range only {
		folders = append(folders, layout.Overlay(name)+"/", layout.HelmDir(name)+"/",
			layout.IssuerDocuments(name, "")+"/", layout.AuthenticationFile(name), layout.RedactedFile(name))
	}
	return folders
}

// commonManifests returns the manifests that come out the same in every cluster.
func commonManifests(in Input) ([]Manifest, error) {
	var first []Manifest
	same := map[string]int{} // clusters with the manifest of the first, by file name
	for cluster := range in.Graph.Clusters() {
		manifests := newCompiler(in, cluster).common()
		if first == nil {
			first = manifests
		}
		for i, m := range manifests {
			equal, err := sameText(m, first[i])
			if err != nil {
				return nil, err
			}
			if equal {
				same[m.File]++
			}
		}
	}
	clusters := len(in.Graph.Names())
	return slices.DeleteFunc(first, func(m Manifest) bool { return same[m.File] < clusters }), nil
}

func sameText(a, b Manifest) (bool, error) {
	textA, errA := a.text()
	textB, errB := b.text()
	return a.File == b.File && bytes.Equal(textA, textB), errors.Join(errA, errB)
}

// overlayFiles returns the folder of one cluster in the reviewed tree; kept are files that are there already.
func overlayFiles(overlay Overlay, common []Manifest, kept []string) ([]layout.File, error) {
	resources := kept
	if len(common) > 0 {
		resources = append(resources, path.Join("../..", layout.Base))
	}
	own := slices.DeleteFunc(without(overlay.Manifests, common), func(m Manifest) bool { return m.Secret })
	return folder(layout.Overlay(overlay.Cluster), own, resources)
}

// without leaves out the manifests that are common to all clusters.
func without(manifests, common []Manifest) []Manifest {
	return slices.DeleteFunc(manifests, func(m Manifest) bool {
		return slices.ContainsFunc(common, func(c Manifest) bool { return c.File == m.File })
	})
}

// folder returns a kustomize folder of manifests and further resources; none, when empty.
func folder(at string, manifests []Manifest, resources []string) ([]layout.File, error) {
	var files []layout.File
	for _, m := range manifests {
		text, err := m.text()
		if err != nil {
			return nil, err
		}
		files = append(files, layout.File{Path: path.Join(at, m.File), Content: text})
		resources = append(resources, m.File)
	}
	if len(resources) == 0 {
		return nil, nil
	}
	text, err := kustomizationText(resources)
	if err != nil {
		return nil, err
	}
	return append(files, layout.File{Path: path.Join(at, layout.Kustomization), Content: text}), nil
}

// kustomizationText lists resources and does nothing else, so that every version of
// kustomize makes the same of it.
func kustomizationText(resources []string) ([]byte, error) {
	slices.Sort(resources)
	text, err := manifest.Encode(types.Kustomization{
		TypeMeta:  types.TypeMeta{APIVersion: types.KustomizationVersion, Kind: types.KustomizationKind},
		Resources: resources,
	})
	return append([]byte(header), text...), err
}

// text is the content of the file.
func (m Manifest) text() ([]byte, error) {
	stream, err := encodeStream(m.Objects)
	if err != nil {
		return nil, err
	}
	return slices.Concat([]byte(header), comment(m.Comment), stream), nil
}

// textOf is the content of a file of several manifests, each with its comment.
func textOf(about string, manifests []Manifest) ([]byte, error) {
	docs := make([][]byte, len(manifests))
	for i, m := range manifests {
		stream, err := encodeStream(m.Objects)
		if err != nil {
			return nil, err
		}
		docs[i] = append(comment(m.Comment), stream...)
	}
	return slices.Concat([]byte(header), comment(about), manifest.AppendStream(nil, docs...)), nil
}

// comment begins each line with "#".
func comment(lines string) []byte {
	var text []byte
	for line := range strings.Lines(lines) {
		text = append(text, "# "+strings.TrimRight(line, "\n")+"\n"...)
	}
	return text
}
