package render_test

import (
	"bytes"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/render"
)

// Files are sorted, no path occurs twice, and none leads out of the tree.
func TestTreesAreSorted(t *testing.T) {
	eachScenario(t, func(t *testing.T, s scenario) {
		for _, tree := range []layout.Tree{deploy(t, s.Input), credentials(t, s.Input)} {
			checkPaths(t, paths(tree))
			if len(tree.Scope) > 0 {
				t.Errorf("a whole tree speaks for %q alone", tree.Scope)
			}
		}
	})
}

func checkPaths(t *testing.T, paths []string) {
	t.Helper()
	for i, name := range paths {
		if !fs.ValidPath(name) || strings.Contains(name, `\`) {
			t.Errorf("%q is no path inside the tree", name)
		}
		if i > 0 && paths[i-1] >= name {
			t.Errorf("%s comes before %s", paths[i-1], name)
		}
	}
}

func paths(tree layout.Tree) []string {
	var paths []string
	for _, file := range tree.Files {
		paths = append(paths, file.Path)
	}
	return paths
}

// Every kustomization lists what its directory holds, once, in order, and what else it lists is
// a directory that exists.
func TestKustomizationsListWhatThereIs(t *testing.T) {
	eachScenario(t, func(t *testing.T, s scenario) {
		files := manifests(t, s.Input)
		for name, text := range files {
			if path.Base(name) == "kustomization.yaml" {
				checkKustomization(t, files, path.Dir(name), text)
			} else if strings.HasPrefix(name, "deploy/redacted/") || name == "deploy/README.md" {
				continue // for reviewers alone
			} else if _, ok := files[path.Join(path.Dir(name), "kustomization.yaml")]; !ok {
				t.Errorf("%s is in no kustomization", name)
			}
		}
	})
}

func checkKustomization(t *testing.T, files map[string][]byte, dir string, text []byte) {
	t.Helper()
	want := object{"apiVersion": "kustomize.config.k8s.io/v1beta1", "kind": "Kustomization"}
	got := objects(t, text)[0]
	var listed []string
	resources, _ := got["resources"].([]any)
	for _, resource := range resources {
		listed = append(listed, fmt.Sprint(resource))
	}
	delete(got, "resources")
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s does more than list (-want +got):\n%s", dir, diff)
	}
	if !slices.IsSorted(listed) {
		t.Errorf("%s lists unsorted %q", dir, listed)
	}
	checkListed(t, files, dir, listed)
}

func checkListed(t *testing.T, files map[string][]byte, dir string, listed []string) {
	t.Helper()
	var here []string
	for name := range files {
		if path.Dir(name) == dir && path.Base(name) != "kustomization.yaml" {
			here = append(here, path.Base(name))
		}
	}
	for _, resource := range listed {
		if !strings.HasPrefix(resource, "../") {
			continue
		}
		if _, ok := files[path.Join(dir, resource, "kustomization.yaml")]; !ok {
			t.Errorf("%s lists %s, which is no folder of ours", dir, resource)
		}
		here = append(here, resource)
	}
	slices.Sort(here)
	if !slices.Equal(here, listed) {
		t.Errorf("%s lists %q, and there are %q", dir, listed, here)
	}
}

// Somebody who opens a file learns first that it is not the one to edit.
func TestFilesSayWhereTheyComeFrom(t *testing.T) {
	eachScenario(t, func(t *testing.T, s scenario) {
		for name, text := range trees(t, s.Input) {
			if strings.HasPrefix(name, "deploy/authentication/") && path.Ext(name) == "" {
				continue // JSON has no comments
			}
			if path.Ext(name) == ".csv" { // nor has a table
				continue
			}
			if line, _, _ := bytes.Cut(bytes.TrimPrefix(text, []byte("#!/usr/bin/env bash\n")), []byte("\n")); !bytes.Contains(line, []byte(" Rendered by kubectl mesh. Change mesh.yaml, not this file.")) {
				t.Errorf("%s begins with %.60q", name, text)
			}
		}
	})
}

// A rendering for some clusters has the files of those, as they are in the whole, and speaks
// for no other cluster.
func TestPartialTrees(t *testing.T) {
	eachScenario(t, func(t *testing.T, s scenario) {
		for _, cluster := range s.clusters() {
			whole := deploy(t, s.Input)
			checkPart(t, cluster, whole, deploy(t, s.Input, cluster), baseOf(whole, cluster), "INSTALL.md", "README.md", "gcloud/", "firewall/", "helm/"+cluster+"/", "authentication/"+cluster+"/", "authentication/"+cluster+".yaml", "redacted/"+cluster+".yaml", "overlays/"+cluster+"/")
			checkPart(t, cluster, credentials(t, s.Input), credentials(t, s.Input, cluster), cluster+"/")
		}
	})
}

// baseOf is the directory of base that a cluster builds on.
func baseOf(tree layout.Tree, cluster string) string {
	i := slices.IndexFunc(tree.Files, func(file layout.File) bool { return file.Path == "overlays/"+cluster+"/kustomization.yaml" })
	_, after, found := strings.Cut(string(tree.Files[i].Content), "../../base/")
	if !found {
		return "base/none/"
	}
	name, _, _ := strings.Cut(after, "\n")
	return "base/" + name + "/"
}

func checkPart(t *testing.T, cluster string, whole, part layout.Tree, dirs ...string) {
	t.Helper()
	ours := func(name string) bool {
		return slices.ContainsFunc(dirs, func(dir string) bool { return strings.HasPrefix(name, dir) })
	}
	want := slices.DeleteFunc(slices.Clone(whole.Files), func(file layout.File) bool { return !ours(file.Path) })
	if diff := cmp.Diff(want, part.Files); diff != "" {
		t.Errorf("%s alone (-want +got):\n%s", cluster, diff)
	}
	for _, file := range whole.Files {
		if part.InScope(file.Path) != ours(file.Path) {
			t.Errorf("%s alone speaks for %s: %t", cluster, file.Path, part.InScope(file.Path))
		}
	}
	if !part.InScope(dirs[len(dirs)-1]+"stale.yaml") || part.InScope(strings.TrimSuffix(dirs[len(dirs)-1], "/")+"-2/stale.yaml") {
		t.Errorf("%s alone has scope %q", cluster, part.Scope)
	}
}

func TestClustersAreRenderedOnce(t *testing.T) {
	in := pair(t)
	for _, tree := range []layout.Tree{deploy(t, in, "west", "east", "west"), credentials(t, in, "west", "east", "west")} {
		checkPaths(t, paths(tree))
	}
	if diff := cmp.Diff(deploy(t, in).Files, deploy(t, in, "west", "east", "west").Files); diff != "" {
		t.Error(diff)
	}
}

// A rendering for one cluster leaves what the overlays of other clusters build on, also where it builds on
// something else itself; one for all removes what none builds on.
func TestPartialTreeKeepsWhatOthersBuildOn(t *testing.T) {
	disk := map[string][]byte{}
	apply(disk, deploy(t, pair(t)))
	if baseOf(deploy(t, pair(t)), "east") != baseOf(deploy(t, pair(t)), "west") {
		t.Fatal("a pair shares nothing: this test is about nothing")
	}
	changed := load(t, `
  clusters:
  - {name: east, istio: {revision: canary}, api: {server: "https://203.0.113.10"}}
  - {name: west, istio: {namespace: mesh}, api: {server: "https://203.0.113.20"}}
`)
	for _, only := range [][]string{{"east"}, {"west"}, nil} {
		apply(disk, deploy(t, changed, only...))
		for name, text := range disk {
			if path.Base(name) == "kustomization.yaml" {
				checkKustomization(t, disk, path.Dir(name), text)
			}
		}
	}
	got := slices.Sorted(maps.Keys(disk))
	if want := paths(deploy(t, changed)); !slices.Equal(got, want) {
		t.Errorf("in the end there are %q, want %q", got, want)
	}
}

// apply does to a directory what writing a tree does: stale files in scope go.
func apply(disk map[string][]byte, tree layout.Tree) {
	maps.DeleteFunc(disk, func(name string, _ []byte) bool { return tree.InScope(name) })
	for _, file := range tree.Files {
		disk[file.Path] = file.Content
	}
}

// Wherever the reviewed tree is written, the private one builds on it.
func TestCredentialsFindTheReviewedTree(t *testing.T) {
	for deploy, want := range map[string]string{
		"../../deploy":           "../../../deploy/overlays/east",
		"../../../rendered/mesh": "../../../../rendered/mesh/overlays/east",
	} {
		tree, err := render.Credentials(pair(t), []string{"east"}, deploy)
		if err != nil {
			t.Fatal(err)
		}
		got := objects(t, tree.Files[0].Content)[0]["resources"]
		if diff := cmp.Diff([]any{want, "remote-secret-west.yaml"}, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", deploy, diff)
		}
	}
}

// One cluster's membership moves nothing that the others have in common: neither one that nobody reads, nor one
// with other names.
func TestBaseIsStable(t *testing.T) {
	const east, west = `  - {name: east, api: {server: "https://203.0.113.10"}}
`, `  - {name: west, api: {server: "https://203.0.113.20"}}
`
	whole := deploy(t, load(t, "  clusters:\n"+east+west))
	for name, third := range map[string]string{
		"nobody reads it":   "  - {name: new, api: {server: \"https://203.0.113.30\"}}\n  links:\n  - {from: [east], to: [west]}\n  - {from: [west], to: [east]}\n  - {from: [new], to: [east]}\n",
		"another namespace": "  - {name: new, api: {server: \"https://203.0.113.30\"}, istio: {namespace: mesh}}\n",
	} {
		t.Run(name, func(t *testing.T) {
			joined := deploy(t, load(t, "  clusters:\n"+east+west+third))
			for _, file := range whole.Files {
				same := slices.ContainsFunc(joined.Files, func(other layout.File) bool {
					return other.Path == file.Path && bytes.Equal(other.Content, file.Content)
				})
				if strings.HasPrefix(file.Path, "base/") && !same {
					t.Errorf("%s is no longer what it was", file.Path)
				}
			}
			for _, cluster := range []string{"east", "west"} {
				if was, is := baseOf(whole, cluster), baseOf(joined, cluster); was != is {
					t.Errorf("%s builds on %s, and on %s before", cluster, is, was)
				}
			}
		})
	}
}
