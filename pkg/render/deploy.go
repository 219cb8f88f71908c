package render

import (
	"maps"
	"path"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/api/types"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/firewall"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/manifest"
)

// header starts every rendered file.
const header = "# Rendered by kubectl mesh. Change mesh.yaml, not this file.\n"

// Deploy returns the reviewed tree, deploy/, which contains no secrets. If only is not empty, the tree covers only
// those clusters.
func Deploy(in Input, only []string) (layout.Tree, error) {
	held, err := HeldBack(in, nil)
	if err != nil {
		return layout.Tree{}, err
	}
	guard := newGuard()
	common, err := in.commonFiles(held)
	if err == nil {
		err = guard.files(common)
	}
	if err != nil {
		return layout.Tree{}, err
	}
	dirs, err := forEach(chosen(in, only), func(name string) ([]layout.File, error) {
		files, err := in.clusterFiles(name)
		if err != nil {
			return nil, err
		}
		return files, guard.files(files)
	})
	if err != nil {
		return layout.Tree{}, err
	}
	tree := layout.Tree{Files: append(slices.Concat(dirs...), common...), Held: slices.Sorted(maps.Keys(in.Written))}
	tree.Sort()
	tree.Files = slices.CompactFunc(tree.Files, func(a, b layout.File) bool { return a.Path == b.Path }) // of base
	tree.Scope = scope(only, tree.Files)
	return tree, nil
}

// commonFiles depend on all clusters.
func (in Input) commonFiles(held []Held) ([]layout.File, error) {
	plan := firewall.New(in.Mesh, in.Graph)
	s, err := in.scripts(plan)
	if err != nil {
		return nil, err
	}
	clouds, err := in.cloudFiles(plan, s)
	if err != nil {
		return nil, err
	}
	install, err := installFile(in, s, held)
	if err != nil {
		return nil, err
	}
	return append(clouds, install, readmeFile(in, held)), nil
}

// clusterFiles are a cluster's files in the reviewed tree, including those of base that its overlay refers to.
func (in Input) clusterFiles(name string) ([]layout.File, error) {
	overlay, err := Compile(in, name, Options{})
	if err != nil {
		return nil, err
	}
	cluster, err := in.Graph.Get(name)
	if err != nil {
		return nil, err
	}
	files, err := overlayFiles(overlay, kept(overlay.Held, false, in.Written))
	if err != nil {
		return nil, err
	}
	for _, more := range []func(*v1alpha1.Cluster) ([]layout.File, error){
		in.redactedFile, in.valuesFiles, in.authenticationFiles, in.asmcliFiles,
	} {
		others, err := more(cluster)
		if err != nil {
			return nil, err
		}
		files = append(files, others...)
	}
	return files, nil
}

// chosen returns the clusters to render, without duplicates: the named ones, or all.
func chosen(in Input, only []string) []string {
	if len(only) == 0 {
		return in.Graph.Names()
	}
	return slices.Compact(slices.Sorted(slices.Values(only)))
}

// scope returns the paths that a rendering covers: the directories of its clusters and the files for all clusters, such
// as firewalls. Of base it covers only what these clusters refer to, because other overlays can refer to the rest.
func scope(only []string, files []layout.File) []string {
	if len(only) == 0 {
		return nil
	}
	dirs := layout.CloudScopes()
	for _, file := range files {
		if strings.HasPrefix(file.Path, layout.Base+"/") {
			dirs = append(dirs, path.Dir(file.Path)+"/")
		}
	}
	for _, name := range only {
		dirs = append(dirs, layout.Overlay(name)+"/", layout.HelmDir(name)+"/",
			layout.IssuerDocuments(name, "")+"/", layout.AuthenticationFile(name), layout.RedactedFile(name))
	}
	return slices.Compact(dirs)
}

// overlayFiles returns a cluster's directory in the reviewed tree and the parts of base that it refers to. kept are
// files that exist already.
func overlayFiles(overlay Overlay, kept []string) ([]layout.File, error) {
	resources := kept
	var files []layout.File
	for _, m := range overlay.Manifests {
		if !m.Shared {
			continue
		}
		dir, base, err := m.base()
		if err != nil {
			return nil, err
		}
		resources, files = append(resources, path.Join("../..", dir)), append(files, base...)
	}
	own := slices.DeleteFunc(slices.Clone(overlay.Manifests), func(m Manifest) bool { return m.Secret || m.Shared })
	overlays, err := kustomizeDir(layout.Overlay(overlay.Cluster), own, resources)
	return append(files, overlays...), err
}

// base returns the directory of a shared manifest.
func (m Manifest) base() (dir string, files []layout.File, err error) {
	text, err := m.text()
	if err != nil {
		return "", nil, err
	}
	dir = layout.BaseDir(m.File, text)
	files, err = kustomizeDir(dir, []Manifest{m}, nil)
	return dir, files, err
}

// kustomizeDir returns a kustomize directory of manifests and other resources; nothing if both are empty.
func kustomizeDir(at string, manifests []Manifest, resources []string) ([]layout.File, error) {
	var files []layout.File
	for _, parts := range byFile(manifests) {
		text, err := textOf("", parts)
		if err != nil {
			return nil, err
		}
		files = append(files, layout.File{Path: path.Join(at, parts[0].File), Content: text})
		resources = append(resources, parts[0].File)
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

// kustomizationText only lists resources, so that all kustomize versions build the same output.
func kustomizationText(resources []string) ([]byte, error) {
	slices.Sort(resources)
	text, err := manifest.Encode(types.Kustomization{
		TypeMeta:  types.TypeMeta{APIVersion: types.KustomizationVersion, Kind: types.KustomizationKind},
		Resources: resources,
	})
	return append([]byte(header), text...), err
}

// byFile groups manifests by file, in order.
func byFile(manifests []Manifest) [][]Manifest {
	var files [][]Manifest
	at := map[string]int{}
	for _, m := range manifests {
		i, known := at[m.File]
		if !known {
			i = len(files)
			at[m.File], files = i, append(files, nil)
		}
		files[i] = append(files[i], m)
	}
	return files
}

// text is the content of the file.
func (m Manifest) text() ([]byte, error) { return textOf("", []Manifest{m}) }

// textOf is the content of a file of several manifests, each with its comment.
func textOf(about string, manifests []Manifest) ([]byte, error) {
	docs := make([][]byte, len(manifests))
	for i, m := range manifests {
		if docs[i] = m.Kept; m.Kept != nil {
			continue
		}
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
