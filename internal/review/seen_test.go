package review

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"testing/fstest"

	"sigs.k8s.io/yaml"

	"github.com/kubectl-mesh/kubectl-mesh/internal/workspace"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/changes"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/render"
)

const scenarios = "../../testdata/scenarios"

// workspaces are the files of each scenario that a review reads.
func workspaces(t *testing.T) map[string]fstest.MapFS {
	t.Helper()
	all := map[string]fstest.MapFS{}
	err := filepath.WalkDir(scenarios, func(file string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		scenario, name, below := strings.Cut(strings.TrimPrefix(filepath.ToSlash(file), scenarios+"/"), "/")
		if !below || strings.HasPrefix(name, "want/") || strings.HasPrefix(name, "credentials/") {
			return nil
		}
		text, err := os.ReadFile(file)
		if all[scenario] == nil {
			all[scenario] = fstest.MapFS{}
		}
		all[scenario][name] = &fstest.MapFile{Data: text}
		return err
	})
	if err != nil || len(all) < 20 {
		t.Fatalf("%d scenarios: %v", len(all), err)
	}
	return all
}

// read is one side of a comparison; false if it is not valid.
func read(t *testing.T, files fstest.MapFS) (side, *workspace.Public, bool) {
	t.Helper()
	ws, _ := workspace.ReadPublic(t.Context(), workspace.Files{Name: "mesh.yaml", Dir: ".", Text: files["mesh.yaml"].Data, Files: files})
	if ws.Graph == nil {
		return side{}, nil, false
	}
	one, err := newSide(&ws)
	return one, &ws, err == nil
}

// with is a copy in which a file has another text.
func with(files fstest.MapFS, name string, text []byte) fstest.MapFS {
	other := maps.Clone(files)
	other[name] = &fstest.MapFile{Data: text}
	return other
}

func compared(t *testing.T, base, head side) []changes.Change {
	t.Helper()
	objects, err := rendered(t.Context(), base, head)
	if err != nil {
		t.Fatal(err)
	}
	return changes.Compare(base.Side, head.Side, objects)
}

// TestEveryFieldIsSeen gives each field of each mesh, of its facts and of its state the values that it has in other
// scenarios, and leaves it out: a review says something of every mesh that is another one.
func TestEveryFieldIsSeen(t *testing.T) {
	all := workspaces(t)
	texts := map[string][]any{}
	for _, files := range all {
		for name, file := range files {
			if tree, ok := settingsIn(name, file.Data); ok {
				collect("", tree, texts)
			}
		}
	}
	for _, known := range texts {
		slices.SortFunc(known, func(a, b any) int { return strings.Compare(fmt.Sprint(a), fmt.Sprint(b)) })
	}
	var looked atomic.Int64
	t.Run("scenario", func(t *testing.T) {
		for scenario, files := range all {
			t.Run(scenario, func(t *testing.T) {
				t.Parallel()
				base, _, ok := read(t, files)
				if !ok {
					t.Skip("it is not valid by itself")
				}
				for name, file := range files {
					tree, ok := settingsIn(name, file.Data)
					if !ok {
						continue
					}
					each("", tree, texts, func(field string) {
						text, err := json.Marshal(tree)
						if err != nil {
							t.Fatal(err)
						}
						head, _, ok := read(t, with(files, name, text))
						if !ok || sameMesh(base, head) {
							return
						}
						looked.Add(1)
						if found := compared(t, base, head); len(found) == 0 {
							t.Errorf("%s: %s changes, and the review says nothing:\n%s", name, field, text)
						}
					})
				}
			})
		}
	})
	if looked.Load() < 1000 {
		t.Errorf("%d changes were looked at: is the search blind?", looked.Load())
	}
}

// sameMesh compares what two meshes say: an empty list is none, and in which order clusters, links and sites are listed
// says nothing.
func sameMesh(base, head side) bool {
	return bytes.Equal(ordered(base), ordered(head))
}

func ordered(s side) []byte {
	spec := s.Mesh.Spec
	parts := map[string]any{"mesh": s.Mesh.Metadata}
	for _, link := range s.Summary.Links {
		parts["link/"+link.ID] = []any{link.From, link.Both, link.Gateway}
	}
	for _, cluster := range spec.Clusters {
		parts[cluster.Name] = cluster
	}
	for _, site := range spec.Sites {
		parts["site/"+site.Name] = site
	}
	spec.Clusters, spec.Links, spec.Sites = nil, nil, nil
	parts[""] = spec
	text, err := json.Marshal(parts)
	if err != nil {
		return nil
	}
	return text
}

// settingsIn is what a file says, of those that a mesh is made of.
func settingsIn(name string, text []byte) (tree map[string]any, ok bool) {
	if path.Ext(name) != ".yaml" || strings.HasPrefix(name, "sealed/") || strings.HasPrefix(name, "trust/") {
		return nil, false
	}
	return tree, yaml.Unmarshal(text, &tree) == nil
}

// collect gathers the values of each field, by its path without indexes.
func collect(at string, value any, texts map[string][]any) {
	switch value := value.(type) {
	case map[string]any:
		for key, item := range value {
			collect(at+"."+key, item, texts)
		}
	case []any:
		for _, item := range value {
			collect(at+"[]", item, texts)
		}
	default:
		texts[at] = append(texts[at], value)
	}
}

// each changes every value below one, one at a time, and takes it back.
func each(at string, value any, texts map[string][]any, changed func(field string)) {
	tree, _ := value.(map[string]any)
	for _, key := range slices.Sorted(maps.Keys(tree)) {
		field, old := at+"."+key, tree[key]
		delete(tree, key)
		changed(field + " is left out")
		for _, other := range others(old, texts[indexes().ReplaceAllString(field, "[]")]) {
			tree[key] = other
			changed(fmt.Sprintf("%s from %v to %v", field, old, other))
		}
		tree[key] = old
		each(field, old, texts, changed)
	}
	list, _ := value.([]any)
	for i, item := range list {
		if text, isText := item.(string); isText {
			list[i] = text + "x"
			changed(at + "[" + strconv.Itoa(i) + "]")
			list[i] = item
		}
		each(at+"["+strconv.Itoa(i)+"]", item, texts, changed)
	}
}

func indexes() *regexp.Regexp { return regexp.MustCompile(`\[\d+\]`) }

// others are a few values that may be valid where this one is.
func others(value any, known []any) []any {
	const most = 3
	var all []any
	switch value := value.(type) {
	case bool:
		return []any{!value}
	case float64:
		return []any{value + 1}
	case string:
		all = append(all, value+"x")
		if i := strings.LastIndexAny(value, "0123456789"); i >= 0 {
			all = append(all, value[:i]+strconv.Itoa((int(value[i]-'0')+1)%10)+value[i+1:])
		}
	case []any:
		for i := range value {
			all = append(all, slices.Concat(value[:i], value[i+1:]))
		}
		return all
	default:
		return nil
	}
	for _, other := range known {
		if len(all) < most+2 && !slices.ContainsFunc(all, func(one any) bool { return one == other }) && other != value {
			all = append(all, other)
		}
	}
	return all
}

// TestEveryFileIsSeen replaces each certificate and each sealed file by others of its kind, and lengthens it: where the
// rendered tree is another one, a review says something, and where a cluster gets other objects it says something of the
// cluster, of the one that the object is named after, or of the mesh.
func TestEveryFileIsSeen(t *testing.T) {
	all := workspaces(t)
	byName := map[string][][]byte{}
	for _, files := range all {
		for name, file := range files {
			byName[path.Base(name)] = append(byName[path.Base(name)], file.Data)
		}
	}
	var looked atomic.Int64
	t.Run("scenario", func(t *testing.T) {
		for scenario, files := range all {
			t.Run(scenario, func(t *testing.T) {
				t.Parallel()
				base, ws, ok := read(t, files)
				if !ok {
					t.Skip("it is not valid by itself")
				}
				before := tree(t, ws)
				for name, file := range files {
					if name == "mesh.yaml" || path.Ext(name) == ".yaml" && !strings.HasPrefix(name, "sealed/") {
						continue
					}
					texts := append(slices.Clone(byName[path.Base(name)]), append(slices.Clone(file.Data), '\n'), nil)
					for _, other := range files { // of another name: a chain may be what a certificate was
						if path.Ext(name) == ".pem" {
							texts = append(texts, slices.Concat(file.Data, other.Data))
						}
					}
					for _, text := range texts {
						head, ws, ok := read(t, with(files, name, text))
						if !ok || bytes.Equal(text, file.Data) {
							continue
						}
						if after := tree(t, ws); after == before || after == "" {
							continue
						}
						looked.Add(1)
						if found := compared(t, base, head); len(found) == 0 {
							t.Errorf("%s changes the tree, and the review says nothing:\n%s", name, text)
						}
					}
				}
			})
		}
	})
	if looked.Load() < 20 {
		t.Errorf("%d changes were looked at: is the search blind?", looked.Load())
	}
}

// tree is the reviewed tree as one text; empty if it cannot be rendered.
func tree(t *testing.T, ws *workspace.Public) string {
	t.Helper()
	sealed, err := ws.ReadSealed(ws.Graph.Names())
	if err != nil {
		return ""
	}
	made, err := render.Deploy(render.Input{Mesh: ws.Doc.Mesh, Graph: ws.Graph, Bundles: ws.Bundles, Root: ws.RootText, Sealed: sealed}, nil)
	if err != nil {
		return ""
	}
	var text strings.Builder
	for _, file := range made.Files {
		text.WriteString(file.Path + "\n" + string(file.Content))
	}
	return text.String()
}
